// A cluster with escape sequences in its every word, and how to see on a screen that none of them came through.
import {UserError} from '../../../source/core/cause.ts';
import type {Client} from '../../../source/client/types.ts';

/**
 * Clears the screen, names the window, writes the clipboard, uses a colour that none of our screens has, moves the
 * cursor, turns the direction of writing and begins a line.
 */
export const evil =
  '\u001b[2J\u001b]0;title\u0007\u001b]52;c;eA==\u001b\\\u001b[35m\u009b5;5H\u001b[1A\u0007\u202e\r\n';

/** Fields that hold no word of the cluster: we choose them from a list, or they hold a time. */
const ours: readonly string[] = [
  'code',
  'state',
  'role',
  'outcome',
  'operation',
  'kind',
  'fate',
  'type',
  'managedBy',
  'shape',
  'steeredBy',
  'naming',
  'provenFrom',
  'provenAt',
  'time',
  'since',
  'track',
  'source',
  'startedAt',
  'renewedAt',
  'parameters',
  'place',
  'defaultNamespace',
];

/** The same client with poisoned answers. */
export function poisoned<D extends Client>(client: D): D {
  return new Proxy(client, {
    get(own, name, receiver) {
      const member: unknown = Reflect.get(own, name, receiver);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => spoil(Reflect.apply(member as (...all: unknown[]) => unknown, own, args));
    },
  });
}

function spoil(answer: unknown): unknown {
  if (answer instanceof Promise)
    return answer.then(poison, (error: unknown) =>
      Promise.reject(error instanceof UserError ? new UserError(poison(error.reason) as UserError['reason']) : error),
    );
  if (isGenerator(answer)) return spoilSteps(answer);
  // Work that was begun tells nothing but its steps.
  return typeof answer === 'object' && answer !== null && 'steps' in answer && isGenerator(answer.steps)
    ? {...answer, steps: spoilSteps(answer.steps)}
    : answer;
}

async function* spoilSteps(steps: AsyncGenerator<unknown, unknown>): AsyncGenerator<unknown, unknown> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return poison(step.value);
    yield poison(step.value);
  }
}

function isGenerator(value: unknown): value is AsyncGenerator<unknown, unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

export function poison(value: unknown): unknown {
  if (typeof value === 'string') return `${value}${evil}`;
  if (Array.isArray(value)) return value.map(poison);
  if (typeof value !== 'object' || value === null) return value;
  // The names of a release and a claim can only be what Kubernetes takes for a name: the release's is typed to confirm,
  // and claims are counted by theirs.
  const kept = 'helmStatus' in value || 'capacityBytes' in value ? [...ours, 'namespace', 'name'] : ours;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, kept.includes(key) ? of : poison(of)]));
}

/**
 * What is on a screen beyond words, line ends and our own look: bold, dim, underlined, inverted, the colours of states
 * and the accent.
 */
export function foreignControls(raw: string): string[] {
  return (
    raw
      .replace(/\u001b\[(?:[0-247]|2[2-47]|3[12369])m/g, '')
      .match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e][^\n]{0,12}/g) ?? []
  );
}
