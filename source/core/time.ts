// The clock of this program. The machine's may be set by somebody: set back an hour, it makes a deadline an hour late.

export const clock = {
  /**
   * Milliseconds that never jump, for durations, deadlines, and which of two things was first. They begin as
   * milliseconds since the epoch, so that they can be written as a time; while the machine sleeps they may stand still.
   */
  now: (): number => Math.trunc(performance.timeOrigin + performance.now()),
  /** When this process began, by now(): for a command, when Enter was pressed. */
  began: Math.trunc(performance.timeOrigin),
  /** Milliseconds since the epoch by the machine's clock: for people, for files, and where the clock itself matters. */
  wall: (): number => Date.now(),
};

/**
 * To the second: a Lease and helm's record keep fractions of it (RFC 3339). `2026-01-02T03:04:05.678901Z` is read as
 * `2026-01-02T03:04:05Z`.
 */
export function toTheSecond(instant: string): string {
  return instant.replace(/\.\d+/, '');
}
