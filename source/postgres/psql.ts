// psql in a pod of the database. The password goes in by standard input, where psql reads it as the first line.
import {ourApplication} from './our-application.ts';
import {conninfoValue} from '../observation/text/connection-strings.ts';

export interface ExecResult {
  /** Null: the cluster did not say, or the command was cut off. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a container, without a terminal, with `stdin` as its standard input. May throw. */
export type Exec = (
  pod: string,
  container: string,
  command: readonly string[],
  stdin: string,
  timeoutMs: number,
) => Promise<ExecResult>;

/** The container that runs psql. */
export interface PsqlPlace {
  readonly exec: Exec;
  readonly pod: string;
  readonly container: string;
}

export interface Psql {
  /** Absent: over loopback. */
  readonly host?: string;
  /** Absent: `postgres`. */
  readonly username?: string;
  /** Absent: `postgres`. */
  readonly database?: string;
  readonly password: string;
  readonly connectTimeoutSeconds: number;
  /** Settings of the session, as libpq's `options` has them. */
  readonly options?: string;
  /** Flags besides those that every call has. */
  readonly flags?: readonly string[];
  /** What psql is to read after the password. */
  readonly script?: string;
  readonly timeoutMs: number;
}

/**
 * The programs of the image, wherever they are: on the PATH in the official shape, below /opt/bitnami in Bitnami's.
 * LC_ALL=C keeps libpq's words and the decimal point as they are read here.
 */
export const findPrograms = [
  'for d in /opt/bitnami/postgresql/bin /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do PATH=$PATH:$d; done',
  'export PATH LC_ALL=C',
].join('; ');

export const findPsql = `${findPrograms}; exec psql "$@"`;

/** psql reads the password as one line; a second line would be read as something else. */
export function isOneLine(password: string): boolean {
  return !/[\0\n\r]/.test(password);
}

/** What psql writes to stderr, without its prompts for a password. */
export function withoutPrompts(stderr: string): string {
  return stderr.replace(/Password[^:\n]*: ?/g, '');
}

/** libpq's keyword/value string. PostgreSQL manual, 32.1.1.1. */
export function conninfo(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${conninfoValue(value)}`)
    .join(' ');
}

/** Rows one a line, columns unaligned. `password` has to be one line. Throws what exec throws. */
export async function psql({exec, pod, container}: PsqlPlace, ask: Psql): Promise<ExecResult> {
  const {host = '127.0.0.1', username = 'postgres', database = 'postgres', options, flags = []} = ask;
  const session = conninfo({
    host,
    user: username,
    dbname: database,
    connect_timeout: String(ask.connectTimeoutSeconds),
    application_name: ourApplication,
    ...(options === undefined ? {} : {options}),
  });
  const command = ['sh', '-c', findPsql, 'psql', '-W', '-X', '-q', '-A', '-t', '-d', session, ...flags];
  const found = await exec(pod, container, command, `${ask.password}\n${ask.script ?? ''}`, ask.timeoutMs);
  return {...found, stderr: withoutPrompts(found.stderr)};
}
