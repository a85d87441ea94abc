// Schedules, read as Kubernetes reads them; croner, another implementation, names the same times.
import {Cron} from 'croner';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {nextTime, parseSchedule} from '../../../source/parameters/cron.ts';

const next = (text: string, after: string) => {
  const schedule = parseSchedule(text);
  const time = schedule && nextTime(schedule, Date.parse(after));
  return time === null ? null : new Date(time).toISOString();
};

describe('a schedule', () => {
  it.each([
    ['0 3 * * *', '2026-01-02T03:00:00Z', '2026-01-03T03:00:00.000Z'],
    ['@daily', '2026-01-02T03:00:00Z', '2026-01-03T00:00:00.000Z'],
    ['*/15 * * * *', '2026-01-02T03:59:59Z', '2026-01-02T04:00:00.000Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    // Either the 13th or a Friday.
    ['0 0 13 * fri', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00.000Z'],
    ['5/20 1 * JAN-MAR ?', '2026-01-01T01:06:00Z', '2026-01-01T01:25:00.000Z'],
    ['0 0 30 2 *', '2026-01-01T00:00:00Z', null],
  ])('%s after %s comes at %s', (text, after, time) => {
    expect(next(text, after)).toBe(time);
  });

  it.each(['', '* * * *', '* * * * * *', '60 * * * *', '0 24 * * *', '0 0 0 * *', '0 0 * * 7', '5-1 * * * *'])(
    'is refused: "%s"',
    (text) => {
      expect(parseSchedule(text)).toBeNull();
    },
  );
  it.each(['*/0 * * * *', '0 0 L * *', '@every 1h', '@reboot', 'TZ=UTC 0 3 * * *', '0 3 * * *; true', '0 0 * foo *'])(
    'is refused: "%s"',
    (text) => {
      expect(parseSchedule(text)).toBeNull();
    },
  );

  it('comes when another implementation says so', () => {
    const field = (least: number, most: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({min: least, max: most}).map(String),
        fc.tuple(fc.integer({min: least, max: most}), fc.integer({min: least, max: most})).map(([a, b]) => {
          return `${Math.min(a, b)}-${Math.max(a, b)}`;
        }),
        fc.integer({min: 2, max: 9}).map((step) => `*/${step}`),
      );
    const text = fc
      .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
      // What both restrict by a step alone is read in two ways.
      .filter(([, , day, , weekday]) => !day.startsWith('*/') && !weekday.startsWith('*/'))
      .map((fields) => fields.join(' '));
    fc.assert(
      fc.property(text, fc.date({min: new Date('2026-01-01'), max: new Date('2029-01-01')}), (pattern, after) => {
        fc.pre(!Number.isNaN(after.getTime()));
        const schedule = parseSchedule(pattern);
        const found = schedule && nextTime(schedule, after.getTime());
        const expected = new Cron(pattern, {mode: '5-part', timezone: 'UTC'}).nextRun(after);
        expect(found === null ? null : new Date(found)).toEqual(expected);
      }),
      {numRuns: 200},
    );
  });
});
