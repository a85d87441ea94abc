// The CronJob controller: makes a Job at each minute that the schedule names, and removes Jobs beyond the number that
// the CronJob keeps.
import type {Recorder} from '../../events.ts';
import {deleteObject} from '../../store/deletion.ts';
import {equal} from '../../store/canonical.ts';
import {kinds} from '../../store/kinds.ts';
import type {KubeObject, Metadata} from '../../store/objects.ts';
import {omit} from '../../store/omit.ts';
import {timestamp, type Store} from '../../store/store.ts';
import {controllerOf, keyOf, ownedBy, parsedKey} from '../shapes.ts';
import {WorkQueue, type Controller} from '../work-queue.ts';
import {isFinished, jobStatusOf} from './jobs.ts';
import {isDue} from './schedule.ts';

const component = 'cronjob-controller';
const minuteMs = 60_000;

interface CronJobSpec {
  readonly schedule: string;
  readonly timeZone?: string;
  readonly suspend?: boolean;
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
  readonly successfulJobsHistoryLimit?: number;
  readonly failedJobsHistoryLimit?: number;
  readonly jobTemplate: {readonly metadata?: Partial<Metadata>; readonly spec: unknown};
}
const specOf = (cron: KubeObject) => cron['spec'] as CronJobSpec;

export function startCronJobs(store: Store, events: Recorder): Controller {
  const queue = new WorkQueue((key) => keepHistory(store, key));
  const end = store.onChange(({kind, object}) => {
    if (kind === kinds.cronJob) queue.add(keyOf(object));
    const owner = kind === kinds.job ? controllerOf(object) : null;
    if (owner?.kind === 'CronJob') queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  });
  let timer = atNextMinute();
  return {
    close() {
      end();
      queue.close();
      clearTimeout(timer);
    },
  };

  function atNextMinute(): NodeJS.Timeout {
    return setTimeout(
      () => {
        const now = new Date();
        for (const cron of store.list(kinds.cronJob)) start(store, events, cron, now);
        timer = atNextMinute();
      },
      minuteMs - (Date.now() % minuteMs) + 5,
    ).unref();
  }
}

/** Makes the Job of this minute, where the schedule and the concurrency policy ask for one. */
function start(store: Store, events: Recorder, cron: KubeObject, now: Date): void {
  const {schedule, timeZone, suspend} = specOf(cron);
  if (suspend || cron.metadata.deletionTimestamp || !isDue(schedule, now, timeZone)) return;
  if (!meetConcurrencyPolicy(store, events, cron)) return;
  const {name, namespace = ''} = cron.metadata;
  const minute = Math.floor(now.getTime() / minuteMs);
  const jobName = `${name}-${minute}`;
  if (store.get(kinds.job, namespace, jobName)) return;
  const scheduledAt = timestamp(new Date(minute * minuteMs));
  store.create(kinds.job, jobOf(cron, jobName, scheduledAt));
  events.record(cron, {type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${jobName}`, component});
  const live = store.get(kinds.cronJob, namespace, name);
  if (live)
    store.update(kinds.cronJob, {
      ...live,
      status: {...(live['status'] as object | undefined), lastScheduleTime: scheduledAt},
    });
}

/** Removes Jobs that are to be replaced. @returns whether another one may run now */
function meetConcurrencyPolicy(store: Store, events: Recorder, cron: KubeObject): boolean {
  const {concurrencyPolicy} = specOf(cron);
  const running = jobsOf(store, cron).filter((job) => !isFinished(job));
  if (concurrencyPolicy === 'Forbid' && running.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    events.record(cron, {type: 'Normal', reason: 'JobAlreadyActive', message, component});
    return false;
  }
  if (concurrencyPolicy === 'Replace')
    for (const {metadata} of running) deleteObject(store, kinds.job, metadata.namespace ?? '', metadata.name);
  return true;
}

function jobOf(cron: KubeObject, name: string, scheduledAt: string): KubeObject {
  const {jobTemplate} = specOf(cron);
  const {labels, annotations} = jobTemplate.metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: cron.metadata.namespace ?? '',
      ...(labels ? {labels} : {}),
      annotations: {...annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': scheduledAt},
      ownerReferences: ownedBy(cron),
    },
    spec: jobTemplate.spec,
  };
}

/** Removes Jobs beyond the number that the CronJob keeps, and lists in its status which of them run. */
function keepHistory(store: Store, key: string): void {
  const [namespace, name] = parsedKey(key);
  const cron = store.get(kinds.cronJob, namespace, name);
  if (!cron) return;
  const jobs = jobsOf(store, cron);
  const {successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1} = specOf(cron);
  const ended = (good: boolean) =>
    jobs
      .filter((job) => isFinished(job) && (jobStatusOf(job).completionTime !== undefined) === good)
      .sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  const surplus = [...ended(true).slice(successfulJobsHistoryLimit), ...ended(false).slice(failedJobsHistoryLimit)];
  for (const job of surplus) deleteObject(store, kinds.job, namespace, job.metadata.name);
  const active = jobs.filter((job) => !isFinished(job)).map(refTo);
  const newest = ended(true)[0];
  const before = omit((cron['status'] ?? {}) as {active?: unknown}, 'active');
  const status = {
    ...before,
    ...(active.length > 0 ? {active} : {}),
    ...(newest ? {lastSuccessfulTime: jobStatusOf(newest).completionTime} : {}),
  };
  if (!equal(cron['status'] ?? {}, status)) store.update(kinds.cronJob, {...cron, status});
}

function jobsOf(store: Store, cron: KubeObject): KubeObject[] {
  return store
    .list(kinds.job, cron.metadata.namespace ?? '')
    .filter((job) => controllerOf(job)?.uid === cron.metadata.uid);
}

function refTo({metadata: {name, namespace, uid, resourceVersion}}: KubeObject) {
  return {apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid, resourceVersion};
}

function timeOf(job: KubeObject): string {
  return jobStatusOf(job).completionTime ?? job.metadata.creationTimestamp ?? '';
}
