// How much memory the pods of a release use, as a metrics server says it: read only where a StatefulSet sets no limit,
// seldom and in the background.
import {setTimeout as pause} from 'node:timers/promises';
import {selectorOf} from '../chart/names.ts';
import {memoryAsked} from '../observation/pods/memory-asked.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import type {MemoryFact, Snapshot, Target} from '../observation/snapshot.ts';
import {bytesOf, parseQuantity} from '../parameters/quantity.ts';
import type {Api} from './api.ts';
import {pacedReader} from './paced-reader.ts';
import {paths} from './paths.ts';

/** metrics.k8s.io/v1beta1, PodMetrics: what `kubectl top pod` shows. */
interface PodMetrics {
  readonly metadata: Metadata;
  readonly containers?: readonly {readonly name: string; readonly usage?: Readonly<Record<string, string>>}[];
}

type Seen = Pick<Snapshot, 'statefulSets'>;

interface MemoryUseReader {
  /** Returns what is known, and asks again in the background when that is old. */
  known(seen: Seen): readonly MemoryFact[];
  /** Waits a moment for an answer. Never throws. */
  asked(seen: Seen): Promise<readonly MemoryFact[]>;
}

const freshMs = 30_000;
const timeoutMs = 2000;

export function memoryUseReader(api: Api, target: Target, container: string, now: () => number): MemoryUseReader {
  const read = async (): Promise<MemoryFact> => {
    const {items} = await api.list<PodMetrics>(paths.podMetrics(target.namespace), {
      labelSelector: selectorOf(target),
    });
    return {kind: 'memory', at: now(), usedBytes: Object.fromEntries(items.flatMap((one) => usedIn(one, container)))};
  };
  const isAsked = (seen: Seen) => memoryAsked({...seen, database: []}) !== null;
  const paced = pacedReader((seen: Seen) => (isAsked(seen) ? 'memory' : null), read, freshMs);
  return {
    known(seen) {
      const fact = paced.known(seen);
      return fact === null ? [] : [fact];
    },
    async asked(seen) {
      if (!isAsked(seen)) return [];
      const fact = await Promise.race([read().catch(() => null), pause(timeoutMs, null, {ref: false})]);
      return fact === null ? [] : [fact];
    },
  };
}

function usedIn({metadata, containers = []}: PodMetrics, container: string): [string, number][] {
  const used = containers.find(({name}) => name === container)?.usage?.['memory'];
  return used === undefined || parseQuantity(used) === null ? [] : [[metadata.name, bytesOf(used)]];
}
