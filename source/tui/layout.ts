// How a terminal's size becomes columns and rows to draw in. Pure.

export interface Layout {
  /** Columns that a line may take: 80 at most, or 120 when there are two columns. */
  readonly width: number;
  readonly isWide: boolean;
  /** Columns of the main part, and of the one beside it (0 when there is none); between them are `gap` columns. */
  readonly left: number;
  readonly right: number;
  /** Rows of a whole frame: one less than the terminal has, because Ink wipes the history when a frame fills it. */
  readonly rows: number;
  /** Rows between the header and the footer. */
  readonly body: number;
  /** The terminal is smaller than 40×10: only that can be drawn. */
  readonly isTooSmall: boolean;
}

export const smallest = {columns: 40, rows: 10} as const;
export const gap = 3;
/** The rows of the header and its rule, and of the footer and its rule. */
const frameRows = 4;

/** Whether the columns are so few that texts are shortened. */
export function isNarrow(width: number): boolean {
  return width < 60;
}

/** Some pseudo-terminals report 0×0, and a pipe reports nothing: both count as 80×24. */
export function layoutOf(columns: number | undefined, rows: number | undefined): Layout {
  const isKnown = (size: number | undefined) => size !== undefined && Number.isFinite(size) && size > 0;
  const seen = {columns: isKnown(columns) ? Number(columns) : 80, rows: isKnown(rows) ? Number(rows) : 24};
  const height = Math.max(smallest.rows, seen.rows) - 1;
  const isWide = seen.columns >= 100;
  const width = Math.max(smallest.columns, Math.min(seen.columns, isWide ? 120 : 80));
  const left = isWide ? Math.ceil((width - gap) * 0.6) : width;
  return {
    width,
    isWide,
    left,
    right: isWide ? width - gap - left : 0,
    rows: height,
    body: height - frameRows,
    isTooSmall: seen.columns < smallest.columns || seen.rows < smallest.rows,
  };
}

/** Which of `count` items show in `rows` rows: the chosen one is kept in the middle, and no row is left empty. */
export function windowOf(count: number, chosen: number, rows: number): {readonly start: number; readonly end: number} {
  const size = Math.min(count, Math.max(1, rows));
  const start = Math.max(0, Math.min(chosen - Math.floor(size / 2), count - size));
  return {start, end: start + size};
}
