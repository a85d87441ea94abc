// What is being deleted under a database that still runs. A deletion waits until nobody uses the object, and the end of
// the pod is what it waits for. Kubernetes documentation, "Storage Object in Use Protection".
import {objectNames} from '../chart/names.ts';
import type {Metadata} from './kubernetes.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

export interface Going {
  readonly kind: 'Namespace' | 'PersistentVolumeClaim' | 'PersistentVolume';
  readonly name: string;
  /** The pod that keeps the data there; null: all of them. */
  readonly pod: string | null;
  /** ISO 8601. */
  readonly since: string | null;
}

/** What a Snapshot says about storage. */
export type Storage = Pick<Snapshot, 'target' | 'namespace' | 'claims' | 'volumes'>;

/** A namespace takes every claim with it, those of other programs too. */
export function namespaceGoing({namespace}: Pick<Storage, 'namespace'>): Going | null {
  if (!namespace || (namespace.phase !== 'Terminating' && !namespace.metadata.deletionTimestamp)) return null;
  const {name, deletionTimestamp} = namespace.metadata;
  return {kind: 'Namespace', name, pod: null, since: deletionTimestamp ?? null};
}

/** Without the pod this goes, and the data with it. Null: nothing, or nothing that may be read. */
export function goingUnder(pod: string, storage: Storage): Going | null {
  const claim = storage.claims.find(({metadata}) => metadata.name === `data-${pod}`);
  const volume = claim ? storage.volumes?.[claim.metadata.name] : undefined;
  // Without a volume there is no data yet.
  if (claim?.status?.phase === 'Pending') return namespaceGoing(storage);
  const of = (kind: Going['kind'], metadata: Metadata | undefined): Going | null =>
    metadata?.deletionTimestamp ? {kind, name: metadata.name, pod, since: metadata.deletionTimestamp} : null;
  return (
    namespaceGoing(storage) ?? of('PersistentVolumeClaim', claim?.metadata) ?? of('PersistentVolume', volume?.metadata)
  );
}

/** Of the pods that are wanted, the writer first; the namespace before all of them. */
export function goingOf(snapshot: Snapshot): readonly Going[] {
  const place = namespaceGoing(snapshot);
  if (place) return [place];
  const {writer, reader} = objectNames(snapshot.target.fullname);
  const {readersWanted} = viewOf(snapshot);
  const pods = [`${writer}-0`, ...Array.from({length: readersWanted}, (_, ordinal) => `${reader}-${ordinal}`)];
  return pods.flatMap((pod) => goingUnder(pod, snapshot) ?? []);
}
