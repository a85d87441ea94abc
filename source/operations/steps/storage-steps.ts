// Grows the disks: the claims ask for more, the cluster gives it, and StatefulSets with the old size are replaced
// around the same pods.
import {objectNames} from '../../chart/names.ts';
import {at, type Values} from '../../chart/tree.ts';
import type {PersistentVolumeClaim} from '../../observation/kubernetes.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {growingClaims, setsOfOtherSize, smallClaims, desiredClaims} from '../../observation/storage.ts';
import type {Step} from '../converge.ts';
import type {DiskSizes} from '../../parameters/readers.ts';
import type {ClusterPort} from '../ports/cluster.ts';
import type {StoragePort} from '../ports/storage.ts';

interface DesiredStorage {
  readonly readReplicaCount: number;
  readonly disks: DiskSizes;
}

const claimsOf = (snapshot: Snapshot, {readReplicaCount}: DesiredStorage): readonly PersistentVolumeClaim[] =>
  desiredClaims(snapshot, readReplicaCount);

export const askVolumesForMore: Step<DesiredStorage> = {
  name: 'ask the volumes for more',
  done: (snapshot, {readReplicaCount, disks}) => smallClaims(snapshot, readReplicaCount, disks).length === 0,
  async run(ports, {readReplicaCount, disks}, snapshot) {
    await growClaims(smallClaims(snapshot, readReplicaCount, disks), ports, {dryRun: false});
    return null;
  },
};

export const waitForCapacity: Step<DesiredStorage> = {
  name: 'volumes have it',
  done: (snapshot, desired) => growingClaims(snapshot, claimsOf(snapshot, desired)).length === 0,
};

/** Claims that are to have the same size are changed together. */
export async function growClaims(
  claims: ReturnType<typeof smallClaims>,
  ports: StoragePort,
  how: {readonly dryRun: boolean},
): Promise<void> {
  for (const size of new Set(claims.map((one) => one.size))) {
    const names = claims.filter((one) => one.size === size).map(({claim}) => claim.metadata.name);
    await ports.growClaims(names, size, how);
  }
}

/**
 * Deletes outgrown StatefulSets without their pods, right before helm makes them again: Kubernetes lets nobody change
 * the size in them.
 */
export async function orphanOutgrownStatefulSets(
  ports: ClusterPort,
  {disks}: DesiredStorage,
  snapshot: Snapshot,
): Promise<void> {
  const old = setsOfOtherSize(snapshot, disks);
  if (old.length > 0) await ports.orphanPods(old, {dryRun: false});
}

/**
 * Where we do not run helm, the StatefulSets are made again here around the same pods, before somebody applies them and
 * finds that they cannot be changed. After a run that was killed in between there is no StatefulSet, and what helm
 * renders is made.
 */
export function remakeStatefulSets(rendered: readonly Values[]): Step<DesiredStorage> {
  return {
    name: 'StatefulSets say the new size',
    shownAs: {track: 'storage', text: 'the StatefulSets are made again around their pods'},
    done(snapshot, {disks}) {
      const {writerSet, readerSet} = viewOf(snapshot);
      return writerSet !== null && readerSet !== null && setsOfOtherSize(snapshot, disks).length === 0;
    },
    async run(ports, {disks}, snapshot) {
      const {writer, reader} = objectNames(snapshot.target);
      const sizes = [[writer, disks.writer] as const, [reader, disks.readers] as const];
      for (const [name, size] of sizes) {
        const live = snapshot.statefulSets.find(({metadata}) => metadata.name === name) ?? null;
        const fresh = rendered.find((one) => at(one, ['metadata', 'name']) === name) ?? null;
        if (live === null || setsOfOtherSize(snapshot, disks).includes(live))
          await ports.remakeStatefulSet({name, live, rendered: fresh}, size);
      }
      return null;
    },
  };
}
