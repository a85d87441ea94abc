// What is done with backups, as a command or a screen asks for it, and what is on their volume.
import {renderForScript} from '../../commands/command-line.ts';
import type {OperationOf, RestoreAnswers} from '../../commands/operation.ts';
import {badInput, UserError} from '../../core/cause.ts';
import {noteOf, type BackupListing} from '../../observation/backups/backup-list.ts';
import type {BackupRequest} from '../../operations/backups/backup.ts';
import {noBackups, runtimeOf} from '../../operations/backups/backup-runtime.ts';
import {flagsFor} from '../../parameters/help.ts';
import {releaseNameProblem} from '../../parameters/identifiers.ts';
import {accessOf} from '../cluster-flags.ts';
import {timeoutOf, type ReleaseSession, type Settings} from '../settings.ts';

type Asked = Pick<OperationOf<'backup'>, 'action' | 'backup' | 'as' | 'answers'>;

/** @throws UserError BAD_INPUT for a request that makes no sense, before the cluster is asked */
export function assertValidBackupRequest({action, backup, as, answers}: Asked): void {
  if (backup !== null && !/^\d{8}T\d{6}Z$/.test(backup))
    throw badInput(
      `"${backup}" is not the name of a backup. Use one that backup list shows, such as 20260102T030000Z.`,
    );
  if (action === 'run' && backup !== null) throw badInput('A backup that is made now gets its name from its time.');
  if (action !== 'restore') return assertNoRestoreFlags(as, answers);
  if (as === null)
    throw badInput('A restore makes a new release, never over one that is there. Add its name: --as NEW-NAME.');
  const problem = releaseNameProblem(as);
  if (problem) throw badInput(`--as: ${problem}`);
}

function assertNoRestoreFlags(as: string | null, answers: RestoreAnswers = {}): void {
  const [flag = as === null ? null : '--as'] = flagsFor(answers);
  if (flag) throw badInput(`${flag} is of the release that a restore makes; it goes with restore alone.`);
}

export async function backupRequest(
  settings: Settings,
  {target, ports}: ReleaseSession,
  {action, backup}: Asked & {readonly action: BackupRequest['action']},
  how: Pick<BackupRequest, 'dryRun' | 'confirm'>,
): Promise<BackupRequest> {
  return {
    ...how,
    action,
    backup,
    before: await ports.look(),
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript({kind: 'backup', ...target, action, backup, as: null}, accessOf(settings)),
  };
}

/**
 * The backups on the volume, even of a release that is gone. Status and dashboard know the result from then on.
 * @throws UserError BACKUP_NOT_FOUND, BACKUP_FAILED
 */
export async function listedBackups(
  {ports}: Pick<ReleaseSession, 'ports'>,
  signal: AbortSignal,
): Promise<BackupListing> {
  const snapshot = await ports.look();
  const none = noBackups(snapshot);
  if (none) throw new UserError(none);
  const listing = await ports.listBackups(runtimeOf(snapshot), signal);
  await ports.noteBackups(noteOf(listing)).catch(() => undefined);
  return listing;
}
