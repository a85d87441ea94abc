// What is kept to the millisecond or finer is read to the second.
import {expect, test} from 'vitest';
import {toTheSecond} from '../../../source/core/time.ts';

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.678901Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.678901234+01:00', '2026-01-02T03:04:05+01:00'],
])('%s', (instant, read) => {
  expect(toTheSecond(instant)).toBe(read);
});
