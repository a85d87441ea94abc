// What an uninstall takes and what it leaves, in lines. Pure.
import type {LedgerEntry} from '../../../plan/progress.ts';
import {ledgerText, removalText} from '../../../plan/ledger-text.ts';
import {formatBytes} from '../../../parameters/quantity.ts';
import type {Line} from '../shared/Lines.tsx';

/** Such as `Kept: 3 volumes (60Gi) and the Secret with the password.` */
export function removalSummary(ledger: readonly LedgerEntry[]): string {
  const [deleted, kept] = [objectsText(ledger, 'deleted'), objectsText(ledger, 'kept')];
  return (
    [...(deleted ? [`Deleted for good: ${deleted}.`] : []), ...(kept ? [`Kept: ${kept}.`] : [])].join(' ') ||
    'It has no volumes and no Secret of its own.'
  );
}

/** One line for each object, and below it the command that removes the object later. */
export function removalLines(ledger: readonly LedgerEntry[]): Line[] {
  return ledger.flatMap((entry): Line[] => [
    {text: `${entry.fate.padEnd(9)}${ledgerText(entry)}`, ...(entry.fate === 'deleted' ? {color: 'red'} : {dim: true})},
    ...(entry.remove === undefined ? [] : [{text: `         ${removalText(entry)}`, dim: true}]),
  ]);
}

/** The volumes with their size, and the Secret; empty where there are neither. */
function objectsText(ledger: readonly LedgerEntry[], fate: LedgerEntry['fate']): string {
  const entries = ledger.filter((entry) => entry.fate === fate);
  const volumes = entries.filter(({kind}) => kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume');
  const secrets = entries.filter(({kind}) => kind === 'Secret').length;
  const bytes = volumes.reduce((sum, volume) => sum + (volume.bytes ?? 0), 0);
  return [
    ...(volumes.length > 0
      ? [`${volumes.length} ${volumes.length === 1 ? 'volume' : 'volumes'} (${formatBytes(bytes)})`]
      : []),
    ...(secrets === 0 ? [] : [secrets === 1 ? 'the Secret with the password' : 'the Secrets with password and TLS']),
  ].join(' and ');
}
