// How the backups are, in one line: for status and the dashboard.
import {agoText} from './ages.ts';
import type {BackupState} from '../backups/backup.ts';

/** @param now milliseconds since the epoch, by the cluster's clock */
export function backupText({schedule, last, tried, isRunning, nextAt}: BackupState, now: number): string {
  const ago = (at: string) => agoText(Date.parse(at), now);
  const lost = last === null ? 'none yet' : `last ${ago(last.startedAt)} ago, later writes would be lost`;
  const proof = tried === null ? 'none proven' : `${tried.ok ? 'proven' : 'NOT proven'} ${ago(tried.at)} ago`;
  const next = nextAt === null ? [] : [`next in ${agoText(now, Date.parse(nextAt))}`];
  return [
    ...(schedule === null ? ['no more are made'] : []),
    lost,
    ...(last === null ? [] : [proof]),
    ...(isRunning ? ['one is being made'] : next),
  ].join(' · ');
}
