// The Job controller: runs pods until enough of them have succeeded, or too many have failed.
import type {Recorder} from '../../events.ts';
import {deleteObject} from '../../store/deletion.ts';
import {equal} from '../../store/canonical.ts';
import {kinds} from '../../store/kinds.ts';
import {StatusError, type KubeObject, type Metadata} from '../../store/objects.ts';
import {timestamp, type Store} from '../../store/store.ts';
import {anyName} from '../../store/any-name.ts';
import {controllerOf, ownedBy, parsedKey, podStatusOf, type Condition, type PodSpec} from '../shapes.ts';
import {startObjectController} from '../object-controller.ts';
import type {Controller, WorkQueue} from '../work-queue.ts';

const component = 'job-controller';

interface JobSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly backoffLimit?: number;
  readonly suspend?: boolean;
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly template: {readonly metadata?: Partial<Metadata>; readonly spec: PodSpec};
}
interface JobStatus {
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly active?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly conditions?: readonly Condition[];
}
const specOf = (job: KubeObject) => job['spec'] as JobSpec;
export const jobStatusOf = (job: KubeObject) => (job['status'] ?? {}) as JobStatus;

/** Complete or Failed. */
export function isFinished(job: KubeObject): boolean {
  return (
    jobStatusOf(job).conditions?.some(
      ({type, status}) => (type === 'Complete' || type === 'Failed') && status === 'True',
    ) ?? false
  );
}

export function startJobs(store: Store, events: Recorder): Controller {
  const controller = startObjectController(store, kinds.job, look, ({kind, object}, queue) => {
    const owner = kind === kinds.pod ? controllerOf(object) : null;
    if (owner?.kind === 'Job') queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  });
  return controller;

  function look(key: string): void {
    const [namespace, name] = parsedKey(key);
    const job = store.get(kinds.job, namespace, name);
    if (!job || job.metadata.deletionTimestamp) return;
    if (isFinished(job)) removeInTime(store, controller.queue, key, job);
    else advance(key, job);
  }

  /** Makes or deletes pods, and writes to the status how far the Job is. */
  function advance(key: string, job: KubeObject): void {
    const {suspend = false} = specOf(job);
    const {startTime = timestamp()} = jobStatusOf(job);
    const pods = podsOf(store, job);
    const late = isLate(controller.queue, key, job, startTime);
    const failure = failureOf(job, pods, late);
    const complete = isComplete(job, pods);
    const stopped = failure !== null || suspend;
    if (stopped) for (const pod of pods.running) deletePod(store, pod);
    const missing = stopped || complete ? 0 : missingPods(job, pods);
    for (let made = 0; made < missing; made++) createPod(store, events, job);

    const active = stopped ? 0 : pods.running.length + missing;
    keepStatus(store, job, statusOf(job, pods, {startTime, active, failure, complete}));
    if (complete) events.record(job, {type: 'Normal', reason: 'Completed', message: 'Job completed', component});
    if (failure) events.record(job, {type: 'Warning', ...failure, component});
  }
}

function keepStatus(store: Store, job: KubeObject, status: object): void {
  if (equal(job['status'], status)) return;
  const live = store.get(kinds.job, job.metadata.namespace ?? '', job.metadata.name);
  store.update(kinds.job, {...(live ?? job), status});
}

interface JobPods {
  readonly all: readonly KubeObject[];
  /** Neither ended nor being deleted. */
  readonly running: readonly KubeObject[];
  readonly succeeded: number;
  readonly failed: number;
}

interface Failure {
  readonly reason: string;
  readonly message: string;
}

function podsOf(store: Store, job: KubeObject): JobPods {
  const all = store
    .list(kinds.pod, job.metadata.namespace ?? '')
    .filter((pod) => controllerOf(pod)?.uid === job.metadata.uid);
  const inPhase = (phase: string) => all.filter((pod) => podStatusOf(pod).phase === phase).length;
  const running = all.filter(
    (pod) => !['Succeeded', 'Failed'].includes(podStatusOf(pod).phase ?? '') && !pod.metadata.deletionTimestamp,
  );
  return {all, running, succeeded: inPhase('Succeeded'), failed: inPhase('Failed')};
}

/** Whether the Job's deadline has passed; if not, the Job is looked at again when it does. */
function isLate(queue: WorkQueue, key: string, job: KubeObject, startTime: string): boolean {
  const {activeDeadlineSeconds} = specOf(job);
  if (activeDeadlineSeconds === undefined) return false;
  const left = Date.parse(startTime) + activeDeadlineSeconds * 1000 - Date.now();
  if (left > 0) queue.addAfter(key, left);
  return left <= 0;
}

function failureOf(job: KubeObject, {failed}: JobPods, late: boolean): Failure | null {
  if (failed > (specOf(job).backoffLimit ?? 6))
    return {reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit'};
  return late ? {reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline'} : null;
}

/** A Job without a number of completions is complete as soon as one pod has succeeded and none runs. */
function isComplete(job: KubeObject, {succeeded, running}: JobPods): boolean {
  const {completions} = specOf(job);
  return running.length === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions);
}

/** How many pods to make: as many as may run beside those that do, and no more than are still needed. */
function missingPods(job: KubeObject, {succeeded, running}: JobPods): number {
  const {parallelism = 1, completions} = specOf(job);
  return Math.max(0, Math.min(parallelism, (completions ?? parallelism) - succeeded) - running.length);
}

interface Outcome {
  readonly startTime: string;
  readonly active: number;
  readonly failure: Failure | null;
  readonly complete: boolean;
}

function statusOf(job: KubeObject, pods: JobPods, {startTime, active, failure, complete}: Outcome) {
  const {conditions = [], completionTime} = jobStatusOf(job);
  const now = timestamp();
  const ends = endConditions(failure, complete, now);
  const some = (field: string, value: number) => (value > 0 ? {[field]: value} : {});
  return {
    ...(specOf(job).suspend ? {} : {startTime}),
    ...some('active', active),
    ...some('succeeded', pods.succeeded),
    ...some('failed', pods.failed),
    ready: pods.running.filter((pod) =>
      podStatusOf(pod).conditions?.some(({type, status}) => type === 'Ready' && status === 'True'),
    ).length,
    terminating: pods.all.filter(({metadata}) => metadata.deletionTimestamp).length,
    uncountedTerminatedPods: {},
    ...(ends.length > 0 || conditions.length > 0 ? {conditions: [...conditions, ...ends]} : {}),
    ...(complete ? {completionTime: completionTime ?? now} : {}),
  };
}

function endConditions(failure: Failure | null, complete: boolean, now: string): Condition[] {
  const met = (types: readonly string[], reason: string, message: string) =>
    types.map((type) => ({type, status: 'True', reason, message, lastProbeTime: now, lastTransitionTime: now}));
  if (failure) return met(['FailureTarget', 'Failed'], failure.reason, failure.message);
  if (!complete) return [];
  return met(['SuccessCriteriaMet', 'Complete'], 'CompletionsReached', 'Reached expected number of succeeded pods');
}

function createPod(store: Store, events: Recorder, job: KubeObject): void {
  const {name: jobName, namespace = ''} = job.metadata;
  const {metadata = {}, spec} = specOf(job).template;
  const name = anyName(`${jobName}-`);
  try {
    store.create(kinds.pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        generateName: `${jobName}-`,
        labels: {...metadata.labels},
        ...(metadata.annotations ? {annotations: metadata.annotations} : {}),
        ownerReferences: ownedBy(job),
      },
      spec,
    });
  } catch (error) {
    if (error instanceof StatusError)
      events.record(job, {
        type: 'Warning',
        reason: 'FailedCreate',
        message: `Error creating: ${error.message}`,
        component,
      });
    throw error;
  }
  events.record(job, {type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${name}`, component});
}

function deletePod(store: Store, {metadata: {namespace = '', name}}: KubeObject): void {
  deleteObject(store, kinds.pod, namespace, name);
}

function removeInTime(store: Store, queue: WorkQueue, key: string, job: KubeObject): void {
  const {ttlSecondsAfterFinished} = specOf(job);
  if (ttlSecondsAfterFinished === undefined) return;
  const finished =
    jobStatusOf(job).conditions?.find(({type}) => type === 'Complete' || type === 'Failed')?.lastTransitionTime ??
    timestamp();
  const left = Date.parse(finished) + ttlSecondsAfterFinished * 1000 - Date.now();
  if (left > 0) queue.addAfter(key, left);
  else deleteObject(store, kinds.job, job.metadata.namespace ?? '', job.metadata.name);
}
