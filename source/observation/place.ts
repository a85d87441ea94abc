// What a survey says about the place, as far as parameters depend on it.
import {requiredNodesIn, tolerationsIn} from '../chart/placement.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {instanceTypeLabel} from '../parameters/identifiers.ts';
import {fits, type Cloud, type Place, type PlaceNode, type PlaceStorageClass} from '../parameters/place.ts';
import {bytesOf, milliCpuOf} from '../parameters/quantity.ts';
import {isTolerated, type Toleration} from '../parameters/tolerations.ts';
import type {Node, StorageClass} from './kubernetes.ts';
import type {Survey} from './survey.ts';

/** Which nodes the pods may run on, besides the type of instance. */
export interface PodPlacement {
  /** They may run on nodes with these taints. */
  readonly tolerations?: readonly Toleration[];
  /** Labels that a node must have. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** One of these must match the node, where there are any. */
  readonly nodeTerms?: readonly NodeTerm[];
}

/** Kubernetes API: NodeSelectorTerm, as pods and volumes have it. */
interface NodeTerm {
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/**
 * The placement that the parameters ask for.
 * @param who whose pods: the parameters are then as ofReaders gives them
 */
export function podPlacement(
  {
    nodeSelector,
    tolerations = [],
    extraValues,
  }: Partial<Pick<Parameters, 'nodeSelector' | 'tolerations' | 'extraValues'>>,
  who: 'writer' | 'readers' = 'writer',
): PodPlacement {
  const nodeTerms = requiredNodesIn(extraValues, who);
  return {
    tolerations: [...tolerations, ...tolerationsIn(extraValues)],
    ...(nodeSelector ? {nodeSelector} : {}),
    ...(nodeTerms.length > 0 ? {nodeTerms} : {}),
  };
}

export function placeOf(
  {nodes, storageClasses, serviceMonitors = null}: Pick<Survey, 'nodes' | 'storageClasses' | 'serviceMonitors'>,
  pods: PodPlacement = {},
): Place {
  return {
    nodes: nodes?.map((node) => placeNode(node, pods)) ?? null,
    storageClasses: storageClasses?.map(placeStorageClass) ?? null,
    cloud: nodes && cloudOf(nodes),
    serviceMonitors,
  };
}

/**
 * The cloud that the nodes' providerID names; null when it is none we know, or not the same for all. Kubernetes API:
 * `<provider>://…`.
 */
export function cloudOf(nodes: readonly Node[]): Cloud | null {
  const clouds: Readonly<Record<string, Cloud>> = {aws: 'aws', azure: 'azure', gce: 'gcp'};
  const found = new Set(nodes.map(({spec}) => clouds[spec.providerID?.split('://')[0] ?? ''] ?? null));
  const [only = null] = found;
  return found.size === 1 ? only : null;
}

/** Nodes that could run a pod of the database today. */
export function fittingNodes(nodes: readonly Node[], instanceType: string, pods: PodPlacement = {}): readonly Node[] {
  return nodes.filter((node) => fits(placeNode(node, pods), instanceType));
}

function placeNode(node: Node, placement: PodPlacement): PlaceNode {
  const {metadata, status} = node;
  const {cpu, memory} = status?.allocatable ?? {};
  return {
    instanceType: metadata.labels?.[instanceTypeLabel] ?? null,
    takesPods: isReady(node) && isAdmitted(node, placement),
    milliCpu: cpu === undefined ? null : milliCpuOf(cpu),
    memoryBytes: memory === undefined ? null : bytesOf(memory),
  };
}

function isReady({status}: Node): boolean {
  return status?.conditions?.some(({type, status: state}) => type === 'Ready' && state === 'True') === true;
}

/** Whether the node takes pods with these tolerations and this placement. */
export function isAdmitted(
  {metadata, spec}: Node,
  {tolerations = [], nodeSelector = {}, nodeTerms = []}: PodPlacement,
): boolean {
  return (
    spec.unschedulable !== true &&
    !spec.taints?.some((taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, tolerations)) &&
    Object.entries(nodeSelector).every(([label, value]) => metadata.labels?.[label] === value) &&
    matchesOne(nodeTerms, metadata.labels)
  );
}

/** Kubernetes API: one term must match, with all its expressions. An operator that we do not know keeps no pod away. */
export function matchesOne(terms: readonly NodeTerm[], labels: Readonly<Record<string, string>> = {}): boolean {
  const holdsFor = ({key, operator, values = []}: NonNullable<NodeTerm['matchExpressions']>[number]): boolean => {
    const value = labels[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    if (operator === 'Exists') return value !== undefined;
    return operator !== 'DoesNotExist' || value === undefined;
  };
  return terms.length === 0 || terms.some(({matchExpressions = []}) => matchExpressions.every(holdsFor));
}

/** Kubernetes documentation, Change the default StorageClass; the second one is from before Kubernetes 1.6. */
const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

function placeStorageClass({metadata}: StorageClass): PlaceStorageClass {
  return {
    name: metadata.name,
    isDefault: defaultAnnotations.some((annotation) => metadata.annotations?.[annotation] === 'true'),
    createdAt: metadata.creationTimestamp ?? '',
  };
}
