// What a StatefulSet does next, as a pure rule: pods are made in order, taken away from the top, and made anew from the
// top.
import type {KubeObject} from '../../store/objects.ts';
import {hasEnded, isPodReady} from '../shapes.ts';
import {ordinalOf, revisionNameOf, specOf} from './shape.ts';

export type Step =
  | {readonly kind: 'create'; readonly ordinal: number}
  | {readonly kind: 'delete'; readonly pod: KubeObject}
  /** It has ended: taken away, so that it is made anew. */
  | {readonly kind: 'replace'; readonly pod: KubeObject};

/**
 * Empty: nothing, or nothing until a pod is ready or gone. More than one step only where pods are managed in parallel.
 * Source: Kubernetes 1.34, pkg/controller/statefulset/stateful_set_control.go.
 */
export function nextSteps(set: KubeObject, pods: readonly KubeObject[], updateRevision: string): Step[] {
  const {replicas, updateStrategy, podManagementPolicy, ordinals} = specOf(set);
  const inParallel = podManagementPolicy === 'Parallel';
  const first = ordinals?.start ?? 0;
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod) ?? -1, pod]));
  const steps: Step[] = [];
  if (set.metadata.deletionTimestamp) return steps;

  for (let ordinal = first; ordinal < first + replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    const step: Step | null = !pod
      ? {kind: 'create', ordinal}
      : hasEnded(pod) && !pod.metadata.deletionTimestamp
        ? {kind: 'replace', pod}
        : null;
    if (step) steps.push(step);
    if (!inParallel && (step || !pod || !isHealthy(pod))) return steps;
  }
  if (steps.length > 0) return steps;

  const surplus = [...byOrdinal]
    .filter(([ordinal]) => ordinal < first || ordinal >= first + replicas)
    .sort(([a], [b]) => b - a);
  for (const [, pod] of surplus) {
    if (!pod.metadata.deletionTimestamp) steps.push({kind: 'delete', pod});
    if (!inParallel) return steps;
  }
  if (steps.length > 0 || updateStrategy.type === 'OnDelete') return steps;

  for (
    let ordinal = first + replicas - 1;
    ordinal >= first + (updateStrategy.rollingUpdate?.partition ?? 0);
    ordinal--
  ) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) continue;
    if (revisionNameOf(pod) !== updateRevision && !pod.metadata.deletionTimestamp) return [{kind: 'delete', pod}];
    if (!isHealthy(pod)) return [];
  }
  return [];
}

/** Which template a new pod of that ordinal is made of. */
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
