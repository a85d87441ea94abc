// What a Snapshot shows of a failover: whether the writer is replaced, and whether the readers follow the new one.
import {noPodLabel, type FailoverRecord} from './failover.ts';
import {hasVolume} from './switchover.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';

/** The writer's claim has the chosen reader's volume, and the writer may run; or everything is as it was. */
export function isReplaced(snapshot: Snapshot, record: FailoverRecord): boolean {
  const {writerSet, writerService} = viewOf(snapshot);
  if (writerSet?.spec.replicas !== 1 || writerService?.spec.selector?.[noPodLabel.key] !== undefined) return false;
  if (record.phase === 'back') return true;
  const volume =
    record.phase === 'promote' && record.pod !== null ? record.readers[record.pod]?.volume.name : undefined;
  return (
    volume !== undefined &&
    hasVolume(snapshot.claims, record.writer.claim.name, volume) &&
    !snapshot.claims.some(
      ({metadata, spec}) => metadata.name !== record.writer.claim.name && spec.volumeName === volume,
    )
  );
}

/** Whether the failover was begun and not ended: a release that is whole shows no sign of one. */
export function isFailingOver(snapshot: Snapshot, record: FailoverRecord): boolean {
  const {writerSet, writerService} = viewOf(snapshot);
  return (
    record.phase !== 'fence' ||
    writerSet?.spec.replicas !== 1 ||
    writerService?.spec.selector?.[noPodLabel.key] !== undefined
  );
}

/**
 * The readers that can follow the new writer do, and so does the reader that is copied again, unless it waits for a
 * node that takes it. A reader that was lost with the writer is not waited for.
 */
export function goodAfterFailover(snapshot: Snapshot, record: FailoverRecord): boolean {
  const {streaming, desiredReaders} = viewOf(snapshot);
  const possible = Math.min(desiredReaders, Object.keys(record.readers).length);
  return streaming >= possible - (waitsForRoom(snapshot, record) ? 1 : 0);
}

/** No node takes the reader that is to be copied again: it starts when one does, and the writer serves meanwhile. */
export function waitsForRoom({pods}: Snapshot, record: FailoverRecord): boolean {
  const {status} = pods.find(({metadata}) => metadata.name === record.pod) ?? {};
  return (
    status?.conditions?.some(
      ({type, status: state, reason}) => type === 'PodScheduled' && state === 'False' && reason === 'Unschedulable',
    ) ?? false
  );
}
