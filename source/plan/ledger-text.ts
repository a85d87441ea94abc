// One entry of a ledger in words, the same in text and on screens.
import type {LedgerEntry} from './progress.ts';
import {formatBytes, roughBytes} from '../parameters/quantity.ts';

/**
 * Such as `volume data-orders-postgresql-primary-0  20Gi`; the size of a file is rounded, that of a volume is exact.
 */
export function ledgerText({kind, name, bytes}: LedgerEntry): string {
  const what = kind === 'PersistentVolumeClaim' ? 'volume' : kind === 'Dump' ? 'dump' : kind;
  return `${what} ${name}${bytes === null ? '' : `  ${kind === 'Dump' ? roughBytes(bytes) : formatBytes(bytes)}`}`;
}

/** For a volume that stays although its data was to be deleted. */
export function removalText({remove = ''}: LedgerEntry): string {
  return `its data stays on it; to remove it: ${remove}`;
}

export function ledgerLines(ledger: readonly LedgerEntry[]): string[] {
  return ledger.flatMap((entry) => [
    `  ${entry.fate.padEnd(8)} ${ledgerText(entry)}`,
    ...(entry.remove === undefined ? [] : [`           ${removalText(entry)}`]),
  ]);
}
