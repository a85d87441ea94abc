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
import type {Controller} from '../work-queue.ts';

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
export interface JobStatus {
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
    const {parallelism = 1, completions, backoffLimit = 6, suspend, activeDeadlineSeconds} = specOf(job);
    const {startTime = timestamp(), conditions = [], completionTime} = jobStatusOf(job);
    const pods = store.list(kinds.pod, namespace).filter((pod) => controllerOf(pod)?.uid === job.metadata.uid);
    const inPhase = (phase: string) => pods.filter((pod) => podStatusOf(pod).phase === phase).length;
    const [succeeded, failed] = [inPhase('Succeeded'), inPhase('Failed')];
    const running = pods.filter(
      (pod) => !['Succeeded', 'Failed'].includes(podStatusOf(pod).phase ?? '') && !pod.metadata.deletionTimestamp,
    );
    if (isFinished(job)) return removeInTime(key, job);

    const late =
      activeDeadlineSeconds !== undefined && Date.now() - Date.parse(startTime) >= activeDeadlineSeconds * 1000;
    if (activeDeadlineSeconds !== undefined && !late)
      controller.queue.addAfter(key, Date.parse(startTime) + activeDeadlineSeconds * 1000 - Date.now());
    const failure =
      failed > backoffLimit
        ? ['BackoffLimitExceeded', 'Job has reached the specified backoff limit']
        : late
          ? ['DeadlineExceeded', 'Job was active longer than specified deadline']
          : null;
    const isComplete =
      succeeded >= (completions ?? Math.max(1, succeeded)) &&
      (completions !== undefined || succeeded > 0) &&
      running.length === 0;
    if (failure || suspend) for (const pod of running) deleteObject(store, kinds.pod, namespace, pod.metadata.name);
    const wanted =
      failure || suspend || isComplete
        ? 0
        : Math.min(parallelism, (completions ?? parallelism) - succeeded) - running.length;
    let made = 0;
    for (; made < wanted; made++) create(job);

    const now = timestamp();
    const ends: Condition[] = failure
      ? ['FailureTarget', 'Failed'].map((type) => ({
          type,
          status: 'True',
          reason: failure[0] ?? '',
          message: failure[1] ?? '',
          lastProbeTime: now,
          lastTransitionTime: now,
        }))
      : isComplete
        ? ['SuccessCriteriaMet', 'Complete'].map((type) => ({
            type,
            status: 'True',
            reason: 'CompletionsReached',
            message: 'Reached expected number of succeeded pods',
            lastProbeTime: now,
            lastTransitionTime: now,
          }))
        : [];
    const active = failure || suspend ? 0 : running.length + made;
    const some = (field: string, value: number) => (value > 0 ? {[field]: value} : {});
    const status = {
      ...(suspend ? {} : {startTime}),
      ...some('active', active),
      ...some('succeeded', succeeded),
      ...some('failed', failed),
      ready: running.filter((pod) =>
        podStatusOf(pod).conditions?.some(({type, status: state}) => type === 'Ready' && state === 'True'),
      ).length,
      terminating: pods.filter(({metadata}) => metadata.deletionTimestamp).length,
      uncountedTerminatedPods: {},
      ...(ends.length > 0 || conditions.length > 0 ? {conditions: [...conditions, ...ends]} : {}),
      ...(isComplete ? {completionTime: completionTime ?? now} : {}),
    };
    if (!equal(job['status'], status))
      store.update(kinds.job, {...(store.get(kinds.job, namespace, name) ?? job), status});
    if (isComplete) events.record(job, {type: 'Normal', reason: 'Completed', message: 'Job completed', component});
    if (failure) events.record(job, {type: 'Warning', reason: failure[0] ?? '', message: failure[1] ?? '', component});
  }

  function create(job: KubeObject): void {
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

  function removeInTime(key: string, job: KubeObject): void {
    const {ttlSecondsAfterFinished} = specOf(job);
    if (ttlSecondsAfterFinished === undefined) return;
    const finished =
      jobStatusOf(job).conditions?.find(({type}) => type === 'Complete' || type === 'Failed')?.lastTransitionTime ??
      timestamp();
    const left = Date.parse(finished) + ttlSecondsAfterFinished * 1000 - Date.now();
    if (left > 0) controller.queue.addAfter(key, left);
    else deleteObject(store, kinds.job, job.metadata.namespace ?? '', job.metadata.name);
  }
}
