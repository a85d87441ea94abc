// What somebody hears who waits: every half a minute that it goes on, and nothing while a person has to do something.
import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import type {Invocation} from '../../../source/cli/command.ts';
import {withHeartbeat} from '../../../source/cli/heartbeat.ts';
import {textReporter} from '../../../source/cli/output/text/text-reporter.ts';
import {clock} from '../../../source/core/time.ts';
import {progress} from './output/result.ts';

beforeEach(() => {
  vi.useFakeTimers({now: 0});
  vi.spyOn(clock, 'now').mockImplementation(() => Date.now());
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The lines that say so while `run` works. */
async function heard(
  run: (invocation: Invocation) => Promise<number>,
  {
    environment = {ACCESSIBLE: '1'},
    options = {},
    isTTY = true,
    isWaitedFor = true,
  }: Partial<Pick<Invocation, 'environment' | 'options'>> & {isTTY?: boolean; isWaitedFor?: boolean} = {},
): Promise<string[]> {
  let written = '';
  const stdout = {
    isTTY,
    write: (text: string) => (written += text),
    get bytesWritten() {
      return written.length;
    },
  };
  const reporter = textReporter({stdout, stderr: stdout}, {colour: false, unicode: true}, false);
  const state = {asking: {isOpen: false}, interrupts: {ignored: false}};
  const streams = {stdout, stderr: {bytesWritten: 0}, output: 'text'};
  const invocation = {reporter, ...streams, environment, options, ...state} as unknown as Invocation;
  expect(await withHeartbeat(run, invocation, isWaitedFor)).toBe(7);
  await vi.advanceTimersByTimeAsync(100_000);
  return written.split('\n').filter((line) => line.startsWith('Still'));
}

const silent = async ({reporter}: Invocation) => {
  for (const step of progress) reporter.progress(step);
  await vi.advanceTimersByTimeAsync(70_000);
  return 7;
};

it('says every 30 s that it goes on, and no more when it has ended', async () => {
  expect(await heard(silent)).toEqual(['Still at work, 30 s so far.', 'Still at work, 60 s so far.']);
  expect(await heard(silent, {environment: {}, options: {plain: true}})).toHaveLength(2);
});

it('says so from the beginning, also where nothing has been reported yet', async () => {
  const fetching = async () => {
    await vi.advanceTimersByTimeAsync(70_000);
    return 7;
  };
  expect(await heard(fetching)).toEqual(['Still at work, 30 s so far.', 'Still at work, 60 s so far.']);
});

it('says nothing unless it is asked for, on a terminal, of a command that ends by itself', async () => {
  expect(await heard(silent, {environment: {}})).toEqual([]);
  expect(await heard(silent, {isTTY: false})).toEqual([]);
  expect(await heard(silent, {isWaitedFor: false})).toEqual([]);
});

it('says nothing while a question is open or another program has the terminal, nor counts it', async () => {
  const busy = async ({asking, interrupts}: Invocation) => {
    for (const [state, name] of [
      [asking, 'isOpen'],
      [interrupts, 'ignored'],
    ] as const) {
      Object.assign(state, {[name]: true});
      await vi.advanceTimersByTimeAsync(90_000);
      Object.assign(state, {[name]: false});
    }
    await vi.advanceTimersByTimeAsync(40_000);
    return 7;
  };
  expect(await heard(busy)).toEqual(['Still at work, 30 s so far.']);
});
