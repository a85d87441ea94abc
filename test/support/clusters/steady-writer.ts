// A client that writes one row every 20 ms and reconnects, as an application would: which rows were acknowledged, and
// how long none was.
import pg from 'pg';

interface Server {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password: string;
  readonly database?: string;
}

/** What an application saw while something was done. */
interface Stretch {
  /** From the last write that succeeded to the next one, in ms; the one that ends after the work counts too. */
  readonly longestGapMs: number;
  readonly writes: number;
  /** Connections refused or lost while nothing could be written count as well: one for each try. */
  readonly failedWrites: number;
}

export interface SteadyWriter {
  /**
   * Runs `work` while it writes, and waits for the first write that succeeds afterwards. Throws what `work` throws, and
   * when nothing can be written for `timeoutMs`.
   */
  during<T>(work: () => Promise<T>): Promise<Stretch & {readonly result: T}>;
  /** Every row that the server said it has: all of them must be there, whatever happened. */
  acknowledged(): readonly number[];
  /** Ends the client. The rows stay. */
  stop(): Promise<void>;
}

/**
 * The table that it writes into; a row's number is never used twice, so an insert whose answer was lost does no harm.
 */
export const steadyTable = 'steady_writer';
const everyMs = 20;
/** A pod that is gone does not refuse a connection, it says nothing. */
const connectTimeoutMs = 250;
const answerTimeoutMs = 1000;

/** Connects and makes the table. Throws when the server does not answer within `timeoutMs`. */
export async function startSteadyWriter(server: Server, {timeoutMs = 60_000} = {}): Promise<SteadyWriter> {
  const successes: number[] = [];
  const failures: number[] = [];
  const acknowledged: number[] = [];
  let client: pg.Client | null = null;
  let lastError: unknown = null;
  let next = 0;
  let stopped = false;

  async function connected(): Promise<pg.Client> {
    const fresh = newClient(server);
    await fresh.connect();
    return fresh;
  }

  async function writeOne(): Promise<void> {
    try {
      client ??= await connected();
      const row = ++next;
      await client.query(`insert into ${steadyTable} (n) values ($1)`, [row]);
      acknowledged.push(row);
      successes.push(performance.now());
    } catch (error) {
      lastError = error;
      failures.push(performance.now());
      drop(client);
      client = null;
    }
  }

  /** Waits for the first write at or after `since`, both by performance.now(). */
  async function writtenSince(since: number): Promise<void> {
    while (!((successes.at(-1) ?? -Infinity) >= since)) {
      if (performance.now() - since > timeoutMs)
        throw new Error(`nothing could be written for ${timeoutMs} ms; the last error: ${String(lastError)}`);
      await pause(everyMs);
    }
  }

  const begun = performance.now();
  while (client === null) {
    try {
      client = await connected();
      await client.query(
        `create table if not exists ${steadyTable} (n bigint primary key, written timestamptz not null default ` +
          'clock_timestamp())',
      );
      next = Number(
        (await client.query<{last: string}>(`select coalesce(max(n), 0) as last from ${steadyTable}`)).rows[0]?.last,
      );
    } catch (error) {
      drop(client);
      client = null;
      if (performance.now() - begun > timeoutMs) throw error;
      await pause(everyMs);
    }
  }
  const writing = (async () => {
    while (!stopped) {
      const started = performance.now();
      await writeOne();
      await pause(Math.max(0, everyMs - (performance.now() - started)));
    }
  })();

  return {
    async during(work) {
      await writtenSince(performance.now());
      const from = successes.length - 1;
      const failedBefore = failures.length;
      const result = await work();
      await writtenSince(performance.now());
      const times = successes.slice(from);
      const longestGapMs = times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0);
      return {longestGapMs, writes: times.length - 1, failedWrites: failures.length - failedBefore, result};
    },
    acknowledged: () => acknowledged,
    async stop() {
      stopped = true;
      await writing;
      await client?.end().catch(() => undefined);
    },
  };
}

export interface IdleSessions {
  /** Waits until as many as asked for are open. */
  allOpen(): Promise<void>;
  stop(): Promise<void>;
}

/** Sessions that do nothing, as a pool holds them; one that is lost is opened again. */
export function holdIdleSessions(server: Server, count: number, {timeoutMs = 60_000} = {}): IdleSessions {
  const open = new Set<pg.Client>();
  let stopped = false;
  const hold = async () => {
    while (!stopped) {
      // How soon these are back is not measured.
      const session = newClient(server, 10_000);
      try {
        await session.connect();
        const ended = new Promise((resolve) => session.once('end', resolve));
        open.add(session);
        if (stopped) drop(session);
        await ended;
      } catch {
        drop(session);
      }
      open.delete(session);
      if (!stopped) await pause(500);
    }
  };
  const held = Array.from({length: count}, hold);
  return {
    async allOpen() {
      const begun = performance.now();
      while (open.size < count) {
        if (performance.now() - begun > timeoutMs)
          throw new Error(`${open.size} of ${count} idle sessions could be opened in ${timeoutMs} ms`);
        await pause(everyMs);
      }
    },
    async stop() {
      stopped = true;
      for (const session of open) drop(session);
      await Promise.all(held);
    },
  };
}

/**
 * `rows`: what `select n from steady_writer` printed, one a line. Returns the acknowledged ones that are not among
 * them.
 */
export function missingRows(acknowledged: readonly number[], rows: string): number[] {
  const there = new Set(rows.split('\n').map((line) => line.trim()));
  return acknowledged.filter((row) => !there.has(String(row)));
}

function newClient(
  {host, port = 5432, user = 'postgres', password, database = 'postgres'}: Server,
  connectionTimeoutMillis = connectTimeoutMs,
): pg.Client {
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database,
    connectionTimeoutMillis,
    query_timeout: answerTimeoutMs,
    application_name: 'steady-writer',
  });
  // A session that is lost says so to its query; without a listener it would end the process.
  client.on('error', () => undefined);
  return client;
}

/** Closes the connection without a goodbye, which a broken one might not hear. */
function drop(client: pg.Client | null): void {
  if (client) (client as unknown as {connection: {stream: {destroy(): void}}}).connection.stream.destroy();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
