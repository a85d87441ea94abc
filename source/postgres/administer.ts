// Statements as the superuser, by psql in the writer's container. The password goes in by standard input.
import {isOneLine, psql, type ExecResult, type PsqlPlace} from './psql.ts';

export interface Administration extends PsqlPlace {
  /** Absent: `postgres`. */
  readonly database?: string;
  /** Null: it is not known. */
  readonly password: () => Promise<string | null>;
}

/**
 * @returns false when nothing was asked, because there is no password that psql can read. Throws when the command could
 * not be run in time.
 */
export async function administer(asked: Administration, sql: string, timeoutMs: number): Promise<boolean> {
  return (await query(asked, sql, timeoutMs)) !== null;
}

/**
 * Several statements run one after the other, each in a transaction of its own.
 * @returns what psql printed, a row a line; null when nothing was asked, because there is no password that psql can
 * read. Throws when the command could not be run in time.
 */
export async function query(
  asked: Administration,
  sql: string | readonly string[],
  timeoutMs: number,
): Promise<string | null> {
  return (await answerTo(asked, sql, timeoutMs))?.stdout ?? null;
}

/** As `query`, with all that psql left: an exit code other than 0 says that the server did not answer everything. */
export async function answerTo(
  {password, ...place}: Administration,
  sql: string | readonly string[],
  timeoutMs: number,
): Promise<ExecResult | null> {
  const secret = await password();
  if (secret === null || !isOneLine(secret)) return null;
  const {database = 'postgres'} = place;
  const flags = [sql].flat().flatMap((statement) => ['-c', statement]);
  const ask = {database, password: secret, connectTimeoutSeconds: 3, flags, timeoutMs};
  return psql(place, ask);
}
