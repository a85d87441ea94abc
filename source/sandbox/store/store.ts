// The objects of the sandbox, with what etcd and the API server give them: uid, resourceVersion, generation, and a log of changes to watch.
import {randomUUID} from 'node:crypto';
import {apiVersionOf, type Kind} from './kinds.ts';
import {StatusError, type KubeObject} from './objects.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: Kind;
  /** As it is after the change; the last state of one that was deleted. */
  readonly object: KubeObject;
  /** As it was before, so that a watch with a selector sees it leave. */
  readonly previous: KubeObject | null;
  readonly revision: number;
}

/** Changes that a watch can still ask for. Older ones are answered with 410. */
const keptChanges = 4096;
/** A release Secret is 124 kB: without a limit in bytes the log alone would be half a gigabyte. */
const keptBytes = 8 * 1024 * 1024;

export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  #log: {change: Change; bytes: number}[] = [];
  #logBytes = 0;
  #revision: number;

  constructor(firstRevision = 1) {
    this.#revision = firstRevision;
  }

  /** Of the newest change. */
  get revision(): number {
    return this.#revision;
  }

  get(kind: Kind, namespace: string | null, name: string): KubeObject | null {
    return this.#of(kind).get(keyOf(kind, namespace, name)) ?? null;
  }

  /** By namespace and name, as the API server lists. Null: of all namespaces. */
  list(kind: Kind, namespace: string | null = null): KubeObject[] {
    const found = [...this.#of(kind).entries()].filter(([, object]) => namespace === null || object.metadata.namespace === namespace);
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** @throws StatusError 409 AlreadyExists */
  create(kind: Kind, object: KubeObject): KubeObject {
    const {name, namespace} = object.metadata;
    const key = keyOf(kind, namespace ?? null, name);
    if (this.#of(kind).has(key)) throw new StatusError(409, 'AlreadyExists', `${describe(kind)} "${name}" already exists`, {name, kind: kind.resource});
    const revision = ++this.#revision;
    const kept: KubeObject = {
      ...object,
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: {
        ...object.metadata,
        uid: randomUUID(),
        resourceVersion: String(revision),
        creationTimestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        ...('spec' in object ? {generation: 1} : {}),
      },
    };
    this.#keep(kind, key, kept, null, 'ADDED');
    return kept;
  }

  /**
   * Keeps the object in place of the one of its name; one that is the same keeps its resourceVersion. Generation rises with the spec.
   * @throws StatusError 404 NotFound; 409 Conflict where the object names another resourceVersion or uid than the kept one has
   */
  update(kind: Kind, object: KubeObject): KubeObject {
    const {name, namespace, resourceVersion, uid} = object.metadata;
    const key = keyOf(kind, namespace ?? null, name);
    const before = this.#of(kind).get(key);
    if (!before) throw notFound(kind, name);
    if ((resourceVersion && resourceVersion !== before.metadata.resourceVersion) || (uid && uid !== before.metadata.uid)) {
      const text = 'the object has been modified; please apply your changes to the latest version and try again';
      throw new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${describe(kind)} "${name}": ${text}`, {name, kind: kind.resource});
    }
    const {uid: ownUid, creationTimestamp, resourceVersion: ownRevision, generation} = before.metadata;
    const own = {...(ownUid ? {uid: ownUid} : {}), ...(creationTimestamp ? {creationTimestamp} : {})};
    const specChanged = generation !== undefined && !same(before['spec'], object['spec']);
    const metadata = {...object.metadata, ...own, ...(generation === undefined ? {} : {generation: generation + (specChanged ? 1 : 0)})};
    const next: KubeObject = {...object, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: {...metadata, ...(ownRevision ? {resourceVersion: ownRevision} : {})}};
    if (same(before, next)) return before;
    const kept = {...next, metadata: {...next.metadata, resourceVersion: String(++this.#revision)}};
    this.#keep(kind, key, kept, before, 'MODIFIED');
    return kept;
  }

  /** Takes it away at once; nothing where it is gone. Graceful deletion and finalizers are above this (deletion.ts). */
  remove(kind: Kind, namespace: string | null, name: string): KubeObject | null {
    const key = keyOf(kind, namespace, name);
    const before = this.#of(kind).get(key);
    if (!before) return null;
    const last = {...before, metadata: {...before.metadata, resourceVersion: String(++this.#revision)}};
    this.#of(kind).delete(key);
    this.#tell({type: 'DELETED', kind, object: last, previous: before, revision: this.#revision});
    return last;
  }

  /** Puts back what a journal kept, as it was, without telling anybody. */
  restore(kind: Kind, object: KubeObject): void {
    this.#of(kind).set(keyOf(kind, object.metadata.namespace ?? null, object.metadata.name), object);
    this.#revision = Math.max(this.#revision, Number(object.metadata.resourceVersion ?? 0));
  }

  /** Called synchronously, in order, after each change. @returns ends it */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes after that revision, oldest first. Null: some of them are no longer known (410 Gone). */
  changesSince(revision: number): Change[] | null {
    if (revision > this.#revision) return null;
    const first = this.#log[0]?.change.revision ?? this.#revision + 1;
    if (revision < first - 1) return null;
    return this.#log.flatMap(({change}) => (change.revision > revision ? [change] : []));
  }

  #of(kind: Kind): Map<string, KubeObject> {
    const key = `${kind.group}/${kind.resource}`;
    const found = this.#objects.get(key) ?? new Map<string, KubeObject>();
    this.#objects.set(key, found);
    return found;
  }

  #keep(kind: Kind, key: string, object: KubeObject, previous: KubeObject | null, type: 'ADDED' | 'MODIFIED'): void {
    this.#of(kind).set(key, object);
    this.#tell({type, kind, object, previous, revision: this.#revision});
  }

  #tell(change: Change): void {
    // Only a release Secret is large; all others are counted as 4 kB, which is more than they are.
    const bytes = change.kind.kind === 'Secret' ? JSON.stringify(change.object).length : 4096;
    this.#log.push({change, bytes});
    this.#logBytes += bytes;
    while (this.#log.length > keptChanges || (this.#logBytes > keptBytes && this.#log.length > 1)) this.#logBytes -= this.#log.shift()?.bytes ?? 0;
    for (const listener of this.#listeners) listener(change);
  }
}

export function notFound(kind: Kind, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${describe(kind)} "${name}" not found`, {name, kind: kind.resource});
}

/** `pods`, `statefulsets.apps`: as the API server's texts name it. */
export function describe({resource, group}: Kind): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function keyOf(kind: Kind, namespace: string | null, name: string): string {
  return kind.namespaced ? `${namespace ?? ''}/${name}` : name;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
