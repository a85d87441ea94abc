// Measures for how long writes were out while the writer restarted: asks its server again and again since when it runs.
import {setTimeout as pause} from 'node:timers/promises';
import type {DatabasePort} from './ports/database.ts';
import type {Scope} from './ports/index.ts';
import type {WritesOut} from '../plan/progress.ts';

/** Between two questions, each of which is a process in the pod. */
const everyMs = 80;
/** A writer that is away for longer is no longer asked: then only the state of the cluster tells. */
const maxMs = 120_000;
/** When the run ends, the last question may still be on its way. */
const lastAnswerMs = 1000;

type WatchPorts = Pick<DatabasePort, 'serverStart'> & Pick<Scope, 'now'>;

/** The restarts of one run. */
export class WriterWatch {
  private readonly stop = new AbortController();
  private watching: Promise<void> = Promise.resolve();
  private longest: {readonly from: number; readonly to: number} | null = null;

  /** Called right before the server of that pod is ended. Returns at once where it does not say since when it runs. */
  async begin(ports: WatchPorts, pod: string): Promise<void> {
    const askedAt = ports.now();
    const before = await ports.serverStart(pod);
    if (before === null || this.stop.signal.aborted) return;
    await this.watching;
    this.watching = this.watch(ports, pod, {before, askedAt});
  }

  /** Called at the end of the run. Null: no writer restarted, or nobody could see for how long. */
  async end(began: number): Promise<WritesOut | null> {
    const timer = setTimeout(() => this.stop.abort(), lastAnswerMs);
    await this.watching;
    clearTimeout(timer);
    this.stop.abort();
    const {longest} = this;
    return longest && {afterMs: Math.round(longest.from - began), forMs: Math.round(longest.to - longest.from)};
  }

  private async watch(
    ports: WatchPorts,
    pod: string,
    {before, askedAt}: {readonly before: string; readonly askedAt: number},
  ): Promise<void> {
    const {signal} = this.stop;
    const deadline = ports.now() + maxMs;
    // When the last question was sent that the earlier server answered: it was still there then.
    let from = askedAt;
    while (!signal.aborted && ports.now() < deadline) {
      const sentAt = ports.now();
      const start = await Promise.race([ports.serverStart(pod), aborted(signal)]);
      if (start === before) from = sentAt;
      else if (start !== null) {
        const to = ports.now();
        if (!this.longest || to - from > this.longest.to - this.longest.from) this.longest = {from, to};
        return;
      }
      await pause(everyMs, undefined, {signal}).catch(() => undefined);
    }
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), {once: true});
  });
}
