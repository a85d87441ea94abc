// How lag, disk and writes went while a release was looked at.
import {expect, it} from 'vitest';
import {
  quietSparkline,
  walRates,
  withMoment,
  type Moment,
} from '../../../../../source/tui/screens/dashboard/moments.ts';
import {statusRows} from '../../../../../source/tui/screens/dashboard/status-rows.ts';
import {at, now, statusWith} from '../../../../support/fakes/fake-client.ts';

/** The writer was proven at that second, and had written so much. */
function statusAt(second: number, walBytes: number | null, lagBytes = 0, usedBytes = 2 ** 30) {
  const status = statusWith({walBytes});
  const {endpoints, claims} = status;
  return {
    ...status,
    claims: claims.map((claim) => ({...claim, usedBytes})),
    endpoints: endpoints && {
      writer: {...endpoints.writer, provenAt: at(second)},
      reader: {...endpoints.reader, maxLagBytes: lagBytes},
    },
  };
}

const seen = (...statuses: readonly ReturnType<typeof statusAt>[]) =>
  statuses.reduce<readonly Moment[]>((moments, status) => withMoment(moments, status), []);

it('an answer counts once, however often the status is told', () => {
  expect(seen(statusAt(0, 100), statusAt(0, 100), statusAt(10, 1100))).toHaveLength(2);
});

it('writes are what the WAL grew between two answers; another server is no rate', () => {
  expect(walRates(seen(statusAt(0, 100), statusAt(10, 1100), statusAt(20, 50), statusAt(30, null)))).toEqual([
    100,
    null,
    null,
  ]);
});

it('no more than ten minutes are kept', () => {
  const many = Array.from({length: 100}, (_, index) => statusAt(10 * index, index));
  expect(seen(...many)).toHaveLength(60);
});

it('what does not move is not drawn', () => {
  expect(quietSparkline([0, 0, 0, 0], 16, true)).toBe('');
  expect(quietSparkline([1, 2], 16, true)).toBe('');
  expect(quietSparkline([0, 4, 8], 16, true)).toBe('▁▅█');
  expect(quietSparkline([100, 101, 102], 16, false, true)).toBe('_=#');
});

it('the dashboard draws them beside what they are of, and reads none of them aloud', () => {
  const last = statusAt(30, 3_000_000, 4096, 2 ** 31);
  const moments = seen(statusAt(0, 0), statusAt(10, 1_000_000), statusAt(20, 1_100_000, 100), last);
  const rows = (isReadAloud: boolean) =>
    statusRows(last, {
      now,
      isAsking: false,
      isReadAloud,
      revealed: null,
      moments,
      isUnicode: true,
      width: 80,
      rows: 24,
    })
      .map(({label = '', text}) => `${label} ${text}`)
      .join('\n');
  expect(rows(false)).toContain('17.6 · 186 KiB/s of WAL ▅▁█');
  expect(rows(false)).toContain('lag 4 KiB ▁▁▁█');
  expect(rows(false)).toContain('fullest 10 % ▁▁▁█');
  expect(rows(true)).not.toMatch(/[▁▅█]|WAL/);
});
