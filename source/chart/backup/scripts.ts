// The scripts that run in the pods of backups. The backup's stands in the values of a release, the others in pods of
// ours.
import type {ServiceMesh} from '../../parameters/descriptors/service-mesh.ts';
import backup from './backup.sh?raw';
import common from './common.sh?raw';
import list from './list.sh?raw';
import proxy from './proxy.sh?raw';
import restore from './restore.sh?raw';
import verify from './verify.sh?raw';

/** Where the volume of the backups is mounted. Source: chart 16.7.26, values.yaml, backup.cronjob.storage.mountPath. */
export const backupFolder = '/backup/pgdump';
/** The folder of the server that a proof restores into. */
export const restoreFolder = '/restore';

interface BackupArguments {
  /** How many backups are kept. */
  readonly keep: number;
  readonly fullname: string;
  /** The application's role. */
  readonly username: string;
  readonly database: string;
  /** The mesh whose proxy runs beside the backup and has to end with it. */
  readonly mesh?: ServiceMesh;
}

const start = ['/bin/sh', '-c'] as const;
const name = 'backup';

const [firstLine = ''] = backup.split('\n');
const whole = backup.replace('\n', `\n${proxy}`);

export function backupCommand({keep, fullname, username, database, mesh}: BackupArguments): readonly string[] {
  return [...start, whole, name, String(keep), fullname, username, database, ...ofMesh(mesh)];
}

function ofMesh(mesh: ServiceMesh = 'none'): readonly string[] {
  return mesh === 'none' ? [] : [mesh];
}

/** How many backups a command of ours keeps, whether of this version or another; null for somebody else's command. */
export function keptBy(command: unknown): number | null {
  if (!Array.isArray(command)) return null;
  const [shell, flag, script, , keep] = command as readonly unknown[];
  const isOurs = shell === start[0] && flag === start[1] && typeof script === 'string';
  return isOurs && script.startsWith(`${firstLine}\n`) && /^\d+$/.test(String(keep)) ? Number(keep) : null;
}

export const listCommand: readonly string[] = [...start, list, name];

export function verifyCommand(which: string): readonly string[] {
  return [...start, `${common}${verify}`, name, which];
}

/** @param database that the new release was made with */
export function restoreCommand(which: string, database: string, mesh?: ServiceMesh): readonly string[] {
  return [...start, `${common}${proxy}${restore}`, name, which, database, ...ofMesh(mesh)];
}
