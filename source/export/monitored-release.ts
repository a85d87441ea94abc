// What dashboards and alert rules are made of: one release, and which series of Prometheus are its own.
import {claimNames, objectNames, type Naming} from '../chart/names.ts';
import {nextTime, parseSchedule} from '../parameters/cron.ts';
import type {Parameters} from '../parameters/parameters.ts';

export interface MonitoredRelease extends Naming {
  readonly release: string;
  readonly namespace: string;
  readonly parameters: Pick<Parameters, 'readReplicaCount' | 'synchronousReplicas' | 'backup'>;
}

/**
 * The labels that select the series of the release's exporters: `namespace` and `pod` are what the operator of
 * Prometheus, and the usual job for pods, add to each series.
 */
export function exporterSeries(release: MonitoredRelease): string {
  const {writer, reader} = objectNames(release);
  return `namespace="${release.namespace}",pod=~"(${writer}|${reader})-[0-9]+"`;
}

/** The labels that select the kubelet's series about the release's volumes. */
export function volumeSeries(release: MonitoredRelease): string {
  const names = claimNames(release, release.parameters.readReplicaCount);
  return `namespace="${release.namespace}",persistentvolumeclaim=~"${names.join('|')}"`;
}

const gapsLookedAt = 100;

/**
 * The longest time between two backups of the schedule, in seconds.
 * @param now milliseconds since the epoch
 * @returns null without a schedule, and for a schedule whose time never comes
 */
export function longestBackupGap({parameters}: MonitoredRelease, now: number): number | null {
  const schedule = parseSchedule(parameters.backup?.schedule ?? '');
  if (!schedule) return null;
  let longestMs = 0;
  let time = nextTime(schedule, now);
  for (let count = 0; count < gapsLookedAt && time !== null; count++) {
    const next = nextTime(schedule, time);
    if (next !== null) longestMs = Math.max(longestMs, next - time);
    time = next;
  }
  return longestMs === 0 ? null : longestMs / 1000;
}
