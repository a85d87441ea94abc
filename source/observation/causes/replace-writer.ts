// The remedy of a writer that is lost: a reader takes its role, or the newest backup is what is left.
import type {Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {newestBackupText, restoreNewest} from '../backups/newest-backup.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';

/** Empty where there is no reader. `nodeIsOff`: the operator has to make sure of that first, which the title says. */
export function replaceWriter(
  snapshot: Snapshot,
  title: string,
  {nodeIsOff = false}: {readonly nodeIsOff?: boolean} = {},
): readonly Remedy[] {
  if (viewOf(snapshot).desiredReaders === 0) return [];
  return [propose(title, {kind: 'failover', ...releaseRef(snapshot.target), to: null, nodeIsOff})];
}

/** Whether nobody could take the role of the writer now. */
function isAlone(snapshot: Snapshot): boolean {
  return !viewOf(snapshot).readerPods.some(isReady);
}

/** To follow what happened to the writer; empty where a reader could take its role. */
export function aloneText(snapshot: Snapshot): string {
  const who = viewOf(snapshot).desiredReaders === 0 ? 'no reader' : 'no reader that is ready';
  return isAlone(snapshot) ? ` There is ${who} to take its role. ${newestBackupText(snapshot)}` : '';
}

/** Empty where a reader could take its role, or where there is no backup. */
export function restoreInstead(snapshot: Snapshot, when: string): readonly Remedy[] {
  return isAlone(snapshot) ? restoreNewest(snapshot, when) : [];
}
