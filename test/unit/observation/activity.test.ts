// What follows from looks at a writer.
import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import {
  activityData,
  daysLeft,
  hitPercent,
  maxActivities,
  ratesBetween,
  ratesOf,
  sparkline,
  withActivity,
  type Activity,
  type Counters,
} from '../../../source/observation/activity.ts';
import {
  activityFacts,
  activityLine,
  bytes,
  count,
  gauges,
  seconds,
} from '../../../source/observation/text/activity-text.ts';

const none: Counters = {
  commits: 0,
  rollbacks: 0,
  blocksRead: 0,
  blocksHit: 0,
  rowsRead: 0,
  rowsWritten: 0,
  tempFiles: 0,
  tempBytes: 0,
  deadlocks: 0,
};
const at = Date.parse('2026-01-02T03:04:05Z');

function activity(
  changes: Partial<Omit<Activity, 'counters'>> & {readonly counters?: Partial<Counters>} = {},
): Activity {
  const {counters = {}, ...rest} = changes;
  return {
    at,
    walBytes: 0,
    lagBytes: 0,
    streamingReaders: 1,
    desiredReaders: 1,
    maxConnections: 100,
    oldestXidAge: 1000,
    states: {active: 1, idle: 3},
    sessions: [],
    costMs: 1,
    disk: [],
    ...rest,
    counters: {...none, ...counters},
  };
}

describe('rates', () => {
  it('are what came in a second', () => {
    const before = activity({counters: {commits: 10}, walBytes: 100});
    const after = activity({at: at + 2000, counters: {commits: 30, rowsWritten: 8}, walBytes: 1100});
    expect(ratesBetween(before, after)).toEqual({...none, commits: 10, rowsWritten: 4, walBytes: 500});
  });

  it('are none over a reset of the statistics, and none where no time has passed', () => {
    const before = activity({counters: {commits: 10}});
    expect(ratesBetween(before, activity({at: at + 1000, counters: {commits: 9}}))).toBeNull();
    expect(ratesBetween(before, activity({counters: {commits: 11}}))).toBeNull();
  });

  test('over a minute add up to all that came', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({min: 1, max: 5000}), fc.nat(1e6)), {minLength: 1, maxLength: 60}),
        (steps) => {
          let [time, commits] = [at, 0];
          const seen = [activity()];
          for (const [ms, more] of steps)
            seen.push(activity({at: (time += ms), counters: {commits: (commits += more)}}));
          const sum = ratesOf(seen).reduce(
            (all, rates, index) => all + (rates?.commits ?? NaN) * ((steps[index]?.[0] ?? 0) / 1000),
            0,
          );
          expect(sum).toBeCloseTo(commits, 3);
        },
      ),
    );
  });
});

it('keeps a minute', () => {
  const all = Array.from({length: 200}, (_, index) => activity({at: at + index}));
  const kept = all.reduce<readonly Activity[]>(withActivity, []);
  expect(kept).toHaveLength(maxActivities);
  expect(kept.at(-1)?.at).toBe(at + 199);
});

it('hits are of all that was read, and of nothing where nothing was', () => {
  expect(hitPercent({blocksHit: 99, blocksRead: 1})).toBe(99);
  expect(hitPercent({blocksHit: 0, blocksRead: 0})).toBeNull();
});

describe('days left', () => {
  const day = 86_400_000;
  const disk = (...used: readonly (readonly [ms: number, usedBytes: number])[]) =>
    used.map(([ms, usedBytes]) => ({at: at + ms, usedBytes, capacityBytes: 100}));

  it('go on as it grew', () => {
    expect(daysLeft(disk([0, 10], [day, 20]))).toBe(8);
  });

  it('are not said where it does not grow, and not after a moment', () => {
    expect(daysLeft(disk([0, 10], [day, 10]))).toBeNull();
    expect(daysLeft(disk([0, 20], [day, 10]))).toBeNull();
    expect(daysLeft(disk([0, 10], [1000, 20]))).toBeNull();
    expect(daysLeft([])).toBeNull();
  });
});

describe('a sparkline', () => {
  it('lies between nothing and the largest; no value is a gap', () => {
    expect(sparkline([0, 1, 2, null, 4], 5, true)).toBe('▁▃▅ █');
    expect(sparkline([0, 0], 4, true)).toBe('  ▁▁');
    expect(sparkline([0, 4], 2, false)).toBe('_#');
  });

  test('has its width, whatever it shows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({noNaN: true, min: 0, max: 1e15}), {nil: null})),
        fc.integer({min: 1, max: 80}),
        fc.boolean(),
        (values, width, isUnicode) => [...sparkline(values, width, isUnicode)].length === width,
      ),
    );
  });
});

it('numbers are short', () => {
  expect([0, 999, 1234, 12_345, 2_100_000_000].map(count)).toEqual(['0', '999', '1.2k', '12k', '2.1G']);
  expect([0, 1023, 1536, 5 * 2 ** 30].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KiB', '5.0 GiB']);
  expect([0.4, 3, 61, 3601].map(seconds)).toEqual(['0:00', '0:03', '1:01', '1:00:01']);
});

describe('in words', () => {
  const [before, after] = [
    activity({counters: {blocksHit: 10}}),
    activity({
      at: at + 1000,
      counters: {commits: 1234, blocksHit: 109, blocksRead: 1},
      lagBytes: null,
      streamingReaders: 0,
      desiredReaders: 0,
      states: {idle: 3, active: 2},
      oldestXidAge: 2 ** 30,
      disk: [
        {at: at - 86_400_000, usedBytes: 10 * 2 ** 30, capacityBytes: 20 * 2 ** 30},
        {at, usedBytes: 11 * 2 ** 30, capacityBytes: 20 * 2 ** 30},
      ],
    }),
  ];

  it('tells rates, sessions and the disk', () => {
    expect(gauges([before, after]).map(({label, now}) => `${label} ${now}`)).toEqual([
      'transactions 1.2k/s',
      'rows written 0/s',
      'rows read 0/s',
      'WAL 0 B/s',
      'lag no reader',
      'cache hits 99.0 %',
      'temporary files 0 B/s',
    ]);
    expect(activityFacts(after)).toEqual([
      '5 of 100 sessions: 3 idle, 2 active',
      'longest transaction none, query none',
      'oldest transaction id 1.1G back of 2.1 G (50 %)',
      'disk 55 % of 20 GiB, 9 days left at this pace',
    ]);
    // As a line it is in words and numbers alone, because the line may be read aloud.
    expect(activityLine([before, after])).toBe(
      '03:04:06  5 of 100 sessions: 3 idle, 2 active; transactions 1.2k/s; rows written 0/s; rows read 0/s; ' +
        'WAL 0 B/s; lag no reader; cache hits 99.0 %; temporary files 0 B/s; longest transaction none, query none; ' +
        'oldest transaction id 1.1G back of 2.1 G (50 %); disk 55 % of 20 GiB, 9 days left at this pace',
    );
  });

  it.each([
    {streamingReaders: 1, desiredReaders: 2, lagBytes: 2048, says: 'lag 2.0 KiB, 1 of 2 readers stream'},
    {streamingReaders: 0, desiredReaders: 2, lagBytes: null, says: 'lag unknown, 0 of 2 readers stream'},
    {streamingReaders: 2, desiredReaders: 2, lagBytes: 0, says: 'lag 0 B'},
    {streamingReaders: 0, desiredReaders: 0, lagBytes: null, says: 'lag no reader'},
    {streamingReaders: 0, desiredReaders: null, lagBytes: null, says: 'lag no reader'},
  ])('$streamingReaders of $desiredReaders readers that stream: $says', ({says, ...seen}) => {
    expect(activityLine([activity(), activity({at: at + 1000, ...seen})]).split('; ')).toContain(says);
  });

  it('and as data, all of it', () => {
    expect(activityData(before, after)).toEqual({
      time: '2026-01-02T03:04:06.000Z',
      intervalMs: 1000,
      sessions: {max: 100, states: {idle: 3, active: 2}},
      longestTransactionMs: null,
      longestQueryMs: null,
      waiting: [],
      perSecond: {...none, commits: 1234, blocksHit: 99, blocksRead: 1, walBytes: 0},
      cacheHitPercent: 99,
      lagBytes: null,
      readers: {streaming: 0, desired: 0},
      oldestXidAge: 2 ** 30,
      disk: {usedBytes: 11 * 2 ** 30, capacityBytes: 20 * 2 ** 30, daysLeft: 9},
      costMs: 1,
    });
  });
});
