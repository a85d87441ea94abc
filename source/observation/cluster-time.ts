// Ages of what the cluster wrote down. Its clock and ours may differ by any amount.
import type {Snapshot} from './snapshot.ts';

/** A time of ours by the cluster's clock: milliseconds since the epoch. */
export function clusterTime(ours: number, {clusterAheadMs = 0}: Pick<Snapshot, 'clusterAheadMs'>): number {
  return ours + clusterAheadMs;
}

/** When a Snapshot or Survey was taken, by the cluster's clock: milliseconds since the epoch. */
export function clusterTimeOf(seen: Pick<Snapshot, 'takenAt' | 'clusterAheadMs'>): number {
  return clusterTime(seen.takenAt, seen);
}
