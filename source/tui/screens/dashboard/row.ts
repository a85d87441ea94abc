// A row of the dashboard, and which rows remain when not all have room. Pure.
import type {Sign} from '../../../core/signs.ts';
import type {Moment} from './moments.ts';

/** Rows of the highest rank are dropped first. Dangers and addresses are never dropped. */
export const ranks = {
  stays: 0,
  proof: 1,
  pods: 2,
  sickPod: 3,
  volumes: 4,
  release: 5,
  user: 6,
  inside: 7,
  pod: 8,
  blank: 9,
} as const;

export interface StatusRow {
  readonly rank: (typeof ranks)[keyof typeof ranks];
  readonly label?: string;
  readonly sign?: Sign;
  readonly text: string;
  readonly dim?: boolean;
}

export interface Seen {
  /** ms since the epoch. */
  readonly now: number;
  /** The first proof takes a moment: until it has come, nothing counts as wrong. */
  readonly isAsking: boolean;
  /** For a screen reader, numbers that change every second are left out. */
  readonly isReadAloud: boolean;
  readonly revealed: string | null;
  /** In order, the newest last. */
  readonly moments: readonly Moment[];
  readonly isUnicode: boolean;
  /** Columns of the terminal's layout, and rows that there is room for. */
  readonly width: number;
  readonly rows: number;
}

/** Drops rows until all fit: those of the highest rank first, and of those the last one. */
export function fitted(all: readonly StatusRow[], room: number): StatusRow[] {
  const rows = [...all];
  while (rows.length > room) {
    const highest = Math.max(...rows.map(({rank}) => rank));
    if (highest === ranks.stays) break;
    rows.splice(
      rows.findLastIndex(({rank}) => rank === highest),
      1,
    );
  }
  return rows;
}
