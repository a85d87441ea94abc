// How long a reader needs to catch up with its writer at the present rate. Pure.
import {durationText} from '../observation/text/ages.ts';
import {formatBytes, roughBytes} from '../parameters/quantity.ts';

/** Two looks at a reader, about a second apart. */
export interface ReplaySpeed {
  readonly seconds: number;
  /** Bytes of WAL that it replayed between them, and that its writer wrote. */
  readonly replayedBytes: number;
  readonly writtenBytes: number;
  /** Bytes of the writer's WAL that it had not replayed at the second look. */
  readonly behindBytes: number;
}

/** With less than this a reader has caught up before it is asked a second time. */
export const noticeableBytes = 1024 * 1024;

/** For how long nothing can be written on top, because the reader replays the rest first; empty: not noticeably. */
export function replayWaitText(pod: string, speed: ReplaySpeed | null): string {
  if (speed === null || speed.behindBytes < noticeableBytes) return '';
  const {behindBytes, replayedBytes, seconds} = speed;
  const behind = `${pod} is ${roughBytes(behindBytes)} behind`;
  if (replayedBytes <= 0) return ` ${behind} and replays nothing just now: it is not known how much longer that takes.`;
  const longer = waitText(behindBytes / (replayedBytes / seconds));
  return ` ${behind} and replays ${rateText(replayedBytes, seconds)}: at that rate it takes about ${longer} longer.`;
}

/** When a reader that is too far behind will be close enough, at the present rates. */
export function catchUpText(pod: string, speed: ReplaySpeed, limit: number): string {
  const {seconds, replayedBytes, writtenBytes, behindBytes} = speed;
  const rates =
    `${pod} is ${roughBytes(behindBytes)} behind: it replays ${rateText(replayedBytes, seconds)}, and the writer ` +
    `writes ${rateText(writtenBytes, seconds)}`;
  if (behindBytes <= limit) return `${rates}. It is close enough now`;
  const gains = (replayedBytes - writtenBytes) / seconds;
  if (gains <= 0) return `${rates}. At the present rate it never catches up`;
  const within = waitText((behindBytes - limit) / gains);
  return `${rates}. At the present rate it is close enough, within ${formatBytes(limit)}, in about ${within}`;
}

function rateText(bytes: number, seconds: number): string {
  return `${roughBytes(Math.max(0, Math.round(bytes / seconds)))} a second`;
}

function waitText(seconds: number): string {
  return durationText(Math.max(1, seconds) * 1000);
}
