// How a number of the dashboard went, behind it: small bars where there is room and somebody sees them.
import {isNarrow} from '../../layout.ts';
import {quietSparkline} from './moments.ts';
import type {Seen} from './row.ts';

/** Nothing that changes by itself is read aloud. */
export function showsTrends({isReadAloud, width}: Seen): boolean {
  return !isReadAloud && !isNarrow(width);
}

/** With a blank before it; empty where nothing moves. `fromLeast` as of `quietSparkline`. */
export function trendOf(seen: Seen, values: readonly (number | null)[], fromLeast = false): string {
  if (!showsTrends(seen)) return '';
  return ` ${quietSparkline(values, seen.width < 100 ? 16 : 40, seen.isUnicode, fromLeast)}`.trimEnd();
}
