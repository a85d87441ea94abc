// What is being deleted under a database that still runs. A deletion waits until nobody uses the object, and the end of
// the pod is what it waits for. Kubernetes documentation, "Storage Object in Use Protection".
import {claimOfPod, podNames} from '../chart/names.ts';
import type {Metadata, Pod} from './kubernetes.ts';
import {guardFinalizer} from './role/switchover.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

export interface BeingDeleted {
  readonly kind: 'Namespace' | 'PersistentVolumeClaim' | 'PersistentVolume';
  readonly name: string;
  /** The pod that keeps the data there; null: all of them. */
  readonly pod: string | null;
  /**
   * The object's finalizers, where no pod keeps it any more: the pod is absent, or on no node. Null: the pod keeps it.
   */
  readonly heldBy: readonly string[] | null;
  /** ISO 8601. */
  readonly since: string | null;
}

/** What a Snapshot says about storage. Without `pods`, it is not known which ones there are. */
export interface Storage extends Pick<Snapshot, 'target' | 'namespace' | 'claims' | 'volumes'> {
  readonly pods?: readonly Pod[];
  readonly unreadable?: readonly string[];
}

/** Kubernetes takes this finalizer away by itself as soon as no pod uses the claim. */
const ofPods = 'kubernetes.io/pvc-protection';

/** Somebody else's finalizer holds it: it goes when they say so, which may be never. */
export function isHeldByOthers({heldBy}: BeingDeleted): boolean {
  return heldBy?.some((finalizer) => finalizer !== ofPods) ?? false;
}

/** A namespace takes every claim with it, those of other programs too. */
export function namespaceBeingDeleted({namespace}: Pick<Storage, 'namespace'>): BeingDeleted | null {
  if (!namespace || (namespace.phase !== 'Terminating' && !namespace.metadata.deletionTimestamp)) return null;
  const {name, deletionTimestamp} = namespace.metadata;
  return {kind: 'Namespace', name, pod: null, heldBy: null, since: deletionTimestamp ?? null};
}

/** What would go, with the data, if the pod ended; null when nothing is being deleted, or nothing that may be read. */
export function beingDeletedUnder(pod: string, storage: Storage): BeingDeleted | null {
  const claim = storage.claims.find(({metadata}) => metadata.name === claimOfPod(storage.target, pod));
  const volume = claim ? storage.volumes?.[claim.metadata.name] : undefined;
  // Without a volume there is no data yet.
  if (claim?.status?.phase === 'Pending') return namespaceBeingDeleted(storage);
  // A claim that a switchover deletes goes alone: its volume stays, and belongs to another claim.
  const of = (kind: BeingDeleted['kind'], metadata: Metadata | undefined): BeingDeleted | null =>
    metadata?.deletionTimestamp && !metadata.finalizers?.includes(guardFinalizer)
      ? {
          kind,
          name: metadata.name,
          pod,
          since: metadata.deletionTimestamp,
          heldBy: isKeptBy(pod, storage) ? null : (metadata.finalizers ?? []),
        }
      : null;
  return (
    namespaceBeingDeleted(storage) ??
    of('PersistentVolumeClaim', claim?.metadata) ??
    of('PersistentVolume', volume?.metadata)
  );
}

/**
 * A pod that is on no node keeps no claim, and gets no node while the claim is being deleted. Source: Kubernetes 1.34,
 * pkg/controller/volume/pvcprotection. Where pods may not be listed, the pod is taken to be there.
 */
function isKeptBy(name: string, {pods, unreadable = []}: Storage): boolean {
  if (!pods || unreadable.includes('pods')) return true;
  return pods.some(({metadata, spec}) => metadata.name === name && spec.nodeName !== undefined);
}

/** What is being deleted under the desired pods, the writer's first; the namespace alone, where it is deleted. */
export function objectsBeingDeleted(snapshot: Snapshot): readonly BeingDeleted[] {
  const place = namespaceBeingDeleted(snapshot);
  if (place) return [place];
  return podNames(snapshot.target, viewOf(snapshot).desiredReaders).flatMap(
    (pod) => beingDeletedUnder(pod, snapshot) ?? [],
  );
}
