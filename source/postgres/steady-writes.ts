// A client that writes one row after the other and reconnects, as an application does, to measure how long writes were
// out.
import {setTimeout as pause} from 'node:timers/promises';
import type {Client} from 'pg';
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
  /** Looks for each row that was acknowledged until now. Null: the server does not say what it has. */
  count(): Promise<RowCount | null>;
  /** Ends it when the row under way is acknowledged or lost. The rows stay. */
  stop(): Promise<void>;
}

export interface RowCount {
  readonly acknowledged: number;
  /** Acknowledged, and not there. */
  readonly missing: number;
  /** There, although the answer that says so never came. */
  readonly unanswered: number;
}

type WriteTo = Omit<SessionOptions, 'timeoutMs' | 'signal'>;

const demoTable = 'pg_helm_install_demo';
const everyMs = 20;
const answerWithinMs = 1000;
const reconnectMs = 50;
const countWithinMs = 10_000;
/** A session is kept for as long as it answers. */
const sessionMs = 3_600_000;

/** Makes the table `pg_helm_install_demo` and writes into it until it is stopped. Never throws. */
export function startSteadyWrites(to: WriteTo): SteadyWrites {
  const stop = new AbortController();
  let [tried, before, longestGapMs, lastAt] = [0, 0, 0, clock.now()];
  /** The numbers of the rows; none is used twice. */
  const acknowledged = new Set<number>();
  const written = (row: number) => {
    const now = clock.now();
    longestGapMs = Math.max(longestGapMs, now - lastAt);
    lastAt = now;
    acknowledged.add(row);
  };
  const session = () =>
    withSession({...to, timeoutMs: sessionMs, signal: stop.signal}, async (client) => {
      await client.query(`create table if not exists ${demoTable} (n bigint primary key, at timestamptz not null)`);
      while (!stop.signal.aborted) {
        const late = AbortSignal.timeout(answerWithinMs);
        const row = ++tried;
        await Promise.race([
          client.query(`insert into ${demoTable} values ($1, clock_timestamp())`, [row]),
          new Promise((_, reject) =>
            late.addEventListener('abort', () => reject(new Error('no answer')), {once: true}),
          ),
        ]);
        written(row);
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
      const rows = acknowledged.size - before;
      const taken = {rows, longestGapMs: Math.max(longestGapMs, clock.now() - lastAt)};
      [before, longestGapMs] = [acknowledged.size, 0];
      return taken;
    },
    silentMs: () => clock.now() - lastAt,
    rows: () => acknowledged.size,
    async count() {
      const until = [...acknowledged];
      const there = await withSession({...to, timeoutMs: countWithinMs}, rowsThere).catch(() => null);
      if (there === null) return null;
      const last = until.at(-1) ?? 0;
      return {
        acknowledged: until.length,
        missing: until.filter((row) => !there.has(row)).length,
        unanswered: [...there].filter((row) => row < last && !acknowledged.has(row)).length,
      };
    },
    async stop() {
      stop.abort();
      await working;
    },
  };
}

async function rowsThere(client: Client): Promise<ReadonlySet<number>> {
  const {rows} = await client.query<{n: number}>(`select n::int from ${demoTable}`);
  return new Set(rows.map(({n}) => n));
}
