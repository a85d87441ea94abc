// Which of many kill points a run on a cluster shows: other ones each day, so that CI stays short and each has its
// turn.
import {onSandbox} from '../setup/on-sandbox.ts';

const dayMs = 86_400_000;

/** The day in UTC, or what PGHI_SEED says: a number, or `all`. */
export const seed = process.env['PGHI_SEED'] ?? String(Math.floor(Date.now() / dayMs));

/**
 * `count` of the points, chosen by the day in UTC, or by PGHI_SEED: a number, or `all` for each of them. The sandbox
 * always shows all.
 */
export function sampled<Point>(points: readonly Point[], count: number): readonly Point[] {
  if (onSandbox || seed === 'all') return points;
  const first = (Number(seed) * count) % points.length;
  return points.filter((_, index) => (index - first + points.length) % points.length < count);
}
