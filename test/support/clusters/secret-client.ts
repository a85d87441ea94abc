// A client that writes all the time, and connects again after every few rows with what the Secret says by then.
import {spawn, type ChildProcess} from 'node:child_process';
import pg from 'pg';
import {kubectl} from '../paths.ts';

interface SecretClient {
  /** Resolves once the client writes with what the Secret says now. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
  /** Connections that were refused for their password: each was tried again with what the Secret said next. */
  readonly refused: () => number;
  /** Writes that were not acknowledged within `timeoutMs` of the first try. */
  readonly failed: () => readonly string[];
  readonly written: () => number;
  /** How long the slowest write took, its connections included, in ms. */
  readonly longestMs: () => number;
}

interface SecretClientPlace {
  readonly host: string;
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly user: string;
  readonly database: string;
}

const rowsPerConnection = 5;
const timeoutMs = 2000;
const everyMs = 5;

/** Makes the table `by_secret`. */
export async function startSecretClient(place: SecretClientPlace): Promise<SecretClient> {
  const {host, user, database} = place;
  const secret = watchKey(place);
  const failed: string[] = [];
  let [refused, written, longestMs, stopped] = [0, 0, 0, false];
  let client: pg.Client | null = null;
  let usedPassword = '';

  const connected = async (): Promise<pg.Client> => {
    usedPassword = await secret.now();
    const fresh = new pg.Client({host, user, password: usedPassword, database, connectionTimeoutMillis: 1000});
    fresh.on('error', () => undefined);
    await fresh.connect();
    return fresh;
  };
  const write = async (row: number): Promise<void> => {
    const began = performance.now();
    for (let last = ''; ; await pause(everyMs)) {
      try {
        client ??= await connected();
        await client.query('insert into by_secret values ($1)', [row]);
        written++;
        longestMs = Math.max(longestMs, performance.now() - began);
        return;
      } catch (error) {
        last = String(error);
        if ((error as {code?: string}).code === '28P01') refused++;
        await client?.end().catch(() => undefined);
        client = null;
      }
      if (performance.now() - began > timeoutMs) return void failed.push(last);
    }
  };

  client = await connected();
  await client.query('create table if not exists by_secret (n bigint primary key)');
  const writing = (async () => {
    for (let row = 1; !stopped; row++) {
      await write(row);
      if (row % rowsPerConnection !== 0) continue;
      await client?.end();
      client = null;
    }
  })();

  return {
    async caughtUp() {
      const end = performance.now() + 10_000;
      const from = written;
      const isThrough = async () => usedPassword === (await secret.now()) && written > from + rowsPerConnection;
      while (!(await isThrough())) {
        if (performance.now() > end) throw new Error('the client did not come to write with what the Secret says');
        await pause(everyMs);
      }
    },
    async stop() {
      stopped = true;
      await writing;
      await client?.end().catch(() => undefined);
      secret.stop();
    },
    refused: () => refused,
    failed: () => failed,
    written: () => written,
    longestMs: () => longestMs,
  };
}

/** What the key holds, as a watch of the Secret says. */
function watchKey({namespace, secret, key}: SecretClientPlace): {now(): Promise<string>; stop(): void} {
  let password: string | null = null;
  let stopped = false;
  let child: ChildProcess;
  const watch = () => {
    child = spawn(kubectl, ['-n', namespace, 'get', 'secret', secret, '-w', '-o', `jsonpath={.data.${key}}{"\\n"}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (line) password = Buffer.from(line, 'base64').toString();
    });
    child.on('close', () => !stopped && watch());
  };
  watch();
  return {
    async now() {
      while (password === null) await pause(everyMs);
      return password;
    },
    stop() {
      stopped = true;
      child.kill();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
