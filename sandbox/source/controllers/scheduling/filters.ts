// Why a node does not take a pod: the filters of kube-scheduler, in its order and its words. Source: Kubernetes 1.34,
// pkg/scheduler/framework/plugins.
import type {KubeObject} from '../../store/objects.ts';
import {parseQuantity} from '../../quantity.ts';
import {labelsMatch, meets} from '../label-selector.ts';
import {
  hasEnded,
  podSpecOf,
  type Container,
  type NodeSelectorTerm,
  type PodAffinityTerm,
  type Taint,
  type Toleration,
} from '../shapes.ts';

export interface Candidate {
  readonly node: KubeObject;
  /** The pods that take room on it: neither ended nor gone. */
  readonly pods: readonly KubeObject[];
}

export interface Refusal {
  readonly reasons: readonly string[];
  /** Whether the pod would fit if another one went: the scheduler then speaks of preemption in other words. */
  readonly resolvable: boolean;
  /** `room`: an empty node of the same kind might take it; `selector`: the node is not of the kind that it asks for. */
  readonly about?: 'room' | 'selector';
}

/** What the filters ask of one pod, worked out once for all nodes. */
export interface SchedulingState {
  readonly candidates: readonly Candidate[];
  readonly namespaceLabels: (namespace: string) => Readonly<Record<string, string>>;
  /** One entry for each volume that the pod mounts and that is tied to nodes: a node must match one of its terms. */
  readonly volumeNodes: readonly (readonly NodeSelectorTerm[])[];
}

type Filter = (pod: KubeObject, candidate: Candidate, state: SchedulingState) => Refusal | null;

/** Null: the node takes it. */
export function refusalOf(pod: KubeObject, candidate: Candidate, state: SchedulingState): Refusal | null {
  for (const filter of filters) {
    const refusal = filter(pod, candidate, state);
    if (refusal) return refusal;
  }
  return null;
}

const never = (reason: string): Refusal => ({reasons: [reason], resolvable: false});
const unschedulableTaint = 'node.kubernetes.io/unschedulable';

const cordoned: Filter = (pod, {node}) => {
  const {unschedulable} = (node['spec'] ?? {}) as {unschedulable?: boolean};
  const tolerated = tolerates(podSpecOf(pod).tolerations ?? [], {key: unschedulableTaint, effect: 'NoSchedule'});
  return unschedulable && !tolerated ? never('node(s) were unschedulable') : null;
};

const tainted: Filter = (pod, {node}) => {
  const {taints = []} = (node['spec'] ?? {}) as {taints?: Taint[]};
  const met = taints.find(
    (taint) =>
      ['NoSchedule', 'NoExecute'].includes(taint.effect) && !tolerates(podSpecOf(pod).tolerations ?? [], taint),
  );
  return met ? never('node(s) had untolerated taint(s)') : null;
};

const selected: Filter = (pod, {node}) => {
  const {nodeSelector = {}, affinity} = podSpecOf(pod);
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const labels = node.metadata.labels ?? {};
  const fits =
    Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
    (!terms || terms.some((term) => nodeMatches(term, node)));
  return fits ? null : {...never("node(s) didn't match Pod's node affinity/selector"), about: 'selector'};
};

const room: Filter = (pod, {node, pods}) => {
  const {allocatable = {}} = (node['status'] ?? {}) as {allocatable?: Record<string, string>};
  const asked = requestsOf(pod);
  const amount = (name: string) => parseQuantity(allocatable[name] ?? '0') ?? 0n;
  const lacking = [...asked].filter(([name, wanted]) => wanted > 0n && wanted + sumOf(pods, name) > amount(name));
  const reasons = [
    ...(BigInt(pods.length + 1) * nano > amount('pods') ? ['Too many pods'] : []),
    ...lacking.map(([name]) => `Insufficient ${name}`),
  ];
  // False where a pod asks for more than a node of this size could ever give.
  const resolvable = lacking.every(([name, wanted]) => wanted <= amount(name));
  return reasons.length > 0 ? {reasons, resolvable, about: 'room'} : null;
};

const withinReach: Filter = (_pod, {node}, {volumeNodes}) =>
  volumeNodes.every((terms) => terms.some((term) => nodeMatches(term, node)))
    ? null
    : never("node(s) didn't match PersistentVolume's node affinity");

/** The rules of the pod itself first, then those of the pods that are there. */
const apart: Filter = (pod, candidate, state) => {
  const {podAffinity, podAntiAffinity} = podSpecOf(pod).affinity ?? {};
  const required = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  // The first pod of a group that wants to be together is let in anywhere.
  const unmet = required.some(
    (term) =>
      !isNear(term, pod, candidate, state) &&
      !(
        termMatches(term, pod, pod, state) &&
        !state.candidates.some(({pods}) => pods.some((other) => termMatches(term, pod, other, state)))
      ),
  );
  if (unmet) return never("node(s) didn't match pod affinity rules");
  if (
    (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some((term) =>
      isNear(term, pod, candidate, state),
    )
  ) {
    return {reasons: ["node(s) didn't match pod anti-affinity rules"], resolvable: true, about: 'room'};
  }
  const kept = state.candidates.some(({node, pods}) =>
    pods.some((other) =>
      (podSpecOf(other).affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
        (term) => termMatches(term, other, pod, state) && sameTopology(term.topologyKey, node, candidate.node),
      ),
    ),
  );
  return kept
    ? {reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], resolvable: true, about: 'room'}
    : null;
};

const filters: readonly Filter[] = [cordoned, tainted, selected, room, withinReach, apart];

export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(
    ({key, operator = 'Equal', value = '', effect}) =>
      (!effect || effect === taint.effect) &&
      (!key || key === taint.key) &&
      (operator === 'Exists' || (operator === 'Equal' && key !== undefined && value === (taint.value ?? ''))),
  );
}

export function nodeMatches({matchExpressions = [], matchFields = []}: NodeSelectorTerm, node: KubeObject): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  return (
    matchExpressions.every((one) => meets(one, node.metadata.labels ?? {})) &&
    matchFields.every((one) => meets(one, {'metadata.name': node.metadata.name}))
  );
}

/** Whether a pod that the term selects runs in the same topology domain as that node. */
export function isNear(term: PodAffinityTerm, pod: KubeObject, {node}: Candidate, state: SchedulingState): boolean {
  return state.candidates.some(
    (other) =>
      sameTopology(term.topologyKey, other.node, node) && other.pods.some((one) => termMatches(term, pod, one, state)),
  );
}

function sameTopology(key: string, a: KubeObject, b: KubeObject): boolean {
  const value = a.metadata.labels?.[key];
  return value !== undefined && value === b.metadata.labels?.[key];
}

/** A term without namespaces means the namespace of the pod that has the term. */
function termMatches(
  {labelSelector, namespaces = [], namespaceSelector}: PodAffinityTerm,
  owner: KubeObject,
  other: KubeObject,
  state: SchedulingState,
): boolean {
  const namespace = other.metadata.namespace ?? '';
  const own = namespaces.length === 0 && !namespaceSelector && namespace === owner.metadata.namespace;
  return (
    (own || namespaces.includes(namespace) || labelsMatch(namespaceSelector, state.namespaceLabels(namespace))) &&
    labelsMatch(labelSelector, other.metadata.labels ?? {})
  );
}

const nano = 1_000_000_000n;

/**
 * What a pod requests, in billionths: the sum of its containers, or the largest init container where that is more. An
 * init container that keeps running counts as a container.
 */
function requestsOf(pod: KubeObject): Map<string, bigint> {
  const {containers, initContainers = []} = podSpecOf(pod);
  const total = new Map<string, bigint>();
  const add = ({resources}: Container) => {
    for (const [name, text] of Object.entries(resources?.requests ?? {}))
      total.set(name, (total.get(name) ?? 0n) + (parseQuantity(text) ?? 0n));
  };
  containers.forEach(add);
  initContainers.filter(({restartPolicy}) => restartPolicy === 'Always').forEach(add);
  for (const {resources, restartPolicy} of initContainers) {
    if (restartPolicy === 'Always') continue;
    for (const [name, text] of Object.entries(resources?.requests ?? {})) {
      const wanted = parseQuantity(text) ?? 0n;
      if (wanted > (total.get(name) ?? 0n)) total.set(name, wanted);
    }
  }
  return total;
}

export function sumOf(pods: readonly KubeObject[], resource: string): bigint {
  return pods.filter((pod) => !hasEnded(pod)).reduce((sum, pod) => sum + (requestsOf(pod).get(resource) ?? 0n), 0n);
}
