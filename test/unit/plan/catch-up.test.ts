// How long a reader needs to catch up at the present rate.
import {expect, it} from 'vitest';
import {catchUpText, noticeableBytes, replayWaitText} from '../../../source/plan/catch-up.ts';

const mib = 2 ** 20;
const pod = 'orders-postgresql-read-0';
const speed = {seconds: 2, replayedBytes: 60 * mib, writtenBytes: 20 * mib, behindBytes: 90 * mib};

it('a switchover says for how much longer nothing can be written', () => {
  expect(replayWaitText(pod, speed)).toBe(
    ` ${pod} is 90 MiB behind and replays 30 MiB a second: at that rate it takes about 3 s longer.`,
  );
  expect(replayWaitText(pod, {...speed, replayedBytes: 0})).toContain('replays nothing just now');
  expect(replayWaitText(pod, {...speed, behindBytes: noticeableBytes - 1})).toBe('');
  expect(replayWaitText(pod, null)).toBe('');
});

it('who has to wait is told for how long, or that it is no use', () => {
  const at = (rest: object) => catchUpText(pod, {...speed, ...rest}, 64 * mib);
  expect(at({behindBytes: 664 * mib})).toBe(
    `${pod} is 664 MiB behind: it replays 30 MiB a second, and the writer writes 10 MiB a second. At the present ` +
      'rate it is close enough, within 64Mi, in about 30 s',
  );
  expect(at({writtenBytes: 60 * mib})).toContain('At the present rate it never catches up');
  expect(at({behindBytes: 5 * mib})).toContain('It is close enough now');
});
