// Reads a tar archive as it comes, in pieces of any size: npm's packages, and PostgreSQL's base backups.

export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** Where a link points. */
  readonly target: string;
}

export interface TarSink {
  entry(entry: TarEntry): void;
  /** The next bytes of the file that was entered last. */
  data(bytes: Buffer): void;
}

const block = 512;

/** ustar, with pax and GNU names. */
export class Untar {
  #left = Buffer.alloc(0);
  /** Bytes of the current file that have not come, and the padding behind it. */
  #bytes = 0;
  #padding = 0;
  /** A name that is itself an entry: what it is for, and what came of it. */
  #longName: {readonly type: string; text: Buffer} | null = null;
  #nextName: string | null = null;

  constructor(readonly sink: TarSink) {}

  write(chunk: Buffer): void {
    let input = this.#left.length > 0 ? Buffer.concat([this.#left, chunk]) : chunk;
    for (;;) {
      if (this.#bytes > 0) {
        const part = input.subarray(0, this.#bytes);
        if (part.length === 0) break;
        this.#bytes -= part.length;
        input = input.subarray(part.length);
        if (this.#longName) this.#longName.text = Buffer.concat([this.#longName.text, part]);
        else this.sink.data(part);
        if (this.#bytes > 0) break;
      }
      if (this.#longName) this.#keepName();
      if (input.length < this.#padding + block) break;
      input = input.subarray(this.#padding);
      this.#padding = 0;
      this.#header(input.subarray(0, block));
      input = input.subarray(block);
    }
    this.#left = Buffer.from(input);
  }

  #keepName(): void {
    const {type, text} = this.#longName ?? {type: '', text: Buffer.alloc(0)};
    const words = text.toString('utf8').replace(/\0+$/, '');
    this.#nextName = type === 'L' ? words : (/^\d+ path=(.*)$/m.exec(words)?.[1] ?? this.#nextName);
    this.#longName = null;
  }

  #header(header: Buffer): void {
    // The end of the archive is empty blocks.
    if (header.every((byte) => byte === 0)) return;
    const text = (from: number, length: number) =>
      header
        .subarray(from, from + length)
        .toString('utf8')
        .replace(/\0.*$/s, '');
    const size = sizeIn(header.subarray(124, 136));
    const type = text(156, 1) || '0';
    this.#bytes = size;
    this.#padding = (block - (size % block)) % block;
    if (type === 'L' || type === 'x') {
      this.#longName = {type, text: Buffer.alloc(0)};
      return;
    }
    const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
    const path = this.#nextName ?? (prefix ? `${prefix}/${text(0, 100)}` : text(0, 100));
    this.#nextName = null;
    const kind = type === '5' ? 'folder' : type === '2' ? 'link' : 'file';
    this.sink.entry({path, kind, mode: parseInt(text(100, 8), 8) & 0o7777, size, target: text(157, 100)});
  }
}

/** Octal, or, from 8 GiB on, binary. */
function sizeIn(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) === 0) return parseInt(field.toString('latin1').replace(/\0.*$/s, ''), 8) || 0;
  return Number(field.readBigUInt64BE(4));
}
