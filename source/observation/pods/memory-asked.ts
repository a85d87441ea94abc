// How much memory the pods of a release use, where it sets no limit: whoever takes it over has to say one.
import {smallestMemory} from '../../parameters/sizes.ts';
import {bytesOf, formatBytes, roughBytes} from '../../parameters/quantity.ts';
import type {StatefulSet} from '../kubernetes.ts';
import {databaseOfSet} from './pod-template.ts';
import type {Snapshot} from '../snapshot.ts';

export interface MemoryAsked {
  /** A limit that fits what is known, such as `512Mi`. */
  readonly suggestion: string;
  /** What is known, such as `orders-postgresql-0 uses 210 MiB now and requests 256Mi`. */
  readonly why: string;
}

type Seen = Pick<Snapshot, 'statefulSets' | 'database'>;

/** As much as a release on nodes of any type gets, where nobody says how much. */
const usual = '512Mi';
/** Suggestions are multiples of this. */
const step = bytesOf('256Mi');

/**
 * The sets are not found by their names, which nothing says before helm has a record.
 * @returns null where each database has a limit of memory
 */
export function memoryAsked(seen: Seen): MemoryAsked | null {
  const sets = seen.statefulSets.filter((set) => databaseOfSet(set) !== null);
  const unlimited = sets.filter((set) => memoryIn(set, 'limits') === undefined);
  const [first] = unlimited;
  if (first === undefined) return null;
  const used = maxUsed(seen, unlimited);
  const requests = unlimited.flatMap((set) => memoryIn(set, 'requests') ?? []);
  const [largest] = [...requests].sort((a, b) => bytesOf(b) - bytesOf(a));
  // The limit is one for all pods, so none gets less than it has.
  const atLeast = [smallestMemory, ...requests, ...sets.flatMap((set) => memoryIn(set, 'limits') ?? [])].map(bytesOf);
  const forUse = used === null ? bytesOf(usual) : 2 * used.bytes;
  const bytes = Math.ceil(Math.max(...atLeast, forUse) / step) * step;
  return {suggestion: formatBytes(bytes), why: whyText(used, `${first.metadata.name}-0`, largest)};
}

interface Used {
  readonly pod: string;
  readonly bytes: number;
}

/** Null: it is not known. */
function maxUsed({database}: Seen, sets: readonly StatefulSet[]): Used | null {
  const used = database
    .flatMap((fact) => (fact.kind === 'memory' ? Object.entries(fact.usedBytes) : []))
    .map(([pod, bytes]) => ({pod, bytes}))
    .filter(({pod}) => sets.some(({metadata: {name}}) => pod.startsWith(`${name}-`)));
  return used.reduce<Used | null>((most, one) => (most === null || one.bytes > most.bytes ? one : most), null);
}

function whyText(used: Used | null, pod: string, request: string | undefined): string {
  const requested = request === undefined ? 'requests none' : `requests ${request}`;
  if (used === null) return `${pod} ${requested}; what it uses is not known, because no metrics server says it`;
  return `${used.pod} uses ${roughBytes(used.bytes)} now and ${requested}`;
}

function memoryIn(set: StatefulSet, of: 'limits' | 'requests'): string | undefined {
  return databaseOfSet(set)?.resources?.[of]?.['memory'];
}
