// How far the API server's clock is from ours, by the Date header of its answers.
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {ClusterClock} from '../../../source/cluster/cluster-clock.ts';
import {clock} from '../../../source/core/time.ts';

let time = Date.parse('2026-01-02T03:04:05.600Z');
beforeEach(() => void vi.spyOn(clock, 'now').mockImplementation(() => time));
afterEach(() => void vi.restoreAllMocks());

/** An answer that took `ms`, written in the middle of it by a clock that is `aheadMs` ahead. */
function hear(its: ClusterClock, aheadMs: number, ms = 20): void {
  const askedAt = time;
  time += ms;
  its.hear(new Date(Math.floor((time - ms / 2 + aheadMs) / 1000) * 1000).toUTCString(), askedAt);
}

test('nothing is corrected while both may be the same', () => {
  const its = new ClusterClock();
  expect(its.now()).toBe(time);
  for (const ahead of [0, 300, -300]) hear(its, ahead);
  expect(its.aheadMs).toBe(0);
  its.hear(undefined, time);
  its.hear('soon', time);
  expect(its.now()).toBe(time);
});

test.each([45_000, -45_000, 86_400_000, -86_400_000, 3_600_500])('%d ms are found, ever nearer', (aheadMs) => {
  const its = new ClusterClock();
  hear(its, aheadMs);
  expect(Math.abs(its.aheadMs - aheadMs)).toBeLessThanOrEqual(520);
  for (let asked = 0; asked < 40; asked++) {
    time += 130;
    hear(its, aheadMs);
  }
  expect(Math.abs(its.aheadMs - aheadMs)).toBeLessThanOrEqual(150);
});

test('a clock that is set is followed', () => {
  const its = new ClusterClock();
  hear(its, 0);
  hear(its, 7_200_000);
  expect(Math.abs(its.aheadMs - 7_200_000)).toBeLessThanOrEqual(520);
  hear(its, 0);
  expect(its.aheadMs).toBe(0);
});
