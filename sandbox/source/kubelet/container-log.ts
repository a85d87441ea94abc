// What one run of a container wrote: lines with their time, in a file, so that they are still there when the sandbox
// starts again.
import {EventEmitter} from 'node:events';
import {closeSync, createReadStream, existsSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';
import {createInterface} from 'node:readline';
import type {LogLine} from '../pod-runtime.ts';

/** Kubelet's containerLogMaxSize. What comes after is not kept, and the last line says so. */
const largestBytes = 10 * 1024 * 1024;

export class ContainerLog {
  readonly #descriptor: number;
  readonly #news = new EventEmitter().setMaxListeners(0);
  #bytes = 0;
  #rest = '';
  #ended = false;

  constructor(readonly file: string) {
    mkdirSync(dirname(file), {recursive: true, mode: 0o700});
    this.#descriptor = openSync(file, 'a', 0o600);
  }

  /** Takes what the process wrote, in pieces of any size. */
  write(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    if (lines.length > 0) this.#append(lines);
  }

  line(text: string): void {
    this.#append(text.split('\n'));
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#ended) return;
    if (this.#rest !== '') this.#append([this.#rest]);
    this.#ended = true;
    closeSync(this.#descriptor);
    this.#news.emit('end');
  }

  /** With `follow`, reads until the log ends or the signal aborts. */
  async *read(follow: boolean, signal: AbortSignal): AsyncIterable<LogLine> {
    const waiting: LogLine[] = [];
    let wake: () => void = () => undefined;
    const onLine = (line: LogLine) => {
      waiting.push(line);
      wake();
    };
    const onEnd = () => wake();
    const running = follow && !this.#ended;
    const until = this.#bytes;
    if (running) this.#news.on('line', onLine).on('end', onEnd);
    signal.addEventListener('abort', onEnd);
    try {
      yield* readLog(this.file, until);
      while (running && !signal.aborted) {
        const next = waiting.shift();
        if (next) yield next;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#news.off('line', onLine).off('end', onEnd);
      signal.removeEventListener('abort', onEnd);
    }
  }

  #append(lines: readonly string[]): void {
    if (this.#ended || this.#bytes > largestBytes) return;
    const time = new Date();
    const full = this.#bytes + lines.reduce((sum, line) => sum + line.length, 0) > largestBytes;
    for (const line of full ? ['The log is full: what comes after this line is not kept.'] : lines) {
      try {
        this.#bytes += writeSync(this.#descriptor, `${time.toISOString()} ${line}\n`);
      } catch {
        // This machine's disk is full: those who follow see the line all the same.
      }
      this.#news.emit('line', {time, line});
    }
    if (full) this.#bytes = largestBytes + 1;
  }
}

/** The lines of a run that is over, or those up to that byte. None where there is no such file. */
export async function* readLog(file: string, bytes = Infinity): AsyncIterable<LogLine> {
  if (bytes === 0 || !existsSync(file)) return;
  const input = createReadStream(file, {encoding: 'utf8', ...(bytes === Infinity ? {} : {end: bytes - 1})});
  for await (const text of createInterface({input, crlfDelay: Infinity})) {
    const at = text.indexOf(' ');
    yield {time: new Date(text.slice(0, at)), line: text.slice(at + 1)};
  }
}
