// One short session with a PostgreSQL server from this machine, within a deadline, always closed.
import {Socket} from 'node:net';
import {checkServerIdentity, type ConnectionOptions} from 'node:tls';
import type {Client} from 'pg';
import type {Destination} from '../observation/text/connection-strings.ts';
import {codeOf, textOf} from './failure.ts';
import {ourApplication} from './our-application.ts';
import {clock} from '../core/time.ts';

export interface SessionOptions extends Destination {
  readonly password: string;
  /** For all of it: both tries, the queries and the answers. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Absent or null: as libpq's sslmode=prefer: TLS, not verified, and then without. */
  readonly encryption?: TlsSettings | null | undefined;
}

/** The connection must use TLS. */
export interface TlsSettings {
  /** PEM of the authorities that may vouch for the server; null: it is not verified. */
  readonly authority: string | null;
  /** Whether the certificate has to be for the host's name. */
  readonly verifiesName: boolean;
}

/**
 * Runs `use` in a session.
 * Throws what the driver throws, ETIMEDOUT when time is up, and the signal's reason when aborted.
 */
export async function withSession<T>(options: SessionOptions, use: (client: Client) => Promise<T>): Promise<T> {
  const deadline = clock.now() + options.timeoutMs;
  try {
    return await attempt(options, true, deadline, use);
  } catch (error) {
    if (options.encryption || !plainMayDo(error) || options.signal?.aborted) throw error;
    return attempt(options, false, deadline, use);
  }
}

/** No SSL on the server, a handshake that fails, or a rule of pg_hba.conf for plain connections only. */
function plainMayDo(error: unknown): boolean {
  return /SSL|TLS|secure/.test(textOf(error)) || /^ERR_(SSL|TLS)/.test(codeOf(error)) || codeOf(error) === '28000';
}

async function attempt<T>(
  options: SessionOptions,
  tls: boolean,
  deadline: number,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const {host, port, username, database, password, timeoutMs, signal} = options;
  const {Client: PgClient} = await import('pg');
  const socket = new Socket();
  const client = new PgClient({
    host,
    port,
    user: username,
    database,
    // A function: an empty text would make the driver look into PGPASSWORD and ~/.pgpass.
    password: () => password,
    ssl: tls ? tlsOptions(options) : false,
    stream: () => socket,
    application_name: ourApplication,
  });
  // Nobody waits for an error after the answer; without a listener it would end the process.
  client.on('error', () => undefined);
  let stop: (reason: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => (stop = reject));
  const onAbort = () => stop(signal?.reason ?? new Error('Cancelled.'));
  const late = () => stop(Object.assign(new Error(`no answer in ${timeoutMs} ms`), {code: 'ETIMEDOUT'}));
  const timer = setTimeout(late, Math.max(0, deadline - clock.now()));
  signal?.addEventListener('abort', onAbort, {once: true});
  if (signal?.aborted) onAbort();
  const work = client.connect().then(() => use(client));
  try {
    const result = await Promise.race([work, stopped]);
    disconnect(client, socket);
    return result;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    // Whichever lost the race may still fail, and nobody listens any more.
    work.catch(() => undefined);
    stopped.catch(() => undefined);
  }
}

function tlsOptions({encryption, host}: SessionOptions): ConnectionOptions {
  const authority = encryption?.authority ?? null;
  if (authority === null) return {rejectUnauthorized: false};
  const verifiesName = encryption?.verifiesName === true;
  // TLS has no server name for an IP address, so the name to verify is given here.
  return {
    ca: authority,
    checkServerIdentity: (_, certificate) => (verifiesName ? checkServerIdentity(host, certificate) : undefined),
  };
}

/** Says goodbye, so that the server's log has no complaint, and does not wait for the answer. */
function disconnect(client: Client, socket: Socket): void {
  const closing = setTimeout(() => socket.destroy(), 1000);
  closing.unref();
  client.end().then(
    () => clearTimeout(closing),
    () => socket.destroy(),
  );
}
