// The scheduler: gives each waiting pod a node, or says why no node takes it.
import type {Recorder} from '../events.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {timestamp, type Change, type Store} from '../store/store.ts';
import {refusalOf, type Refusal} from './scheduling/filters.ts';
import {obstacleOf, schedulingStateOf} from './scheduling/scheduling-state.ts';
import {bestOf} from './scheduling/scores.ts';
import {claimsOf, hasEnded, isBound, keyOf, parsedKey, podSpecOf, podStatusOf, withCondition} from './shapes.ts';
import {WorkQueue, type Controller} from './work-queue.ts';

const component = 'default-scheduler';
/** The node on which to make a claim that waits for its first pod. Kubernetes API: an annotation of claims. */
export const selectedNode = 'volume.kubernetes.io/selected-node';

export function startScheduler(store: Store, events: Recorder): Controller {
  const queue = new WorkQueue(schedule);
  // Pods whose node is decided while their volumes are still being made: they already take room there.
  const assumed = new Map<string, string>();
  const addAll = () => {
    for (const pod of store.list(kinds.pod)) if (isWaiting(pod)) queue.add(keyOf(pod));
  };
  const end = store.onChange((change) => {
    const {type, kind, object} = change;
    if (kind === kinds.pod && isWaiting(object) && type !== 'DELETED') queue.add(keyOf(object));
    if (mayLetPodsIn(change)) addAll();
    if (kind === kinds.pod && type === 'DELETED') assumed.delete(object.metadata.uid ?? '');
  });
  addAll();
  return {
    close() {
      end();
      queue.close();
    },
  };

  function schedule(key: string): void {
    const [namespace, name] = parsedKey(key);
    const pod = store.get(kinds.pod, namespace, name);
    if (!pod || !isWaiting(pod)) return;
    const obstacle = obstacleOf(store, pod);
    const state = schedulingStateOf(
      store,
      pod,
      (other) => podSpecOf(other).nodeName ?? assumed.get(other.metadata.uid ?? ''),
    );
    if (obstacle !== null)
      return refuse(store, events, pod, `0/${state.candidates.length} nodes are available: ${obstacle} not found`);
    const judged = state.candidates.map((candidate) => ({candidate, refusal: refusalOf(pod, candidate, state)}));
    const fitting = judged.filter(({refusal}) => refusal === null).map(({candidate}) => candidate);
    const before = fitting.find(({node}) => node.metadata.name === assumed.get(pod.metadata.uid ?? ''));
    const best = before ?? bestOf(pod, fitting, state);
    if (!best) {
      assumed.delete(pod.metadata.uid ?? '');
      return refuse(store, events, pod, noNodeText(judged.flatMap(({refusal}) => refusal ?? [])));
    }
    const node = best.node.metadata.name;
    assumed.set(pod.metadata.uid ?? '', node);
    if (!haveVolumes(store, pod, node)) return;
    assumed.delete(pod.metadata.uid ?? '');
    bind(store, events, pod, node);
  }
}

/** Whether the pod has its volumes; asks for the missing ones on that node. */
function haveVolumes(store: Store, pod: KubeObject, node: string): boolean {
  const claims = claimsOf(pod).flatMap((claim) => store.get(kinds.claim, pod.metadata.namespace ?? '', claim) ?? []);
  const unbound = claims.filter((claim) => !isBound(claim));
  for (const claim of unbound) {
    const {annotations = {}} = claim.metadata;
    if (annotations[selectedNode] !== node)
      store.update(kinds.claim, {
        ...claim,
        metadata: {...claim.metadata, annotations: {...annotations, [selectedNode]: node}},
      });
  }
  return unbound.length === 0;
}

function bind(store: Store, events: Recorder, pod: KubeObject, node: string): void {
  const now = timestamp();
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    observedGeneration: pod.metadata.generation,
    lastProbeTime: null,
  };
  const {conditions = [], ...status} = podStatusOf(pod);
  const bound = store.update(kinds.pod, {
    ...pod,
    spec: {...podSpecOf(pod), nodeName: node},
    metadata: pod.metadata,
    status: {...status, conditions: withCondition(conditions, condition, now)},
  });
  events.record(bound, {
    type: 'Normal',
    reason: 'Scheduled',
    action: 'Binding',
    message: `Successfully assigned ${keyOf(pod)} to ${node}`,
    component,
  });
}

function refuse(store: Store, events: Recorder, pod: KubeObject, message: string): void {
  const {conditions = [], ...status} = podStatusOf(pod);
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    observedGeneration: pod.metadata.generation,
    lastProbeTime: null,
  };
  const known = conditions.some(({type, message: before}) => type === 'PodScheduled' && before === message);
  if (known) return;
  store.update(kinds.pod, {
    ...pod,
    status: {...status, conditions: withCondition(conditions, condition, timestamp())},
  });
  events.record(pod, {type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message, component});
}

/** Whether the change may let a waiting pod in: by room, labels or volumes. */
function mayLetPodsIn({type, kind, object, previous}: Change): boolean {
  if (kind === kinds.node || kind === kinds.claim || kind === kinds.namespace) return true;
  if (kind !== kinds.pod) return false;
  const moved = previous !== null && podSpecOf(previous).nodeName !== podSpecOf(object).nodeName;
  return type === 'DELETED' || hasEnded(object) || moved;
}

function isWaiting(pod: KubeObject): boolean {
  return (
    !podSpecOf(pod).nodeName &&
    !pod.metadata.deletionTimestamp &&
    !hasEnded(pod) &&
    podSpecOf(pod)['schedulerName'] === component
  );
}

/**
 * Source: Kubernetes 1.34, pkg/scheduler/framework/types.go, FitError; the second half comes from the plugin that looks
 * for pods to preempt.
 */
export function noNodeText(refusals: readonly Refusal[]): string {
  const total = refusals.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const reasons = counted(refusals.flatMap(({reasons: some}) => some));
  const help = counted(
    refusals.map(({resolvable}) =>
      resolvable ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling',
    ),
  );
  return (
    `0/${total} nodes are available: ${reasons}. no new claims to deallocate, preemption: 0/${total} nodes are ` +
    `available: ${help}.`
  );
}

function counted(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .map(([text, count]) => `${count} ${text}`)
    .sort()
    .join(', ');
}
