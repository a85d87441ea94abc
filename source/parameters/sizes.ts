// How much storage, memory and CPU may be asked for. Each function says what is wrong, or null.
import {bytesOf, compareQuantities, parseQuantity} from './quantity.ts';

export const smallestMemory = '256Mi';
const smallestStorage = '1Gi';

/** Kubernetes counts bytes up to 2^63 − 1 and takes more for that, with a warning that nobody sees. */
export function storageSizeProblem(text: string): string | null {
  const problem = atLeast(text, smallestStorage, '20Gi');
  if (problem === null && bytesOf(text) >= 2 ** 63) return `${text} is too much. Kubernetes counts less than 8Ei.`;
  return problem;
}

/** Below this PostgreSQL with the chart's default libraries is killed while idle. */
export function memoryProblem(text: string): string | null {
  return atLeast(text, smallestMemory, '2Gi');
}

export function cpuProblem(text: string): string | null {
  return atLeast(text, '1m', '500m or 2');
}

function atLeast(text: string, smallest: string, example: string): string | null {
  if (parseQuantity(text) === null) return `"${text}" is not a Kubernetes quantity. Right is, for example, ${example}.`;
  return compareQuantities(text, smallest) < 0 ? `${text} is too little. The least is ${smallest}.` : null;
}
