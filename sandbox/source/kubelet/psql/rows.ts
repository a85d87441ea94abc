// The rows of a COPY, as they stand in a script behind it.

export function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** Up to a line that is `\.` alone, or its end. */
export class Rows {
  ended = false;
  /** How many lines they were. */
  lines = 0;
  #isOver = false;

  constructor(
    /** What follows them. */
    public left: string,
    private readonly more: () => Promise<string | null>,
  ) {}

  async *all(): AsyncGenerator<Buffer> {
    while (!this.#isOver) {
      const text = await this.#next();
      if (text !== '') yield Buffer.from(text);
    }
  }

  /** A server that refused the statement asks for none: they are no statements all the same. */
  async toEnd(): Promise<void> {
    while (!this.#isOver) await this.#next();
  }

  async #next(): Promise<string> {
    const end = /^\\\.\r?(?:\n|$)/m.exec(this.left);
    // The last line may go on in the next piece.
    const isWhole = end !== null && (this.ended || end[0].endsWith('\n'));
    if (isWhole || this.ended) {
      const rows = this.left.slice(0, end?.index);
      this.left = end ? this.left.slice(end.index + end[0].length) : '';
      this.lines += linesIn(rows) + (end ? 1 : 0);
      this.#isOver = true;
      return rows;
    }
    const cut = this.left.lastIndexOf('\n') + 1;
    const rows = this.left.slice(0, cut);
    this.left = this.left.slice(cut);
    this.lines += linesIn(rows);
    const next = await this.more();
    this.ended = next === null;
    this.left += next ?? '';
    return rows;
  }
}
