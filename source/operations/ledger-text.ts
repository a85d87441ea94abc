// One entry of a ledger in words, the same in text and on screens.
import type {LedgerEntry} from './progress.ts';
import {formatBytes, roughBytes} from '../parameters/quantity.ts';

/** Such as `volume data-orders-postgresql-primary-0  20Gi`; a file has some size, a volume just the one. */
export function ledgerText({kind, name, bytes}: LedgerEntry): string {
  const what = kind === 'PersistentVolumeClaim' ? 'volume' : kind === 'Dump' ? 'dump' : kind;
  return `${what} ${name}${bytes === null ? '' : `  ${kind === 'Dump' ? roughBytes(bytes) : formatBytes(bytes)}`}`;
}

/** What stays although its data was to go. */
export function removalText({remove = ''}: LedgerEntry): string {
  return `its data stays on it; to remove it: ${remove}`;
}

export function ledgerLines(ledger: readonly LedgerEntry[]): string[] {
  return ledger.flatMap((entry) => [
    `  ${entry.fate.padEnd(8)} ${ledgerText(entry)}`,
    ...(entry.remove === undefined ? [] : [`           ${removalText(entry)}`]),
  ]);
}
