// PodDisruptionBudgets: how many of the pods that a budget guards may be evicted now.
import {equal} from '../store/canonical.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {timestamp, type Store} from '../store/store.ts';
import type {Selector} from './label-selector.ts';
import {
  controllerOf,
  hasEnded,
  isPodReady,
  keyOf,
  parsedKey,
  selects,
  withCondition,
  type Condition,
} from './shapes.ts';
import {startObjectController} from './object-controller.ts';
import type {Controller} from './work-queue.ts';

interface Spec {
  readonly selector?: Selector;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

export function startDisruptionBudgets(store: Store): Controller {
  return startObjectController(store, kinds.disruptionBudget, look, ({kind, object}, queue) => {
    if (kind === kinds.pod || kind === kinds.statefulSet)
      for (const budget of store.list(kinds.disruptionBudget, object.metadata.namespace ?? ''))
        queue.add(keyOf(budget));
  });

  function look(key: string): void {
    const [namespace, name] = parsedKey(key);
    const budget = store.get(kinds.disruptionBudget, namespace, name);
    if (!budget) return;
    const {selector, minAvailable, maxUnavailable} = budget['spec'] as Spec;
    const pods = store.list(kinds.pod, namespace).filter((pod) => selects(selector, pod) && !hasEnded(pod));
    const expectedPods = expected(pods);
    const desiredHealthy = Math.max(
      0,
      maxUnavailable === undefined
        ? share(minAvailable ?? 1, expectedPods)
        : expectedPods - share(maxUnavailable, expectedPods),
    );
    const currentHealthy = pods.filter((pod) => isPodReady(pod) && !pod.metadata.deletionTimestamp).length;
    const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
    const {conditions = []} = (budget['status'] ?? {}) as {conditions?: Condition[]};
    const observedGeneration = budget.metadata.generation;
    const condition = {
      type: 'DisruptionAllowed',
      status: disruptionsAllowed > 0 ? 'True' : 'False',
      reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      observedGeneration,
    };
    const status = {
      conditions: withCondition(conditions, condition, timestamp()),
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed,
      expectedPods,
      observedGeneration,
    };
    if (!equal(budget['status'], status)) store.update(kinds.disruptionBudget, {...budget, status});
  }

  /** How many pods their controllers are asked for; a pod without a controller counts as one. */
  function expected(pods: readonly KubeObject[]): number {
    const owners = new Map<string, number>();
    for (const pod of pods) {
      const owner = controllerOf(pod);
      const set =
        owner?.kind === 'StatefulSet' ? store.get(kinds.statefulSet, pod.metadata.namespace ?? '', owner.name) : null;
      owners.set(owner?.uid ?? pod.metadata.uid ?? '', set ? ((set['spec'] as {replicas?: number}).replicas ?? 1) : 1);
    }
    return [...owners.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** A percentage is rounded up. Source: Kubernetes, pkg/controller/disruption. */
function share(value: number | string, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseFloat(value) / 100) * total);
}
