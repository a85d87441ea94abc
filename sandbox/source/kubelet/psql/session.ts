// A session of psql with a server: connects with libpq's words, sends, and prints what comes.
import type {EventEmitter} from 'node:events';
import type {ConnectionOptions} from 'node:tls';
import {Client, type DatabaseError} from 'pg';
import type {Address} from '../../parts.ts';
import type {Target} from './conninfo.ts';

export interface Answer {
  /** The server's command tag: `INSERT 0 2` */
  readonly tag: string;
  readonly fields: readonly {readonly name: string; readonly dataTypeID: number}[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export class ConnectionFailed extends Error {}

/** Where a host and port are reached from the pod; `''` is the pod's own socket. Null: there is no such name. */
export type Reach = (host: string, port: number) => Promise<Address | null>;

interface ConnectOptions {
  readonly reach: Reach;
  /** @throws Error */
  readonly readFile: (path: string) => Promise<string>;
  readonly onNotice: (text: string) => void;
}

const asText = {getTypeParser: () => (value: string) => value};

/** @throws ConnectionFailed with libpq's words */
export async function connectTo(
  target: Target,
  password: string | null,
  {reach, readFile, onNotice}: ConnectOptions,
): Promise<Client> {
  const {host, port, user, database, sslmode, timeoutMs, applicationName, options} = target;
  const there = await reach(host, port);
  if (!there)
    throw new ConnectionFailed(`could not translate host name "${host}" to address: Name or service not known`);
  const shown =
    there.host.startsWith('/') || host === ''
      ? `connection to server on socket "${there.host}/.s.PGSQL.${port}"`
      : `connection to server at "${host}"${host === there.host ? '' : ` (${there.host})`}, port ${port}`;
  const open = async (ssl: false | ConnectionOptions): Promise<Client> => {
    const client = new Client({
      host: there.host,
      port: there.port,
      user,
      database,
      ssl,
      application_name: applicationName,
      types: asText,
      password: () => {
        if (password === null) throw new ConnectionFailed('fe_sendauth: no password supplied');
        return password;
      },
      ...(timeoutMs > 0 ? {connectionTimeoutMillis: timeoutMs} : {}),
      ...(options === null ? {} : {options}),
    });
    client.on('error', () => undefined);
    client.on('notice', ({severity, message}) => onNotice(`${severity ?? 'NOTICE'}:  ${message ?? ''}`));
    await client.connect();
    return client;
  };
  try {
    const encrypted = await encryptionOf(target, readFile);
    if (sslmode === 'disable' || host === '') return await open(false);
    try {
      return await open(encrypted);
    } catch (error) {
      const unencrypted = /does not support SSL/.test((error as Error).message);
      if (!unencrypted || !['prefer', 'allow'].includes(sslmode))
        throw unencrypted ? new ConnectionFailed('server does not support SSL, but SSL was required') : error;
      return await open(false);
    }
  } catch (error) {
    throw new ConnectionFailed(`${shown} failed: ${wordsOf(error as NodeJS.ErrnoException & Partial<DatabaseError>)}`);
  }
}

async function encryptionOf(
  {sslmode, sslrootcert, certificateName}: Target,
  readFile: ConnectOptions['readFile'],
): Promise<ConnectionOptions> {
  if (sslmode !== 'verify-ca' && sslmode !== 'verify-full') return {rejectUnauthorized: false};
  const ca = sslrootcert === null ? null : await readFile(sslrootcert).catch(() => null);
  if (ca === null)
    throw new ConnectionFailed(
      `root certificate file "${sslrootcert ?? '/.postgresql/root.crt'}" does not exist\nEither provide the ` +
        `file, use the system's trusted roots with sslrootcert=system, or change sslmode to disable server ` +
        'certificate verification.',
    );
  return {ca, ...(sslmode === 'verify-ca' ? {checkServerIdentity: () => undefined} : {servername: certificateName})};
}

/** Sends a text that may hold several statements, and passes each answer on as it comes. @throws DatabaseError */
export async function ask(client: Client, sql: string, onAnswer: (answer: Answer) => void): Promise<void> {
  // pg keeps only the first word of a tag.
  const tags: string[] = [];
  const {connection} = client as unknown as {connection: EventEmitter};
  const onTag = ({text}: {text: string}) => void tags.push(text);
  connection.on('commandComplete', onTag);
  const tell = (result: unknown) =>
    (Array.isArray(result) ? result : [result]).forEach((one: Omit<Answer, 'tag'>, at) =>
      onAnswer({tag: tags[at] ?? '', fields: one.fields, rows: one.rows}),
    );
  try {
    tell(await client.query({text: sql, rowMode: 'array'}));
  } finally {
    connection.off('commandComplete', onTag);
  }
}

/** An error of the server as psql prints it, with the place in the statement. */
export function errorText(error: unknown, sql: string): string {
  const {severity = 'ERROR', message, detail, hint, position, where} = error as Partial<DatabaseError> & Error;
  const place = position === undefined ? [] : placeIn(sql, Number(position));
  return [
    `${severity}:  ${message}`,
    ...place,
    ...(detail ? [`DETAIL:  ${detail}`] : []),
    ...(hint ? [`HINT:  ${hint}`] : []),
    ...(where ? [`CONTEXT:  ${where}`] : []),
  ].join('\n');
}

function placeIn(sql: string, position: number): string[] {
  const before = sql.slice(0, position - 1).split('\n');
  const line = sql.split('\n')[before.length - 1] ?? '';
  const head = `LINE ${before.length}: `;
  return [`${head}${line}`, `${' '.repeat(head.length + (before.at(-1)?.length ?? 0))}^`];
}

function wordsOf(error: NodeJS.ErrnoException & Partial<DatabaseError>): string {
  if (error.severity) return `${error.severity}:  ${error.message}`;
  if (error instanceof ConnectionFailed) return error.message;
  if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const {host} = error as {host?: string};
    return `server certificate does not match host name "${host ?? ''}"`;
  }
  if (error.code === 'ECONNREFUSED')
    return 'Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?';
  if (error.code === 'ENOENT')
    return 'No such file or directory\n\tIs the server running locally and accepting connections on that socket?';
  if (/timeout/i.test(error.message)) return 'timeout expired';
  if (/terminated unexpectedly/.test(error.message))
    return (
      'server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore ' +
      'or while processing the request.'
    );
  return error.message;
}
