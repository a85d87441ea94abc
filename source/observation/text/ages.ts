// How long ago, or for how long, as one reads it.

/** As `durationText`. Both in milliseconds since the epoch. */
export function agoText(then: number, now: number): string {
  return durationText(now - then);
}

/** `45 s`, `12 min`, `5 h`, `3 d`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
