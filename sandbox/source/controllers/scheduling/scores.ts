// Which of the nodes that take a pod is the best: what the pod prefers, then where the fewest of its siblings are and
// the least is requested.
import type {KubeObject} from '../../store/objects.ts';
import {parseQuantity} from '../../quantity.ts';
import {controllerOf, podSpecOf, type Taint} from '../shapes.ts';
import {isNear, nodeMatches, sumOf, tolerates, type Candidate, type SchedulingState} from './filters.ts';

/** The order of a list of nodes never matters: among equals the first by name is taken. */
export function bestOf(pod: KubeObject, fitting: readonly Candidate[], state: SchedulingState): Candidate | null {
  const scored = fitting.map((candidate) => ({candidate, score: scoreOf(pod, candidate, state)}));
  scored.sort(
    (a, b) => b.score - a.score || (a.candidate.node.metadata.name < b.candidate.node.metadata.name ? -1 : 1),
  );
  return scored[0]?.candidate ?? null;
}

/**
 * A preference of weight 100 outweighs all that the pod does not say: each sibling on the node counts 10, and the
 * node's fullness at most 10.
 */
function scoreOf(pod: KubeObject, candidate: Candidate, state: SchedulingState): number {
  const {affinity, tolerations = []} = podSpecOf(pod);
  const {node, pods} = candidate;
  const ofNodes = (affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
    .filter(({preference}) => nodeMatches(preference, node))
    .reduce((sum, {weight}) => sum + weight, 0);
  const near = (kind: 'podAffinity' | 'podAntiAffinity') =>
    (affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      .filter(({podAffinityTerm}) => isNear(podAffinityTerm, pod, candidate, state))
      .reduce((sum, {weight}) => sum + weight, 0);
  const owner = controllerOf(pod)?.uid;
  const siblings = owner ? pods.filter((other) => controllerOf(other)?.uid === owner).length : 0;
  const {taints = []} = (node['spec'] ?? {}) as {taints?: Taint[]};
  const disliked = taints.filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(tolerations, taint),
  ).length;
  return (
    ofNodes + near('podAffinity') - near('podAntiAffinity') - 10 * siblings - 10 * disliked - 10 * fullness(candidate)
  );
}

/** How full the node is, from 0 to 1, by what is requested of its CPU and memory. */
function fullness({node, pods}: Candidate): number {
  const {allocatable = {}} = (node['status'] ?? {}) as {allocatable?: Record<string, string>};
  const shares = ['cpu', 'memory'].map(
    (name) => Number(sumOf(pods, name)) / Number(parseQuantity(allocatable[name] ?? '1') ?? 1n),
  );
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
