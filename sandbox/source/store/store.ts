// The objects of the sandbox, with what etcd and the API server give them: uid, resourceVersion, generation, and a log
// of changes to watch.
import {randomUUID} from 'node:crypto';
import {allKinds, apiVersionOf, type Kind} from './kinds.ts';
import {equal, sameMeaning} from './canonical.ts';
import {StatusError, type KubeObject, type Metadata} from './objects.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: Kind;
  /** The object after the change; for a deleted one, its last state. */
  readonly object: KubeObject;
  /** The object before the change, so that a watch with a selector sees it leave. */
  readonly previous: KubeObject | null;
  readonly revision: number;
}

/** Changes that a watch can still ask for. Older ones are answered with 410. */
const keptChanges = 4096;
/** A release Secret is 124 kB: without a limit in bytes the log alone would be half a gigabyte. */
const keptBytes = 8 * 1024 * 1024;

/**
 * Looks at an object before it is created, by a client or by a controller: fills defaults, refuses by throwing a
 * StatusError.
 */
export type Admission = (kind: Kind, object: KubeObject) => KubeObject;

export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  #log: {change: Change; bytes: number}[] = [];
  #logBytes = 0;
  #revision: number;
  #admit: Admission = (_kind, object) => object;

  constructor(firstRevision = 1) {
    this.#revision = firstRevision;
  }

  /** The revision of the newest change. */
  get revision(): number {
    return this.#revision;
  }

  get(kind: Kind, namespace: string | null, name: string): KubeObject | null {
    return this.#of(kind).get(keyOf(kind, namespace, name)) ?? null;
  }

  /** In the order of namespaces and names, as the API server lists. Null: of all namespaces. */
  list(kind: Kind, namespace: string | null = null): KubeObject[] {
    const found = [...this.#of(kind).entries()].filter(
      ([, object]) => namespace === null || object.metadata.namespace === namespace,
    );
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** Sets what every creation goes through from now on. */
  admitBy(admission: Admission): void {
    this.#admit = admission;
  }

  /** @throws StatusError 409 AlreadyExists, and what the admission throws */
  create(kind: Kind, asked: KubeObject, {dryRun = false} = {}): KubeObject {
    const {name, namespace} = asked.metadata;
    const key = keyOf(kind, namespace ?? null, name);
    const object = this.#admit(kind, asked);
    if (this.#of(kind).has(key))
      throw new StatusError(409, 'AlreadyExists', `${describe(kind)} "${name}" already exists`, detailsOf(kind, name));
    const kept: KubeObject = {
      ...object,
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: {
        ...object.metadata,
        uid: object.metadata.uid ?? randomUUID(),
        creationTimestamp: timestamp(),
        ...(hasGeneration(kind) && 'spec' in object ? {generation: 1} : {}),
      },
    };
    if (dryRun) return kept;
    kept.metadata.resourceVersion = String(++this.#revision);
    this.#keep(kind, key, kept, null, 'ADDED');
    return kept;
  }

  /**
   * Keeps the object in place of the one with its name; an object that is the same keeps its resourceVersion. The
   * generation rises with the spec. An object that is being deleted goes with its last finalizer.
   * @throws StatusError 404 NotFound; 409 Conflict where the object names another resourceVersion or uid than the kept
   * one has
   */
  update(kind: Kind, object: KubeObject, {dryRun = false} = {}): KubeObject {
    const {name, namespace} = object.metadata;
    const key = keyOf(kind, namespace ?? null, name);
    const before = this.#of(kind).get(key);
    if (!before) throw notFound(kind, name);
    checkUnmodified(kind, before, object);
    const next = successor(kind, before, object);
    if (equal(withoutManagers(before), withoutManagers(next))) return before;
    const kept: KubeObject = {
      ...next,
      metadata: {
        ...next.metadata,
        resourceVersion: dryRun ? (before.metadata.resourceVersion ?? '') : String(++this.#revision),
      },
    };
    if (dryRun) return kept;
    this.#keep(kind, key, kept, before, 'MODIFIED');
    if (before.metadata.deletionTimestamp && isDeleted(kept)) this.remove(kind, namespace ?? null, name);
    return kept;
  }

  /** Removes it at once; null where it is gone. Graceful deletion and finalizers are a level above (deletion.ts). */
  remove(kind: Kind, namespace: string | null, name: string): KubeObject | null {
    const key = keyOf(kind, namespace, name);
    const before = this.#of(kind).get(key);
    if (!before) return null;
    const last = {...before, metadata: {...before.metadata, resourceVersion: String(++this.#revision)}};
    this.#of(kind).delete(key);
    this.#tell({type: 'DELETED', kind, object: last, previous: before, revision: this.#revision});
    return last;
  }

  /** Puts back an object that a journal kept, as it was, without telling anybody. */
  restore(kind: Kind, object: KubeObject): void {
    this.#of(kind).set(keyOf(kind, object.metadata.namespace ?? null, object.metadata.name), object);
    this.#revision = Math.max(this.#revision, Number(object.metadata.resourceVersion ?? 0));
  }

  /** Puts back the counter that a journal kept. */
  restoreRevision(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
  }

  /** All objects with their kinds, in no order. */
  *everything(): Generator<{kind: Kind; object: KubeObject}> {
    for (const kind of allKinds) for (const object of this.#of(kind).values()) yield {kind, object};
  }

  /** Called synchronously, in order, after each change. @returns a function that ends this */
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
    while (this.#log.length > keptChanges || (this.#logBytes > keptBytes && this.#log.length > 1))
      this.#logBytes -= this.#log.shift()?.bytes ?? 0;
    for (const listener of this.#listeners) listener(change);
  }
}

export function notFound(kind: Kind, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${describe(kind)} "${name}" not found`, detailsOf(kind, name));
}

function modified(kind: Kind, name: string): StatusError {
  const text = 'the object has been modified; please apply your changes to the latest version and try again';
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${describe(kind)} "${name}": ${text}`,
    detailsOf(kind, name),
  );
}

/** `pods`, `statefulsets.apps`: as the API server's texts name it. */
export function describe({resource, group}: Kind): string {
  return group === '' ? resource : `${resource}.${group}`;
}

export function detailsOf({resource, group}: Kind, name: string): Readonly<Record<string, unknown>> {
  return {name, ...(group === '' ? {} : {group}), kind: resource};
}

/** As the API writes it: whole seconds. */
export function timestamp(at = new Date()): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** @throws StatusError 409 Conflict where an object names another resourceVersion or uid than the kept one has */
export function checkUnmodified(kind: Kind, {metadata: kept}: KubeObject, {metadata}: KubeObject): void {
  const {resourceVersion, uid} = metadata;
  if ((resourceVersion && resourceVersion !== kept.resourceVersion) || (uid && uid !== kept.uid))
    throw modified(kind, kept.name);
}

/** The object with what its predecessor hands on: uid, creationTimestamp, resourceVersion, generation. */
function successor(kind: Kind, before: KubeObject, object: KubeObject): KubeObject {
  const specSame = sameMeaning(before['spec'], object['spec']);
  const {generation} = before.metadata;
  const metadata: Metadata = {
    ...object.metadata,
    ...own(before.metadata, ['uid', 'creationTimestamp', 'resourceVersion']),
    ...(generation === undefined
      ? {}
      : {generation: !specSame || object.metadata.generation === generation + 1 ? generation + 1 : generation}),
  };
  return {
    ...object,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    // A specification that means the same stays as it was first written.
    ...(specSame && 'spec' in before ? {spec: before['spec']} : {}),
    metadata,
  };
}

/** Whether nothing holds the object any more: no finalizer, no grace period. */
function isDeleted({metadata}: KubeObject): boolean {
  const {deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0} = metadata;
  return Boolean(deletionTimestamp) && finalizers.length === 0 && deletionGracePeriodSeconds === 0;
}

/** Kinds whose specification has no generation in the real API server. */
function hasGeneration({kind}: Kind): boolean {
  return ![
    'Namespace',
    'Node',
    'Service',
    'PersistentVolumeClaim',
    'PersistentVolume',
    'ResourceQuota',
    'LimitRange',
    'Lease',
  ].includes(kind);
}

function own<K extends keyof Metadata>(metadata: Metadata, keys: readonly K[]): Partial<Metadata> {
  return Object.fromEntries(keys.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]]])));
}

/** Who set a field changes with every apply; that alone is no change. */
function withoutManagers(object: KubeObject): KubeObject {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([key]) => key !== 'managedFields'));
  return {...object, metadata: metadata as unknown as Metadata};
}

function keyOf(kind: Kind, namespace: string | null, name: string): string {
  return kind.namespaced ? `${namespace ?? ''}/${name}` : name;
}
