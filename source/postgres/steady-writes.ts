// A client that writes one row after the other and reconnects, as an application does, to measure how long writes were
// out.
import {setTimeout as pause} from 'node:timers/promises';
import {clock} from '../core/time.ts';
import type {SessionOptions} from './session.ts';
import {withSession} from './session.ts';

export interface SteadyWrites {
  /** Since the last call: acknowledged rows, and the longest time between two of them, in milliseconds. */
  taken(): {readonly rows: number; readonly longestGapMs: number};
  /** Milliseconds since the last acknowledged row. */
  readonly silentMs: () => number;
  /** Since it began. */
  readonly rows: () => number;
  /** Ends it when the row under way is acknowledged or lost. The rows stay. */
  stop(): Promise<void>;
}

export type WriteTo = Omit<SessionOptions, 'timeoutMs' | 'signal'>;

const everyMs = 20;
const answerWithinMs = 1000;
const reconnectMs = 50;
/** A session is kept for as long as it answers. */
const sessionMs = 3_600_000;

/** Makes the table `pg_helm_install_demo` and writes into it until it is stopped. Never throws. */
export function startSteadyWrites(to: WriteTo): SteadyWrites {
  const stop = new AbortController();
  let [rows, before, longestGapMs, lastAt] = [0, 0, 0, clock.now()];
  const written = () => {
    const now = clock.now();
    longestGapMs = Math.max(longestGapMs, now - lastAt);
    lastAt = now;
    rows += 1;
  };
  const session = () =>
    withSession({...to, timeoutMs: sessionMs, signal: stop.signal}, async (client) => {
      await client.query('create table if not exists pg_helm_install_demo (at timestamptz not null)');
      while (!stop.signal.aborted) {
        const late = AbortSignal.timeout(answerWithinMs);
        await Promise.race([
          client.query('insert into pg_helm_install_demo values (clock_timestamp())'),
          new Promise((_, reject) =>
            late.addEventListener('abort', () => reject(new Error('no answer')), {once: true}),
          ),
        ]);
        written();
        await pause(everyMs);
      }
    });
  const working = (async () => {
    while (!stop.signal.aborted) {
      // A session that is refused, ended or silent is what is being measured.
      await session().catch(() => undefined);
      await pause(reconnectMs);
    }
  })();
  return {
    taken() {
      const taken = {rows: rows - before, longestGapMs: Math.max(longestGapMs, clock.now() - lastAt)};
      [before, longestGapMs] = [rows, 0];
      return taken;
    },
    silentMs: () => clock.now() - lastAt,
    rows: () => rows,
    async stop() {
      stop.abort();
      await working;
    },
  };
}
