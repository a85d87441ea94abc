// How the backups of a release are: the last one, the last proof, what would be lost now, and what is wrong with them.
import {labelKeys, objectNames} from '../../chart/names.ts';
import {isProxy} from '../../chart/parameters/service-mesh.ts';
import type {Warning} from '../../core/cause.ts';
import {releaseRef, type Operation} from '../../commands/operation.ts';
import {render, template} from '../../commands/command-line.ts';
import {nextTime, parseSchedule, type Schedule} from '../../parameters/cron.ts';
import {noteIn, type BackupNote} from './backup-list.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import {lastSeenAt} from '../event-time.ts';
import type {ContainerState, CronJob, Pod} from '../kubernetes.ts';
import {plain} from '../text/plain-text.ts';
import type {Snapshot} from '../snapshot.ts';

/** The component label of each kind of backup pod; the first value is the chart's own. */
export const backupComponents = {run: 'pg_dumpall', verify: 'backup-verify', restore: 'backup-restore'} as const;
/** Annotation on our pods and Jobs: the backup that they work on. */
export const backupAnnotation = 'pg-helm-install/backup';

export function restoreJobName(fullname: string): string {
  return `${fullname}-backup-restore`;
}

export interface BackupState {
  /** Null when no more backups are made. */
  readonly schedule: string | null;
  readonly last: {
    /** Null: not known. */
    readonly name: string | null;
    /** ISO 8601. What was written later would be lost with the volumes of the database. */
    readonly startedAt: string;
    readonly bytes: number | null;
  } | null;
  readonly tried: BackupNote['tried'];
  /** ISO 8601; null: none is due. */
  readonly nextAt: string | null;
  readonly isRunning: boolean;
  /** Set when the last backup that ended has failed. */
  readonly failed: {readonly at: string; readonly why: string} | null;
  /** ISO 8601: when the backup that is late was due; null when none is late. */
  readonly lateSince: string | null;
}

/** What the state of backups is read from. */
export type BackupObjects = NonNullable<Snapshot['backup']>;

/** Null: the release has no backups, neither planned nor made. */
export function backupStateOf(snapshot: Snapshot): BackupState | null {
  if (!snapshot.backup) return null;
  const state = backupStateIn(snapshot.backup, clusterTimeOf(snapshot));
  const refused = refusedRun(snapshot);
  return state && refused && refused.at > (state.failed?.at ?? '') ? {...state, failed: refused} : state;
}

const jobLabels = ['batch.kubernetes.io/job-name', 'job-name'] as const;

/** The Job whose pod it is; null: it is not one of a Job. */
export function jobOf({metadata: {labels}}: Pod): string | null {
  return jobLabels.map((label) => labels?.[label]).find((name) => name !== undefined) ?? null;
}

/**
 * What the cluster has against the pod of that Job, in its own words; null: nothing, or the Job has a pod since.
 * Source: Job controller, event `FailedCreate`.
 * @param since milliseconds since the epoch, by the cluster's clock: what was said earlier is of a Job of the past
 */
export function refusalOfJob(
  {events, backup}: Snapshot,
  job: string,
  since = 0,
): {readonly at: string; readonly why: string} | null {
  const newest = events
    .filter(({involvedObject: {kind, name}, reason}) => kind === 'Job' && name === job && reason === 'FailedCreate')
    .map((event) => ({at: lastSeenAt(event) ?? '', why: plain(event.message ?? '')}))
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  const own = (backup?.pods ?? []).filter((pod) => jobOf(pod) === job);
  return newest && !own.some(isSince(newest.at)) && Date.parse(newest.at) >= since - 1000 ? newest : null;
}

const isSince =
  (at: string) =>
  ({metadata: {creationTimestamp = ''}}: Pod): boolean =>
    creationTimestamp >= at;

/** The newest Job of the schedule whose pod the cluster does not take, unless a later one had a pod. */
function refusedRun(snapshot: Snapshot): BackupState['failed'] {
  const {backup} = objectNames(snapshot.target);
  const jobs = snapshot.events.map(({involvedObject}) => involvedObject).filter(({kind}) => kind === 'Job');
  const own = [...new Set(jobs.map(({name}) => name))].filter((name) => name.startsWith(`${backup}-`));
  const refusals = own.flatMap((job) => refusalOfJob(snapshot, job) ?? []);
  const [newest = null] = refusals.sort((a, b) => (a.at < b.at ? 1 : -1));
  const runs = snapshot.backup?.pods.filter(isRun) ?? [];
  return newest && runs.some(isSince(newest.at)) ? null : newest;
}

/** @param now by the cluster's clock, in milliseconds since the epoch; null: there are no backups */
function backupStateIn({cronJob, claim, pods}: BackupObjects, now: number): BackupState | null {
  if (cronJob === null && claim === null) return null;
  const note = noteIn(claim?.metadata.annotations);
  const runs = pods.filter(isRun);
  const last = lastOf(runs, note, cronJob?.status?.lastSuccessfulTime ?? null);
  const isRunning = runs.some((pod) => !hasEnded(pod));
  return {
    ...plannedBy(cronJob, isRunning, last, now),
    last,
    tried: note && note.tried,
    isRunning,
    failed: failureOf(runs, last === null ? '' : last.startedAt),
  };
}

function isRun({metadata: {labels}}: Pod): boolean {
  return labels?.[labelKeys.component] === backupComponents.run;
}

function plannedBy(
  cronJob: CronJob | null,
  isRunning: boolean,
  last: BackupState['last'],
  now: number,
): Pick<BackupState, 'schedule' | 'nextAt' | 'lateSince'> {
  if (cronJob === null) return {schedule: null, nextAt: null, lateSince: null};
  const {metadata, spec} = cronJob;
  const since = last === null ? (metadata.creationTimestamp ?? null) : last.startedAt;
  return {schedule: spec.schedule, ...timesOf(spec.schedule, now, isRunning ? null : since)};
}

/** The newest of the pods that succeeded and of the note on the claim; without both, what the CronJob remembers. */
function lastOf(runs: readonly Pod[], note: BackupNote | null, lastSuccessfulTime: string | null): BackupState['last'] {
  const ofPods = runs.flatMap((pod) => {
    if (pod.status?.phase !== 'Succeeded') return [];
    const said = reportOf(pod);
    const startedAt = said?.startedAt ?? containerState(pod).terminated?.startedAt;
    return startedAt === undefined ? [] : [{name: said?.backup ?? null, startedAt, bytes: said?.bytes ?? null}];
  });
  const [newest] = [...ofPods, ...(note?.newest ? [note.newest] : [])].sort(byStart);
  if (newest) return newest;
  return lastSuccessfulTime === null ? null : {name: null, startedAt: lastSuccessfulTime, bytes: null};
}

const byStart = (a: {readonly startedAt: string}, b: {readonly startedAt: string}) =>
  a.startedAt < b.startedAt ? 1 : -1;

/** @param after ISO 8601; a failure before this was made good by a later backup */
function failureOf(runs: readonly Pod[], after: string): BackupState['failed'] {
  const [newest] = runs
    .filter(({status}) => status?.phase === 'Failed')
    .map((pod) => ({
      at: containerState(pod).terminated?.finishedAt ?? pod.status?.startTime ?? '',
      why: whyFailed(pod),
    }))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  return newest && newest.at > after ? newest : null;
}

/** The reason in the words of the script, else in the cluster's. */
export function whyFailed(pod: Pod): string {
  const {terminated} = containerState(pod);
  const said = terminated?.message?.trim() || pod.status?.message;
  if (said) return plain(said);
  return terminated
    ? `its container ended with ${terminated.exitCode} (${terminated.reason ?? 'Error'})`
    : 'its pod failed';
}

/** The last report of the backup script, when it is a JSON object. */
function reportOf(pod: Pod): {backup?: string; startedAt?: string; bytes?: number; seconds?: number} | null {
  try {
    return JSON.parse(containerState(pod).terminated?.message ?? '') as ReturnType<typeof reportOf>;
  } catch {
    return null;
  }
}

/** The state of the pod's own container: a mesh may have put a proxy beside it. */
export function containerState({status}: Pod): ContainerState {
  return status?.containerStatuses?.find(({name}) => !isProxy(name))?.state ?? {};
}

export function hasEnded({status}: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

const minuteMs = 60_000;
/** How long after its time a backup counts as late, unless the next one is due sooner. */
const maxGraceMs = 60 * minuteMs;

/** @param since ISO 8601: the last backup, or when backups were switched on; null: none can be late */
function timesOf(text: string, now: number, since: string | null): Pick<BackupState, 'nextAt' | 'lateSince'> {
  const schedule = parseSchedule(text);
  if (schedule === null) return {nextAt: null, lateSince: null};
  return {nextAt: iso(nextTime(schedule, now)), lateSince: since && iso(lateSince(schedule, Date.parse(since), now))};
}

/** When the late backup was due; null when none is late. */
function lateSince(schedule: Schedule, since: number, now: number): number | null {
  const due = nextTime(schedule, since);
  const following = due === null ? null : nextTime(schedule, due);
  if (due === null || following === null) return null;
  const graceMs = Math.max(minuteMs, Math.min(maxGraceMs, following - due));
  return now > due + graceMs ? due : null;
}

/** What a list says of the backups of a release; null: nothing is wrong, or no more are made. */
export function backupProblemIn(objects: BackupObjects, now: number): 'failed' | 'late' | null {
  const state = backupStateIn(objects, now);
  if (state === null || state.schedule === null) return null;
  if (state.failed) return 'failed';
  return state.lateSince === null ? null : 'late';
}

export function backupWarnings(snapshot: Snapshot): Warning[] {
  const state = backupStateOf(snapshot);
  if (state === null || state.schedule === null) return [];
  const {release} = snapshot.target;
  const {failed, lateSince: late, last, tried} = state;
  const where = releaseRef(snapshot.target);
  const run: Operation = {kind: 'backup', ...where, action: 'run', backup: null, as: null};
  const upTo = last === null ? 'There is none yet.' : `The last one has what was written until ${last.startedAt}.`;
  const now = `${upTo} Make one now: ${render(run)}`;
  const list = template('backup', where, 'list');
  const warning = (code: Warning['code'], ...sentences: readonly string[]) => ({code, message: sentences.join(' ')});
  return [
    ...(failed
      ? [warning('BACKUP_FAILED', `The backup of ${release} failed at ${failed.at}: ${sentence(failed.why)}`, now)]
      : []),
    ...(late ? [warning('BACKUP_LATE', `A backup of ${release} is due since ${late} and has not come.`, now)] : []),
    ...(tried?.ok === false
      ? [
          warning(
            'BACKUP_UNPROVEN',
            `The backup ${tried.name} of ${release} could not be restored when that was tried at ${tried.at}.`,
            `Why, and which others there are: ${list}`,
          ),
        ]
      : []),
  ];
}

/** Adds the full stop where the text has none. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
