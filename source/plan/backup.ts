// What a change does to the backups of a release.
import {objectNames} from '../chart/names.ts';
import type {Backup} from '../parameters/descriptors/backup.ts';
import type {ChangeConsequence, ChangeFacts} from './change-facts.ts';

export function backupConsequences({before, existing, desired}: ChangeFacts): ChangeConsequence[] {
  const [was, is] = [existing?.backup ?? null, desired.backup];
  if (was === null || JSON.stringify(was) === JSON.stringify(is)) return [];
  const {backup} = objectNames(before.target);
  return [{code: 'BACKUP_CHANGE', object: `CronJob/${backup}`, sentence: sentenceOf(was, is, backup)}];
}

/** Where and how long backups are kept, in a sentence; null: none are made. */
export function backupsMade({schedule, size, keep}: Backup, volume: string): string | null {
  if (schedule === null) return null;
  return (
    `All databases are dumped at "${schedule}" (UTC) to the volume ${volume} of ${size}; ${keep} of them stay there, ` +
    'and the volume stays on uninstall.'
  );
}

function sentenceOf(was: Backup, is: Backup, volume: string): string {
  if (is.schedule === null)
    return `No more backups are made. Those that there are stay, on the volume ${volume}. Nothing restarts.`;
  if (was.schedule === null) return `${backupsMade(is, volume)} Nothing restarts.`;
  const grows = was.size === is.size ? '' : ` The volume ${volume} grows from ${was.size} to ${is.size}.`;
  return `Backups are made at "${is.schedule}" (UTC), and ${is.keep} of them stay there.${grows} Nothing restarts.`;
}
