// What is on the volume of the backups, as lines.
import {agoText} from '../../../observation/ages.ts';
import type {BackupEntry, BackupListing} from '../../../observation/backup-list.ts';
import {roughBytes} from '../../../parameters/quantity.ts';
import {table} from '../../../core/table.ts';

/** @param now milliseconds since the epoch */
export function backupLines({backups, sizeBytes, freeBytes}: BackupListing, now: number): string[] {
  const volume =
    sizeBytes === null || freeBytes === null
      ? []
      : [`The volume has ${roughBytes(sizeBytes)}, ${roughBytes(freeBytes)} of them free.`];
  if (backups.length === 0) return ['There is no backup yet.', ...volume];
  return [
    ...table(
      ['BACKUP', 'AGE', 'SIZE', 'TOOK', 'POSTGRESQL', 'DATABASES', 'ROWS', 'PROVEN'],
      backups.map((one) => [
        one.name,
        agoText(Date.parse(one.startedAt), now),
        roughBytes(one.bytes),
        `${one.seconds} s`,
        one.postgresVersion,
        String(one.databases.length),
        String(one.databases.reduce((sum, {rows}) => sum + rows, 0)),
        provenText(one, now),
      ]),
    ),
    ...volume,
  ];
}

function provenText({proof}: BackupEntry, now: number): string {
  if (proof === null) return 'never tried';
  return proof.ok
    ? `restored ${agoText(Date.parse(proof.at), now)} ago`
    : `NOT: ${proof.why ?? 'it could not be restored'}`;
}
