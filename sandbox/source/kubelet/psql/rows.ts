// The rows of a COPY, as they follow it in a script.

export function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** The rows up to a line that is only `\.`, or up to the end of the script. */
export class Rows {
  ended = false;
  /** How many lines have been read. */
  lines = 0;
  #isOver = false;

  constructor(
    /** The text after the rows. */
    public left: string,
    private readonly more: () => Promise<string | null>,
  ) {}

  async *all(): AsyncGenerator<Buffer> {
    while (!this.#isOver) {
      const text = await this.#next();
      if (text !== '') yield Buffer.from(text);
    }
  }

  /** Reads over rows that the server did not ask for because it refused the statement: they are no statements. */
  async toEnd(): Promise<void> {
    while (!this.#isOver) await this.#next();
  }

  async #next(): Promise<string> {
    const end = /^\\\.\r?(?:\n|$)/m.exec(this.left);
    // The last line may go on in the next piece of the script.
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
