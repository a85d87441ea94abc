// One statement as the superuser, by psql in the writer's container. The password goes in by standard input.
import {conninfoValue} from './connection-strings.ts';
import {findPsql, type Exec} from './prove-in-cluster.ts';

export interface Administration {
  readonly exec: Exec;
  readonly pod: string;
  readonly container: string;
  /** Absent: `postgres`. */
  readonly database?: string;
  /** Null: it is not known. */
  readonly password: () => Promise<string | null>;
}

const conninfo = (dbname: string) =>
  Object.entries({
    host: '127.0.0.1',
    user: 'postgres',
    dbname,
    connect_timeout: '3',
    application_name: 'pg-helm-install',
  })
    .map(([key, value]) => `${key}=${conninfoValue(value)}`)
    .join(' ');

/**
 * @returns false when nothing was asked, for want of a password that psql can read. Throws when the command could not
 * be run in time.
 */
export async function administer(asked: Administration, sql: string, timeoutMs: number): Promise<boolean> {
  return (await query(asked, sql, timeoutMs)) !== null;
}

/**
 * @returns what psql printed, a row a line; null when nothing was asked, for want of a password that psql can read.
 * Throws when the command could not be run in time.
 */
export async function query(
  {exec, pod, container, database = 'postgres', password}: Administration,
  sql: string,
  timeoutMs: number,
): Promise<string | null> {
  const secret = await password();
  if (secret === null || /[\0\n\r]/.test(secret)) return null;
  const {stdout} = await exec(
    pod,
    container,
    ['sh', '-c', findPsql, 'psql', '-W', '-X', '-q', '-A', '-t', '-d', conninfo(database), '-c', sql],
    `${secret}\n`,
    timeoutMs,
  );
  return stdout;
}
