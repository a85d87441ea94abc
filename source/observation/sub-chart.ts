// A database that belongs to the release of an application: the chart is a dependency of the application's chart.
import {labelKeys} from '../chart/names.ts';
import type {Values} from '../chart/tree.ts';
import type {Pod, PersistentVolumeClaim, Service, StatefulSet} from './kubernetes.ts';
import type {Revision} from './snapshot.ts';

export interface SubChartObject {
  readonly kind: string;
  readonly name: string;
  /** Helm leaves it where it is: `helm.sh/resource-policy: keep`. */
  readonly isKept: boolean;
  /** The release that owns it according to helm. */
  readonly owner: string | null;
}

export interface SubChart {
  /** The application's release, by its newest record. */
  readonly parent: {readonly release: string; readonly newest: Revision; readonly hasDatabase: boolean};
  /** The release that the database is to be. */
  readonly release: string;
  readonly newest: Revision | null;
  /** Keys from the parent's values to those of the database: `postgresql`, or its alias. */
  readonly path: readonly string[];
  /** The version of the sub-chart. */
  readonly version: string;
  /** What the parent's chart and values give to it. */
  readonly values: Values;
  readonly objects: readonly SubChartObject[];
  readonly sets: readonly StatefulSet[];
  readonly pods: readonly Pod[];
  readonly claims: readonly PersistentVolumeClaim[];
  readonly services: readonly Service[];
}

/**
 * The next step, as a function of what is there. `parent`: whoever has the parent's chart takes the database out;
 * `complete`: a helm was killed at `take`.
 */
export type DetachStep = 'keep' | 'parent' | 'orphan' | 'relabel' | 'complete' | 'take' | 'settle' | 'release';

export function nextDetachStep(seen: SubChart): DetachStep | null {
  const {parent, release, newest, objects} = seen;
  const isTaken = newest?.status === 'deployed' && objects.every(({owner}) => owner === release);
  if (isTaken) {
    if (!seen.sets.every(isSettled)) return 'settle';
    return objects.some(({isKept}) => isKept) ? 'release' : null;
  }
  if (objects.some(({isKept, owner}) => !isKept && owner === parent.release)) return 'keep';
  if (parent.hasDatabase) return 'parent';
  if (oldSets(seen).length > 0) return 'orphan';
  if (!isRelabelled(seen)) return 'relabel';
  return newest?.status.startsWith('pending') ? 'complete' : 'take';
}

/** StatefulSets that select their pods by the parent's name, which Kubernetes lets nobody change. */
export function oldSets({sets, parent}: SubChart): readonly StatefulSet[] {
  return sets.filter(({spec}) => spec.selector?.matchLabels?.[labelKeys.instance] === parent.release);
}

function isRelabelled({pods, claims, services, parent}: SubChart): boolean {
  const isOld = ({metadata}: Pod | PersistentVolumeClaim | Service) =>
    metadata.labels?.[labelKeys.instance] === parent.release;
  return (
    ![...pods, ...claims, ...services].some(isOld) &&
    !services.some(({spec}) => spec.selector?.[labelKeys.instance] === parent.release)
  );
}

function isSettled({spec, status, metadata}: StatefulSet): boolean {
  const desired = spec.replicas ?? 1;
  return (status?.readyReplicas ?? 0) === desired && (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}
