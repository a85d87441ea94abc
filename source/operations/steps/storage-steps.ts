// Growing the disks: the claims ask for more, the cluster gives it, and StatefulSets that say the old size make way for
// others around the same pods.
import type {PersistentVolumeClaim} from '../../observation/kubernetes.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {growingClaims, setsOfOtherSize, smallClaims, wantedClaims} from '../../observation/storage.ts';
import type {Step} from '../converge.ts';
import type {ClusterPort} from '../ports/cluster.ts';

interface DesiredStorage {
  readonly readReplicaCount: number;
  readonly storageSize: string;
}

const claimsOf = (snapshot: Snapshot, {readReplicaCount}: DesiredStorage): readonly PersistentVolumeClaim[] =>
  wantedClaims(snapshot, readReplicaCount);

export const askVolumesForMore: Step<DesiredStorage> = {
  name: 'ask the volumes for more',
  done: (snapshot, desired) => smallClaims(claimsOf(snapshot, desired), desired.storageSize).length === 0,
  async run(ports, desired, snapshot) {
    const names = smallClaims(claimsOf(snapshot, desired), desired.storageSize).map(({metadata}) => metadata.name);
    await ports.growClaims(names, desired.storageSize, {dryRun: false});
    return null;
  },
};

export const waitForCapacity: Step<DesiredStorage> = {
  name: 'volumes have it',
  done: (snapshot, desired) => growingClaims(snapshot, claimsOf(snapshot, desired)).length === 0,
};

/** Right before helm, which makes them again: Kubernetes lets nobody change the size in them. */
export async function orphanOutgrownStatefulSets(
  ports: ClusterPort,
  {storageSize}: DesiredStorage,
  snapshot: Snapshot,
): Promise<void> {
  const old = setsOfOtherSize(snapshot, storageSize);
  if (old.length > 0) await ports.orphanPods(old, {dryRun: false});
}
