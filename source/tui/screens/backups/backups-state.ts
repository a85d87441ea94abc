// The backups of a release: the state of their screen, what it asks for, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import type {Cause} from '../../../core/cause.ts';
import type {BackupEntry, BackupListing} from '../../../observation/backups/backup-list.ts';
import type {SettingsState} from '../settings/settings-state.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface BackupsState {
  readonly name: 'backups';
  /** The name of the chosen backup; null: the newest. */
  readonly chosen: string | null;
}

/** What is on the volume, or why it could not be read. */
export type SeenBackups = BackupListing | {readonly cause: Cause};

export const backupsScreen: BackupsState = {name: 'backups', chosen: null};

/** Leads to the setting of a schedule where backups were never asked for. Null: plain helm made the release. */
export function backupsEntry({backup, parameters}: Status): ScreenEntry<BackupsState | SettingsState> | null {
  if (!backup && !parameters) return null;
  return {key: 'k', label: 'backups', does: {show: backup ? backupsScreen : {name: 'settings', at: 'backup'}}};
}

export const runAsked: RequestOf<'backup'> = {kind: 'backup', action: 'run', backup: null, as: null};

export function verifyAsked({name}: BackupEntry): RequestOf<'backup'> {
  return {kind: 'backup', action: 'verify', backup: name, as: null};
}

/** The chosen backup; null: there are no backups. */
export function chosenOf({chosen}: BackupsState, backups: readonly BackupEntry[]): BackupEntry | null {
  return backups.find(({name}) => name === chosen) ?? backups[0] ?? null;
}
