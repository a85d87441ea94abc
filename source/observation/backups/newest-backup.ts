// What is left where no reader can take the role of a lost writer: the newest backup.
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import type {Remedy} from '../../core/cause.ts';
import {toTheSecond} from '../../core/time.ts';
import {agoText} from '../text/ages.ts';
import {backupStateOf} from './backup.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import type {Snapshot} from '../snapshot.ts';

/** A sentence: how old the newest backup is, or that there is none. */
export function newestBackupText(snapshot: Snapshot): string {
  const last = backupStateOf(snapshot)?.last ?? null;
  return last
    ? `The newest backup was begun ${agoText(Date.parse(last.startedAt), clusterTimeOf(snapshot))} ago, at ` +
        `${toTheSecond(last.startedAt)}: what was written later is not in it.`
    : 'There is no backup that could be restored instead.';
}

/** Empty where there is no backup. `when`: what comes first, such as `When its disk does not come back`. */
export function restoreNewest(snapshot: Snapshot, when: string | null = null): readonly Remedy[] {
  const {target} = snapshot;
  const last = backupStateOf(snapshot)?.last ?? null;
  if (!last) return [];
  const title = `${when === null ? 'Restore' : `${when}: restore`} the newest backup as a new release`;
  return [
    propose(title, {
      kind: 'backup',
      action: 'restore',
      backup: last.name,
      as: `${target.release}-restored`,
      ...releaseRef(target),
    }),
  ];
}
