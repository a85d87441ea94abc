// What is made to fail in a sandbox: words of the command line ↔ data.
import {sandboxError} from './error.ts';

export interface Faults {
  /** No image can be pulled that is not on the nodes: the registry says that there is none. */
  readonly imageMissing: boolean;
  /** Each pull takes that long. */
  readonly slowPullMs: number;
  /** PostgreSQL can write no more. */
  readonly diskFull: boolean;
  /** The kubelet of that node is silent. */
  readonly nodeLost: string | null;
  /** The machine of that node is off: its kubelet is silent, and what ran there has ended without a word. */
  readonly nodeOff: string | null;
  /** This percentage of all requests fails. */
  readonly apiErrorPercent: number;
  /** This percentage of the requests that change something fails. */
  readonly changeErrorPercent: number;
  /** Added to each request. */
  readonly latencyMs: number;
  /** The same seed makes the same requests fail. */
  readonly seed: number;
}

export const noFaults: Faults = {
  imageMissing: false,
  slowPullMs: 0,
  diskFull: false,
  nodeLost: null,
  nodeOff: null,
  apiErrorPercent: 0,
  changeErrorPercent: 0,
  latencyMs: 0,
  seed: 1,
};

const readers: Readonly<Record<string, (value: string | null, word: string) => Partial<Faults>>> = {
  none: (value, word) => alone(value, word, {}),
  'image-missing': (value, word) => alone(value, word, {imageMissing: true}),
  'disk-full': (value, word) => alone(value, word, {diskFull: true}),
  'slow-pull': (value, word) => ({slowPullMs: value === null ? 20_000 : duration(value, word)}),
  'node-lost': (value) => ({nodeLost: value ?? 'node2'}),
  'node-off': (value) => ({nodeOff: value ?? 'node2'}),
  latency: (value, word) => ({latencyMs: duration(value, word)}),
  'api-errors': (value, word) => ({apiErrorPercent: share(value, word, 'api-errors')}),
  'change-errors': (value, word) => ({changeErrorPercent: share(value, word, 'change-errors')}),
};

function share(value: string | null, word: string, name: string): number {
  const percent = Number(/^(\d{1,3})%?$/.exec(value ?? '')?.[1] ?? NaN);
  if (percent <= 100) return percent;
  throw sandboxError('BAD_FAULT', `sandbox fault ${word}: right is a share of the requests, such as ${name}=20%.`);
}

/** The faults that are named are on, all others are off: `none` ends all. @throws SandboxError BAD_FAULT */
export function parseFaults(words: readonly string[], seed: string | null): Faults {
  const number = seed === null ? 1 : Number(seed);
  if (!Number.isInteger(number) || number < 0) throw sandboxError('BAD_FAULT', `--seed: "${seed}" is no whole number.`);
  return words.reduce<Faults>(
    (faults, word) => {
      const [name = '', ...rest] = word.split('=');
      const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
      if (!read)
        throw sandboxError('BAD_FAULT', `sandbox fault: "${word}" is none of ${Object.keys(readers).join(', ')}.`);
      return {...faults, ...read(rest.length > 0 ? rest.join('=') : null, word)};
    },
    {...noFaults, seed: number},
  );
}

/** The words of the command line; empty when nothing fails. */
export function wordsOf(faults: Faults): string[] {
  return [
    ...(faults.imageMissing ? ['image-missing'] : []),
    ...(faults.slowPullMs > 0 ? [`slow-pull=${faults.slowPullMs}ms`] : []),
    ...(faults.diskFull ? ['disk-full'] : []),
    ...(faults.nodeLost === null ? [] : [`node-lost=${faults.nodeLost}`]),
    ...(faults.nodeOff === null ? [] : [`node-off=${faults.nodeOff}`]),
    ...(faults.apiErrorPercent > 0 ? [`api-errors=${faults.apiErrorPercent}%`] : []),
    ...(faults.changeErrorPercent > 0 ? [`change-errors=${faults.changeErrorPercent}%`] : []),
    ...(faults.latencyMs > 0 ? [`latency=${faults.latencyMs}ms`] : []),
  ];
}

/** Whether the kubelet of that node says nothing. */
export function isSilent({nodeLost, nodeOff}: Faults, node: string): boolean {
  return nodeLost === node || nodeOff === node;
}

function alone(value: string | null, word: string, faults: Partial<Faults>): Partial<Faults> {
  if (value !== null) throw sandboxError('BAD_FAULT', `sandbox fault ${word}: it takes no value.`);
  return faults;
}

function duration(value: string | null, word: string): number {
  const [, number, unit = 'ms'] = /^(\d+)(ms|s)?$/.exec(value ?? '') ?? [];
  const ms = Number(number) * (unit === 's' ? 1000 : 1);
  if (!(ms <= 600_000))
    throw sandboxError(
      'BAD_FAULT',
      `sandbox fault ${word}: right is a duration such as 300ms or 20s, at most ten minutes.`,
    );
  return ms;
}
