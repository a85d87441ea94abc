// The benchmarks' rows for gaps: what they aim at, and when that is met.
import {expect, test} from 'vitest';
// @ts-expect-error: plain JavaScript
import * as table from '../../../bench/table.mjs';

interface Run {
  readonly longestGapMs: number;
  readonly failedWrites: number;
  readonly lostRows: number;
}
interface Row {
  readonly target: string;
  readonly n: number;
  readonly met: boolean;
  readonly problems: readonly string[];
}
type GapRow = (
  name: string,
  ours: readonly Run[],
  theirs: readonly Run[],
  limits: {maxMs: number | null; problems: readonly string[]},
) => Row;
const {gapRow} = table as {gapRow: GapRow};

const runs = (...gaps: readonly number[]): readonly Run[] =>
  gaps.map((longestGapMs) => ({longestGapMs, failedWrites: 0, lostRows: 0}));

test.each([
  {maxMs: 3000, ours: [900, 2900, 9000], problems: [], target: '≤ 3.0 s', met: true},
  {maxMs: 3000, ours: [900, 3100, 9000], problems: [], target: '≤ 3.0 s', met: false},
  {maxMs: 3000, ours: [900], problems: ['a row was lost'], target: '≤ 3.0 s', met: false},
  {maxMs: null, ours: [9000], problems: [], target: '0 failed', met: true},
  {maxMs: null, ours: [9000], problems: ['a write failed'], target: '0 failed', met: false},
])(
  'at most $maxMs ms, our gaps $ours, problems $problems: target $target, met $met',
  ({maxMs, ours, problems, ...expected}) => {
    const row = gapRow('a change', runs(...ours), runs(...ours.map(() => 5000)), {
      maxMs,
      problems: [...problems, ...problems],
    });
    expect(row).toMatchObject({...expected, n: ours.length, problems});
  },
);
