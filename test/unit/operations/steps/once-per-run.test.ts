import {expect, test} from 'vitest';
import {notYet, oncePerRun} from '../../../../source/operations/steps/once-per-run.ts';
import type {Ports} from '../../../../source/operations/ports/index.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';

const ports = {} as Ports;
const snapshot = {} as Snapshot;

/** Whether the step counts as done after a run that ends so. */
async function isDoneAfter(end: string | null | typeof notYet, stop = new AbortController()): Promise<boolean> {
  const step = oncePerRun({name: 'x', run: async () => end});
  expect(step.done(snapshot, null)).toBe(false);
  expect(await step.run?.(ports, null, snapshot, stop.signal)).toBe(end === notYet ? null : end);
  return step.done(snapshot, null);
}

test('it is done once it ran, whatever is seen', async () => {
  expect(await isDoneAfter(null)).toBe(true);
  expect(await isDoneAfter('a note')).toBe(true);
});

test('it runs again where it could not do it, or was stopped before its end', async () => {
  expect(await isDoneAfter(notYet)).toBe(false);
  const stop = new AbortController();
  stop.abort();
  expect(await isDoneAfter(null, stop)).toBe(false);
});

test('a run that fails is not done', async () => {
  const step = oncePerRun({name: 'x', run: () => Promise.reject(new Error('no'))});
  await expect(step.run?.(ports, null, snapshot, new AbortController().signal)).rejects.toThrow('no');
  expect(step.done(snapshot, null)).toBe(false);
});
