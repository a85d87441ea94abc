// What a deletion does before an object goes: grace for pods, finalizers, dependents, the contents of a namespace.
import {allKinds, kinds, type Kind} from './kinds.ts';
import {StatusError, type KubeObject} from './objects.ts';
import {detailsOf, notFound, timestamp, type Store} from './store.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: string | undefined;
  readonly orphanDependents?: boolean | undefined;
  readonly preconditions?:
    {readonly uid?: string | undefined; readonly resourceVersion?: string | undefined} | undefined;
  readonly dryRun?: boolean | undefined;
}

interface Deleted {
  /** The object as it is now, or as it was last. */
  readonly object: KubeObject;
  /** False: it is still there, with a deletionTimestamp. */
  readonly gone: boolean;
}

/** The finalizer that the API server itself sets for `--cascade=foreground`. */
const foreground = 'foregroundDeletion';

/** @throws StatusError 404; 409 for a precondition that does not hold; 403 for a namespace that may not be deleted */
export function deleteObject(
  store: Store,
  kind: Kind,
  namespace: string | null,
  name: string,
  options: DeleteOptions = {},
): Deleted {
  const object = store.get(kind, namespace, name);
  if (!object) throw notFound(kind, name);
  check(kind, object, options.preconditions);
  if (kind === kinds.namespace) return deleteNamespace(store, object, options);
  const {graceSeconds, finalizers, orphans, awaited} = planOf(store, kind, object, options);
  const goes = graceSeconds === 0 && finalizers.length === 0;
  if (options.dryRun) return {object, gone: goes};

  for (const dependent of orphans) store.update(dependent.kind, withoutOwner(dependent.object, object.metadata.uid));
  if (goes) return {object: store.remove(kind, namespace, name) ?? object, gone: true};

  const marked = store.update(kind, mark(object, graceSeconds, finalizers));
  for (const dependent of awaited) deleteDependent(store, dependent);
  const left = store.get(kind, namespace, name);
  return {object: left ?? marked, gone: left === null};
}

/** What holds an object that is to be deleted, and what becomes of those that it owns. */
function planOf(store: Store, kind: Kind, object: KubeObject, options: DeleteOptions) {
  const policy = options.propagationPolicy ?? (options.orphanDependents ? 'Orphan' : 'Background');
  const dependents = policy === 'Background' ? [] : dependentsOf(store, object);
  const awaited = policy === 'Foreground' ? dependents : [];
  const finalizers = object.metadata.finalizers ?? [];
  return {
    graceSeconds: kind === kinds.pod ? podGrace(object, options.gracePeriodSeconds) : 0,
    finalizers: awaited.length > 0 ? [...new Set([...finalizers, foreground])] : finalizers,
    orphans: policy === 'Orphan' ? dependents : [],
    awaited,
  };
}

function deleteDependent(store: Store, {kind, object}: Dependent): void {
  const {deletionTimestamp, namespace = null, name} = object.metadata;
  if (!deletionTimestamp) deleteObject(store, kind, namespace, name, {propagationPolicy: 'Foreground'});
}

/**
 * Completes deletions that wait: of owners in the foreground when their dependents are gone, of namespaces when they
 * are empty.
 * @returns a function that ends this
 */
export function finishDeletions(store: Store): () => void {
  // After a restart too: what a deletion waited for may have gone just before the stop.
  queueMicrotask(() => {
    for (const {kind, object} of [...store.everything()])
      if (object.metadata.finalizers?.includes(foreground)) release(store, kind, object);
    for (const object of store.list(kinds.namespace))
      if (object.metadata.deletionTimestamp) emptyNamespace(store, object.metadata.name);
  });
  return store.onChange(({type, object}) => {
    if (type !== 'DELETED') return;
    for (const {uid} of object.metadata.ownerReferences ?? []) {
      for (const owner of store.everything())
        if (owner.object.metadata.uid === uid && owner.object.metadata.finalizers?.includes(foreground))
          release(store, owner.kind, owner.object);
    }
    const {namespace} = object.metadata;
    if (namespace && store.get(kinds.namespace, null, namespace)?.metadata.deletionTimestamp)
      removeIfEmpty(store, namespace);
  });
}

interface Dependent {
  readonly kind: Kind;
  readonly object: KubeObject;
}

function dependentsOf(store: Store, owner: KubeObject): Dependent[] {
  return [...store.everything()].filter(({object}) =>
    object.metadata.ownerReferences?.some(({uid}) => uid === owner.metadata.uid),
  );
}

function check(kind: Kind, {metadata}: KubeObject, wanted: DeleteOptions['preconditions']): void {
  const refuse = (text: string) => {
    throw new StatusError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${kind.kind}${kind.group && `.${kind.group}`} "${metadata.name}": ${text}`,
      {...detailsOf(kind, metadata.name), kind: kind.kind},
    );
  };
  if (wanted?.uid && wanted.uid !== metadata.uid) {
    refuse(
      `the UID in the precondition (${wanted.uid}) does not match the UID in record (${metadata.uid}). The ` +
        'object might have been deleted and then recreated',
    );
  }
  if (wanted?.resourceVersion && wanted.resourceVersion !== metadata.resourceVersion) {
    refuse(
      `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in ` +
        `record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

/** The grace period of a pod in seconds; one that is on no node, or has ended, goes at once. */
function podGrace(pod: KubeObject, asked: number | undefined): number {
  const spec = pod['spec'] as {nodeName?: string; terminationGracePeriodSeconds?: number} | undefined;
  const phase = (pod['status'] as {phase?: string} | undefined)?.phase;
  if (!spec?.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const wanted = asked ?? spec.terminationGracePeriodSeconds ?? 30;
  // A second deletion may only shorten the grace.
  return pod.metadata.deletionTimestamp ? Math.min(wanted, pod.metadata.deletionGracePeriodSeconds ?? wanted) : wanted;
}

function mark(object: KubeObject, graceSeconds: number, finalizers: readonly string[]): KubeObject {
  const {deletionTimestamp, deletionGracePeriodSeconds, generation} = object.metadata;
  const shorter = deletionGracePeriodSeconds !== undefined && graceSeconds < deletionGracePeriodSeconds;
  const first = !deletionTimestamp;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(finalizers.length > 0 ? {finalizers: [...finalizers]} : {}),
      ...(first && generation !== undefined ? {generation: generation + 1} : {}),
      deletionTimestamp:
        deletionTimestamp && !shorter ? deletionTimestamp : timestamp(new Date(Date.now() + graceSeconds * 1000)),
      deletionGracePeriodSeconds: graceSeconds,
    },
  };
}

function withoutOwner(object: KubeObject, uid: string | undefined): KubeObject {
  const {ownerReferences = [], ...metadata} = object.metadata;
  const left = ownerReferences.filter((reference) => reference.uid !== uid);
  return {...object, metadata: {...metadata, ...(left.length > 0 ? {ownerReferences: left} : {})}};
}

function release(store: Store, kind: Kind, owner: KubeObject): void {
  const blocking = dependentsOf(store, owner).some(({object}) =>
    object.metadata.ownerReferences?.some(
      ({uid, blockOwnerDeletion}) => uid === owner.metadata.uid && blockOwnerDeletion,
    ),
  );
  if (blocking) return;
  const {finalizers = [], ...metadata} = owner.metadata;
  const left = finalizers.filter((name) => name !== foreground);
  store.update(kind, {...owner, metadata: {...metadata, ...(left.length > 0 ? {finalizers: left} : {})}});
}

function deleteNamespace(store: Store, object: KubeObject, {dryRun}: DeleteOptions): Deleted {
  const {name} = object.metadata;
  if (['default', 'kube-system', 'kube-public'].includes(name)) {
    throw new StatusError(
      403,
      'Forbidden',
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
      detailsOf(kinds.namespace, name),
    );
  }
  if (dryRun) return {object, gone: false};
  const marked = object.metadata.deletionTimestamp
    ? object
    : store.update(kinds.namespace, {
        ...object,
        metadata: {...object.metadata, deletionTimestamp: timestamp()},
        status: {phase: 'Terminating'},
      });
  // After the answer, as in the real controller: a client that then watches sees the namespace go.
  setImmediate(() => emptyNamespace(store, name));
  return {object: marked, gone: false};
}

function emptyNamespace(store: Store, name: string): void {
  // Owners before what they own, so that nothing is recreated for them.
  const order = [kinds.cronJob, kinds.job, kinds.statefulSet, ...allKinds.filter(({namespaced}) => namespaced)];
  for (const kind of new Set(order))
    for (const {metadata} of store.list(kind, name)) {
      if (store.get(kind, name, metadata.name) && !metadata.deletionTimestamp)
        deleteObject(store, kind, name, metadata.name);
    }
  removeIfEmpty(store, name);
}

function removeIfEmpty(store: Store, name: string): void {
  if (allKinds.some((kind) => kind.namespaced && kind !== kinds.event && store.list(kind, name).length > 0)) {
    // Something is still there, such as what a controller has made meanwhile.
    return;
  }
  for (const {metadata} of store.list(kinds.event, name)) store.remove(kinds.event, name, metadata.name);
  store.remove(kinds.namespace, null, name);
}
