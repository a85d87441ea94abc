// Answers and the place they are for → Parameters: every default filled in, every contradiction refused.
import {badInput} from '../core/cause.ts';
import {defaultImageTag} from '../chart/image.ts';
import type {Node, StorageClass} from '../observation/kubernetes.ts';
import type {Survey} from '../observation/survey.ts';
import type {Answers} from './answers.ts';
import {instanceTypeLabel} from './identifiers.ts';
import type {AllowFrom, Cloud, Parameters} from './parameters.ts';
import {bytesOf, compareQuantities, formatBytes, formatMilliCpu, milliCpuOf} from './quantity.ts';
import {memoryProblem, smallestMemory} from './sizes.ts';

/** What the defaults depend on. Null: it may not be listed, or is not known. */
export interface Place {
  readonly nodes: readonly Node[] | null;
  readonly storageClasses: readonly StorageClass[] | null;
  readonly cloud: Cloud | null;
}

const preferredInstanceType = 't3.medium';
const mebibyte = 1024 * 1024;

export function placeOf({nodes, storageClasses}: Pick<Survey, 'nodes' | 'storageClasses'>): Place {
  return {nodes, storageClasses, cloud: nodes && cloudOf(nodes)};
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

/**
 * Nodes that could run a pod of the database today: of the type, ready, schedulable, without a taint that keeps pods
 * off.
 */
export function fittingNodes(nodes: readonly Node[], instanceType: string): readonly Node[] {
  return nodes.filter(
    ({metadata, spec, status}) =>
      (instanceType === 'any' || metadata.labels?.[instanceTypeLabel] === instanceType) &&
      spec.unschedulable !== true &&
      !spec.taints?.some(({effect}) => effect === 'NoSchedule' || effect === 'NoExecute') &&
      status?.conditions?.some(({type, status: state}) => type === 'Ready' && state === 'True') === true,
  );
}

/** Throws UserError BAD_INPUT, naming the flags, for answers that contradict each other. */
export function resolve(answers: Answers, place: Place): Parameters {
  const instanceType = answers.instanceType ?? defaultInstanceType(place.nodes ?? []);
  const fitting = fittingNodes(place.nodes ?? [], instanceType);
  const readReplicaCount = answers.readReplicaCount ?? 0;
  const defaults = sizesFor(instanceType, fitting);
  const memory = answers.memory ?? defaults.memory;
  const problem = memoryProblem(memory);
  if (problem !== null) throw badInput(`--memory: ${problem}`);
  return {
    username: answers.username ?? 'postgres',
    database: answers.database ?? 'postgres',
    instanceType,
    storageSize: answers.storageSize ?? '20Gi',
    readReplicaCount,
    storageClass: answers.storageClass ?? defaultStorageClass(place.storageClasses ?? []),
    exposure: answers.exposure ?? 'cluster',
    allowFrom: resolveAllowFrom(answers, place.cloud),
    hostname: answers.hostname ?? null,
    cpu: answers.cpu ?? defaults.cpu,
    memory,
    spread: answers.spread ?? (fitting.length >= 1 + readReplicaCount ? 'required' : 'preferred'),
    images: {
      source: answers.images?.source ?? 'bitnamilegacy',
      tag: answers.images?.tag ?? defaultImageTag,
      digest: answers.images?.digest ?? null,
      pullSecret: answers.images?.pullSecret ?? null,
    },
    extraValues: answers.extraValues ?? {},
  };
}

/** The answers that resolve to these parameters, in the place they were resolved for. */
export function answersFrom(parameters: Parameters): Answers {
  const {allowFrom, images, storageClass, hostname, ...rest} = parameters;
  const {digest, pullSecret, ...named} = images;
  return {
    ...rest,
    ...(allowFrom.kind === 'none' ? {} : {allowFrom: allowFrom.kind === 'internal' ? {kind: 'internal'} : allowFrom}),
    ...(storageClass === null ? {} : {storageClass}),
    ...(hostname === null ? {} : {hostname}),
    images: {...named, ...(digest === null ? {} : {digest}), ...(pullSecret === null ? {} : {pullSecret})},
  };
}

/** The parameters that the operator spoke about. */
export function explicitKeys(answers: Answers): readonly (keyof Answers)[] {
  return (Object.keys(answers) as (keyof Answers)[]).filter((key) => answers[key] !== undefined);
}

function defaultInstanceType(nodes: readonly Node[]): string {
  return fittingNodes(nodes, preferredInstanceType).length > 0 ? preferredInstanceType : 'any';
}

function sizesFor(instanceType: string, fitting: readonly Node[]): {readonly cpu: string; readonly memory: string} {
  return instanceType === 'any' || fitting.length === 0 ? {cpu: '500m', memory: '512Mi'} : halfOfSmallest(fitting);
}

/**
 * CPU and memory of another type of node, where those of now came from the type of now; nothing where somebody chose
 * them, or where it is not known.
 */
export function sizesOfType(
  existing: Parameters,
  instanceType: string | undefined,
  {nodes}: Place,
): Partial<Pick<Parameters, 'cpu' | 'memory'>> {
  if (instanceType === undefined || instanceType === 'any' || existing.instanceType === 'any') return {};
  const [old, fresh] = [fittingNodes(nodes ?? [], existing.instanceType), fittingNodes(nodes ?? [], instanceType)];
  if (old.length === 0 || fresh.length === 0) return {};
  const {cpu, memory} = halfOfSmallest(old);
  return compareQuantities(cpu, existing.cpu) === 0 && compareQuantities(memory, existing.memory) === 0
    ? halfOfSmallest(fresh)
    : {};
}

/**
 * Half, because a node also runs what belongs to the cluster. More than 4 CPUs are worth asking for only when somebody
 * says so.
 */
function halfOfSmallest(nodes: readonly Node[]): {readonly cpu: string; readonly memory: string} {
  const smallest = (read: (node: Node) => number): number => Math.min(...nodes.map(read));
  const milliCpu = smallest(({status}) => milliCpuOf(status?.allocatable?.['cpu'] ?? '1')) / 2;
  const memory = smallest(({status}) => bytesOf(status?.allocatable?.['memory'] ?? '1Gi')) / 2;
  return {
    cpu: formatMilliCpu(Math.min(4000, Math.max(100, downTo(milliCpu, 50)))),
    memory: formatBytes(Math.max(bytesOf(smallestMemory), downTo(memory, 256 * mebibyte))),
  };
}

const downTo = (value: number, step: number): number => Math.floor(value / step) * step;

/**
 * Of several defaults Kubernetes takes the newest. Source: Kubernetes,
 * plugin/pkg/admission/storage/storageclass/setdefault.
 */
function defaultStorageClass(classes: readonly StorageClass[]): string | null {
  const annotations = [
    'storageclass.kubernetes.io/is-default-class',
    'storageclass.beta.kubernetes.io/is-default-class',
  ];
  const created = ({metadata}: StorageClass): string => metadata.creationTimestamp ?? '';
  const [newest] = classes
    .filter(({metadata}) => annotations.some((annotation) => metadata.annotations?.[annotation] === 'true'))
    .sort((a, b) =>
      created(a) === created(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : created(a) < created(b) ? 1 : -1,
    );
  return newest?.metadata.name ?? null;
}

function resolveAllowFrom({exposure, allowFrom}: Answers, cloud: Cloud | null): AllowFrom {
  if (exposure !== 'load-balancer') {
    if (allowFrom === undefined) return {kind: 'none'};
    throw badInput(
      '--allow-from, --internal and --allow-public belong to a load balancer. Add --exposure load-balancer, or ' +
        'leave them out.',
    );
  }
  if (allowFrom === undefined) {
    throw badInput(
      'A load balancer needs to know whom it lets in. Add --allow-from CIDR,…, --internal or --allow-public.',
    );
  }
  if (allowFrom.kind !== 'internal') return allowFrom;
  if (cloud === null) {
    throw badInput(
      '--internal: the nodes do not say that they are in AWS, Azure or Google Cloud, so the annotation for an ' +
        'internal load balancer is not known. Use --allow-from CIDR,… instead.',
    );
  }
  return {kind: 'internal', cloud};
}
