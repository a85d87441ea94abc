// What a Snapshot shows of a switchover: whether it was begun, and whether both volumes have their next claims.
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {goalOf, hasVolume, type SwitchoverRecord} from './switchover.ts';

/** Whether the recorded switchover has changed anything. One that has changed nothing yet begins again. */
export function isSwitchingOver(snapshot: Snapshot, {phase, writer}: SwitchoverRecord): boolean {
  const claim = snapshot.claims.find(({metadata}) => metadata.name === writer.claim.name);
  // While nothing is decided, only somebody else's switchover can have given the claim another volume.
  const isThere = claim !== undefined && !claim.metadata.deletionTimestamp;
  return phase !== 'fence' || viewOf(snapshot).writerSet?.spec.replicas !== 1 || !isThere;
}

/** Whether both claims have the volumes that they are to have, and the writer may run. */
export function isSwitchedOver(snapshot: Snapshot, record: SwitchoverRecord): boolean {
  const goal = goalOf(record);
  return (
    hasVolume(snapshot.claims, record.writer.claim.name, goal.writer.name) &&
    hasVolume(snapshot.claims, record.reader.claim.name, goal.reader.name) &&
    viewOf(snapshot).writerSet?.spec.replicas === 1
  );
}
