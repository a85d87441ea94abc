// Growing the disks: the claims ask for more, the cluster gives it, and StatefulSets that say the old size make way for
// others around the same pods.
import {objectNames} from '../../chart/names.ts';
import {at, type Values} from '../../chart/tree.ts';
import type {PersistentVolumeClaim} from '../../observation/kubernetes.ts';
import {viewOf} from '../../observation/release-view.ts';
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

/**
 * Where helm is not ours to run: made again here around the same pods, before whoever applies it next finds that it
 * cannot be changed. A run that was killed in between finds none, and takes what helm renders.
 */
export function remakeStatefulSets(rendered: readonly Values[]): Step<DesiredStorage> {
  return {
    name: 'StatefulSets say the new size',
    shownAs: {track: 'storage', text: 'the StatefulSets are made again around their pods'},
    done(snapshot, {storageSize}) {
      const {writerSet, readerSet} = viewOf(snapshot);
      return writerSet !== null && readerSet !== null && setsOfOtherSize(snapshot, storageSize).length === 0;
    },
    async run(ports, {storageSize}, snapshot) {
      const {writer, reader} = objectNames(snapshot.target);
      for (const name of [writer, reader]) {
        const live = snapshot.statefulSets.find(({metadata}) => metadata.name === name) ?? null;
        const fresh = rendered.find((one) => at(one, ['metadata', 'name']) === name) ?? null;
        if (live === null || setsOfOtherSize(snapshot, storageSize).includes(live))
          await ports.remakeStatefulSet({name, live, rendered: fresh}, storageSize);
      }
      return null;
    },
  };
}
