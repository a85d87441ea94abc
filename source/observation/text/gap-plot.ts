// Draws when nothing could be written during an operation, as a line of cells. Pure.

export interface Gap {
  /** When the gap began, in milliseconds from the beginning of the operation. */
  readonly afterMs: number;
  readonly forMs: number;
}

const unicodeCells = {taken: '▆', out: '▁'} as const;
/** Where the terminal shows no more than ASCII. */
const asciiCells = {taken: '#', out: '_'} as const;

/** `width` cells that stand for the whole duration; the gap has at least one of them. */
export function gapPlot({afterMs, forMs}: Gap, durationMs: number, width: number, isUnicode: boolean): string {
  const {taken, out} = isUnicode ? unicodeCells : asciiCells;
  const cellMs = Math.max(durationMs, afterMs + forMs, 1) / width;
  const before = Math.min(width - 1, Math.max(0, Math.round(afterMs / cellMs)));
  const gap = Math.min(width - before, Math.max(1, Math.round(forMs / cellMs)));
  return taken.repeat(before) + out.repeat(gap) + taken.repeat(width - before - gap);
}

/** Such as `0.3 s`. */
export function gapText({forMs}: Pick<Gap, 'forMs'>): string {
  return `${(forMs / 1000).toFixed(1)} s`;
}
