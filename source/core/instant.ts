// A point in time as people read it.

/**
 * To the second: a Lease and helm's record keep fractions of it (RFC 3339). `2026-01-02T03:04:05.678901Z` is read as
 * `2026-01-02T03:04:05Z`.
 */
export function toTheSecond(instant: string): string {
  return instant.replace(/\.\d+/, '');
}
