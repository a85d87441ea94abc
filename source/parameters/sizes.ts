// How much storage, memory and CPU may be asked for, and how much CPU and memory is asked for where nobody says.
import {fittingIn, type Place, type PlaceNode} from './place.ts';
import {bytesOf, compareQuantities, formatBytes, formatMilliCpu, parseQuantity} from './quantity.ts';

export const smallestMemory = '256Mi';
const smallestStorage = '1Gi';
const mebibyte = 1024 * 1024;

/** Kubernetes counts up to 2^63 − 1 bytes. It reads a larger amount as that, with a warning that nobody sees. */
export function storageSizeProblem(text: string): string | null {
  const problem = atLeast(text, smallestStorage, '20Gi');
  if (problem === null && bytesOf(text) >= 2 ** 63) return `${text} is too much. Kubernetes counts less than 8Ei.`;
  return problem;
}

/** With less memory, PostgreSQL with the chart's default libraries is killed even while idle. */
export function memoryProblem(text: string): string | null {
  return atLeast(text, smallestMemory, '2Gi');
}

export function cpuProblem(text: string): string | null {
  return atLeast(text, '1m', '500m or 2');
}

function atLeast(text: string, smallest: string, example: string): string | null {
  if (parseQuantity(text) === null) return `"${text}" is not a Kubernetes quantity. Use, for example, ${example}.`;
  return compareQuantities(text, smallest) < 0 ? `${text} is too little. The least is ${smallest}.` : null;
}

/** Kubernetes quantities, for each pod. */
interface PodSize {
  readonly cpu: string;
  readonly memory: string;
}

/** The sizes of a pod on nodes of the type, where nobody says how much. */
export function sizesFor(instanceType: string, place: Place): PodSize {
  const fitting = fittingIn(place, instanceType);
  return instanceType === 'any' || fitting.length === 0 ? {cpu: '500m', memory: '512Mi'} : halfOfSmallest(fitting);
}

/**
 * CPU and memory for another type of node, where the present ones followed from the present type; nothing where
 * somebody chose them, or where it is not known.
 */
export function sizesOfType(
  existing: PodSize & {readonly instanceType: string},
  instanceType: string | undefined,
  place: Place,
): Partial<PodSize> {
  if (instanceType === undefined || instanceType === 'any' || existing.instanceType === 'any') return {};
  const [old, fresh] = [fittingIn(place, existing.instanceType), fittingIn(place, instanceType)];
  if (old.length === 0 || fresh.length === 0) return {};
  const {cpu, memory} = halfOfSmallest(old);
  return compareQuantities(cpu, existing.cpu) === 0 && compareQuantities(memory, existing.memory) === 0
    ? halfOfSmallest(fresh)
    : {};
}

/**
 * Half of the smallest node, because a node also runs the cluster's own pods. More than 4 CPUs are asked for only when
 * somebody says so.
 */
function halfOfSmallest(nodes: readonly PlaceNode[]): PodSize {
  const milliCpu = Math.min(...nodes.map((node) => node.milliCpu ?? 1000)) / 2;
  const memory = Math.min(...nodes.map((node) => node.memoryBytes ?? 1024 * mebibyte)) / 2;
  return {
    cpu: formatMilliCpu(Math.min(4000, Math.max(100, downTo(milliCpu, 50)))),
    memory: formatBytes(Math.max(bytesOf(smallestMemory), downTo(memory, 256 * mebibyte))),
  };
}

const downTo = (value: number, step: number): number => Math.floor(value / step) * step;
