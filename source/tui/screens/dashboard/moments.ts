// How lag, disk and writes of a release developed while its dashboard was shown. Pure.
import type {Status} from '../../../client/questions/status.ts';
import {sparkline} from '../../../observation/activity.ts';

/** What one answer of the writer said. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The lag of the reader that is farthest behind; null: none streams. */
  readonly lagBytes: number | null;
  /** How full the fullest volume is, from 0 to 1; null: not known. */
  readonly used: number | null;
  readonly walBytes: number | null;
}

/** An answer comes every ten seconds: ten minutes. */
const maxMoments = 60;

/** Adds a moment at the end. A status without a newer answer of the writer adds nothing. */
export function withMoment(before: readonly Moment[], status: Status): readonly Moment[] {
  const {endpoints, claims, walBytes} = status;
  const at = Date.parse(endpoints?.writer.provenAt ?? '');
  if (!endpoints || Number.isNaN(at) || at <= (before.at(-1)?.at ?? 0)) return before;
  const used = claims.flatMap(({usedBytes, capacityBytes}) =>
    usedBytes === null || !capacityBytes ? [] : [usedBytes / capacityBytes],
  );
  const {maxLagBytes: lagBytes} = endpoints.reader;
  return [...before, {at, lagBytes, walBytes, used: used.length > 0 ? Math.max(...used) : null}].slice(-maxMoments);
}

/** Bytes of WAL a second between each two neighbours; null where another server answered, or none. */
export function walRates(moments: readonly Moment[]): readonly (number | null)[] {
  return moments.slice(1).map(({at, walBytes}, index) => {
    const earlier = moments[index];
    if (!earlier || walBytes === null || earlier.walBytes === null || walBytes < earlier.walBytes) return null;
    return (1000 * (walBytes - earlier.walBytes)) / (at - earlier.at);
  });
}

/** Fewer values tell nothing. */
const fewest = 3;

/** Empty where nothing changes. `fromLeast`: the lowest bar stands for the smallest value instead of 0. */
export function quietSparkline(
  values: readonly (number | null)[],
  width: number,
  isUnicode: boolean,
  fromLeast = false,
): string {
  const shown = values.slice(-width);
  const known = shown.filter((value) => value !== null);
  const least = Math.min(...known);
  if (known.length < fewest || known.every((value) => value === least)) return '';
  const drawn = fromLeast ? shown.map((value) => value && value - least) : shown;
  return sparkline(drawn, width, isUnicode).trim();
}
