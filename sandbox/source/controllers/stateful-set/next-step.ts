// What a StatefulSet does next, as a pure rule: pods are made in order, taken away from the top, and replaced from the
// top.
import type {KubeObject} from '../../store/objects.ts';
import {hasEnded, isPodReady} from '../shapes.ts';
import {ordinalOf, revisionNameOf, specOf} from './shape.ts';

export type Step =
  | {readonly kind: 'create'; readonly ordinal: number}
  | {readonly kind: 'delete'; readonly pod: KubeObject}
  /** The pod has ended: it is taken away, so that it is made again. */
  | {readonly kind: 'replace'; readonly pod: KubeObject};

/**
 * Empty where nothing is left to do, or nothing until a pod is ready or gone. There is more than one step only where
 * pods are managed in parallel.
 * Source: Kubernetes 1.34, pkg/controller/statefulset/stateful_set_control.go.
 */
export function nextSteps(set: KubeObject, pods: readonly KubeObject[], updateRevision: string): Step[] {
  if (set.metadata.deletionTimestamp) return [];
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod) ?? -1, pod]));
  return (
    stepsToReplicas(set, byOrdinal) ??
    stepsFromSurplus(set, byOrdinal) ??
    stepsToRevision(set, byOrdinal, updateRevision)
  );
}

type PodsByOrdinal = ReadonlyMap<number, KubeObject>;

/** Null: all pods are there and, where they are managed in order, ready. */
function stepsToReplicas(set: KubeObject, pods: PodsByOrdinal): Step[] | null {
  const {first, end} = ordinalsOf(set);
  const steps: Step[] = [];
  for (let ordinal = first; ordinal < end; ordinal++) {
    const pod = pods.get(ordinal);
    const step = stepTo(ordinal, pod);
    if (step) steps.push(step);
    if (!isParallel(set) && (step || !pod || !isHealthy(pod))) return steps;
  }
  return steps.length > 0 ? steps : null;
}

function stepTo(ordinal: number, pod: KubeObject | undefined): Step | null {
  if (!pod) return {kind: 'create', ordinal};
  return hasEnded(pod) && !pod.metadata.deletionTimestamp ? {kind: 'replace', pod} : null;
}

/** From the top. Null: there are no more pods than the set wants. */
function stepsFromSurplus(set: KubeObject, pods: PodsByOrdinal): Step[] | null {
  const {first, end} = ordinalsOf(set);
  const surplus = [...pods].filter(([ordinal]) => ordinal < first || ordinal >= end).sort(([a], [b]) => b - a);
  const steps: Step[] = [];
  for (const [, pod] of surplus) {
    if (!pod.metadata.deletionTimestamp) steps.push({kind: 'delete', pod});
    if (!isParallel(set)) return steps;
  }
  return steps.length > 0 ? steps : null;
}

/** From the top, down to the partition; each waits until the one before is ready. */
function stepsToRevision(set: KubeObject, pods: PodsByOrdinal, updateRevision: string): Step[] {
  const {updateStrategy} = specOf(set);
  if (updateStrategy.type === 'OnDelete') return [];
  const {first, end} = ordinalsOf(set);
  const partition = updateStrategy.rollingUpdate?.partition ?? 0;
  for (let ordinal = end - 1; ordinal >= first + partition; ordinal--) {
    const pod = pods.get(ordinal);
    if (!pod) continue;
    if (revisionNameOf(pod) !== updateRevision && !pod.metadata.deletionTimestamp) return [{kind: 'delete', pod}];
    if (!isHealthy(pod)) return [];
  }
  return [];
}

/** `end` is the first ordinal beyond the set's pods. */
function ordinalsOf(set: KubeObject): {readonly first: number; readonly end: number} {
  const {replicas, ordinals} = specOf(set);
  const first = ordinals?.start ?? 0;
  return {first, end: first + replicas};
}

function isParallel(set: KubeObject): boolean {
  return specOf(set).podManagementPolicy === 'Parallel';
}

/** Whether a new pod of that ordinal is made from the updated template. */
export function isOfUpdate(set: KubeObject, ordinal: number): boolean {
  const {updateStrategy, ordinals} = specOf(set);
  return (
    updateStrategy.type !== 'RollingUpdate' ||
    ordinal >= (ordinals?.start ?? 0) + (updateStrategy.rollingUpdate?.partition ?? 0)
  );
}

function isHealthy(pod: KubeObject): boolean {
  return isPodReady(pod) && !pod.metadata.deletionTimestamp;
}
