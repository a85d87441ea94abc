// Each command of each cause that a test of this file makes is pasted into a shell at its end.
import {afterAll, expect, vi} from 'vitest';
import type * as Causes from '../../../source/core/cause.ts';

/**
 * The causes that the running test file has made. The module of causes is loaded once for many files and goes on with
 * the first set, so that all files share it.
 */
const shared = globalThis as {causesMade?: Set<Causes.Cause>};
const made = (shared.causesMade ??= new Set());
made.clear();

vi.mock('../../../source/core/cause.ts', async (original) => {
  const real = await original<typeof Causes>();
  return {
    ...real,
    cause: (...args: Parameters<typeof real.cause>) => {
      const one = real.cause(...args);
      made.add(one);
      return one;
    },
  };
});

afterAll(async () => {
  const commands = [...made].map(({remedies}) => remedies.flatMap(({command}) => command ?? []));
  const each = [...new Map(commands.map((one) => [one.join('\n'), one])).values()].filter((one) => one.length > 0);
  if (each.length === 0) return;
  const {problemsWhenPasted} = await import('../pasted.ts');
  expect(problemsWhenPasted(each)).toEqual([]);
});
