// What is on the volume of the backups, as lines.
import {agoText} from './ages.ts';
import type {BackupEntry, BackupListing} from '../backups/backup-list.ts';
import {roughBytes} from '../../parameters/quantity.ts';
import {table} from '../../core/table.ts';
import {plain} from './plain-text.ts';

/** @param now milliseconds since the epoch */
export function backupLines(listing: BackupListing, now: number): string[] {
  const {backups} = listing;
  const volume = volumeText(listing);
  return [
    ...(backups.length === 0 ? ['There is no backup yet.'] : backupTable(backups, now)),
    ...(volume === null ? [] : [volume]),
  ];
}

type Column = readonly [head: string, cell: (one: BackupEntry, now: number) => string];

const allColumns: readonly Column[] = [
  ['BACKUP', ({name}) => name],
  ['AGE', ({startedAt}, now) => agoText(Date.parse(startedAt), now)],
  ['SIZE', ({bytes}) => roughBytes(bytes)],
  ['TOOK', ({seconds}) => `${seconds} s`],
  ['POSTGRESQL', ({postgresVersion}) => postgresVersion],
  ['DATABASES', ({databases}) => String(databases.length)],
  ['ROWS', ({databases}) => String(databases.reduce((sum, {rows}) => sum + rows, 0))],
  ['PROVEN', provenText],
];

/**
 * A header line, and one line per backup.
 * @param now milliseconds since the epoch
 * @param heads the columns that there is room for; all columns when absent
 */
export function backupTable(backups: readonly BackupEntry[], now: number, heads?: readonly string[]): string[] {
  const columns = allColumns.filter(([head]) => heads?.includes(head) ?? true);
  return table(
    columns.map(([head]) => head),
    backups.map((one) => columns.map(([, cell]) => plain(cell(one, now)))),
  );
}

/** Null when the size of the volume is not known. */
export function volumeText({sizeBytes, freeBytes}: Pick<BackupListing, 'sizeBytes' | 'freeBytes'>): string | null {
  return sizeBytes === null || freeBytes === null
    ? null
    : `The volume has ${roughBytes(sizeBytes)}, ${roughBytes(freeBytes)} of them free.`;
}

function provenText({proof}: BackupEntry, now: number): string {
  if (proof === null) return 'never tried';
  return proof.ok
    ? `restored ${agoText(Date.parse(proof.at), now)} ago`
    : `NOT: ${proof.why ?? 'it could not be restored'}`;
}
