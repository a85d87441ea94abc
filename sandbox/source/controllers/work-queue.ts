// Looks at what has changed, soon and only once, however often it changed. Where looking failed, it looks again, each
// time later.
import {StatusError} from '../store/objects.ts';

export interface Controller {
  close(): void;
}

const firstPauseMs = 100;
const longestPauseMs = 15_000;

export class WorkQueue {
  readonly #due = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  #planned = false;
  #closed = false;

  /** When `look` throws, the key is tried again; a Status of the API is expected, every other error is also printed. */
  constructor(private readonly look: (key: string) => void) {}

  add(key: string): void {
    if (this.#closed) return;
    this.#due.add(key);
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => this.#run());
  }

  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, ms);
    this.#timers.set(key, timer.unref());
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #run(): void {
    this.#planned = false;
    const due = [...this.#due];
    this.#due.clear();
    for (const key of due) {
      if (this.#closed) return;
      try {
        this.look(key);
        this.#failures.delete(key);
      } catch (error) {
        const failures = this.#failures.get(key) ?? 0;
        this.#failures.set(key, failures + 1);
        if (!(error instanceof StatusError))
          process.stderr.write(`${key}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        this.addAfter(key, Math.min(longestPauseMs, firstPauseMs * 2 ** failures));
      }
    }
  }
}
