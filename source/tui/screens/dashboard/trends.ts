// Small bars behind a number of the dashboard show how it developed, where there is room and the screen is not read
// aloud.
import {isNarrow} from '../../layout.ts';
import {quietSparkline} from './moments.ts';
import type {Seen} from './row.ts';

/** False for a screen reader, because nothing that changes by itself is read aloud. */
export function showsTrends({isReadAloud, width}: Seen): boolean {
  return !isReadAloud && !isNarrow(width);
}

/** The bars with a blank before them; empty where nothing changes. `fromLeast` is as in `quietSparkline`. */
export function trendOf(seen: Seen, values: readonly (number | null)[], fromLeast = false): string {
  if (!showsTrends(seen)) return '';
  return ` ${quietSparkline(values, seen.width < 100 ? 16 : 40, seen.isUnicode, fromLeast)}`.trimEnd();
}
