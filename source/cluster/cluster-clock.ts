// The clock of the API server, as far as its answers show it: the age of what the cluster writes down is judged by that
// clock, not by the clock of this machine.
import {clock} from '../core/time.ts';

/** The Date header (RFC 9110, 6.6.1) has no fractions of a second. */
const resolutionMs = 1000;

export class ClusterClock {
  /** The server's clock is ahead of clock.now() by `min` to `max` milliseconds. */
  private min = -Infinity;
  private max = Infinity;

  /** `date`: the header of an answer; `askedAt`: clock.now() before it was asked for. */
  hear(date: string | undefined, askedAt: number): void {
    const said = Date.parse(date ?? '');
    if (Number.isNaN(said)) return;
    const min = said - clock.now();
    const max = said + resolutionMs - askedAt;
    // Each answer narrows the range. An answer that contradicts it means that a clock was set, or this machine slept.
    const agrees = min <= this.max && max >= this.min;
    this.min = agrees ? Math.max(min, this.min) : min;
    this.max = agrees ? Math.min(max, this.max) : max;
  }

  /** Milliseconds to add to clock.now(); 0 as long as both clocks may be the same. */
  get aheadMs(): number {
    if (this.min <= 0 && this.max >= 0) return 0;
    return Math.round((this.min + this.max) / 2);
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return clock.now() + this.aheadMs;
  }
}
