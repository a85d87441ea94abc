// Gives a running reader the password that it streams with, in the password file that its connection names. PostgreSQL
// reads that file at each connection, so that nothing has to be reloaded or restarted.
import {dirname} from 'node:path/posix';
import type {FollowAnswer} from '../operations/ports/database.ts';
import {oneLine} from './failure.ts';
import {conninfo, isOneLine, psql, type PsqlPlace} from './psql.ts';

interface Password {
  /** The password of `postgres` that the reader has by now. */
  readonly admin: string;
  readonly replication: string;
}

const timeoutMs = 10_000;
const settingSql =
  "select coalesce(sourcefile, '') || chr(10) || setting from pg_settings where name = 'primary_conninfo'";

/** Replaces the file in one step, because a connection may be made at the same time. */
export const writePasswordFile =
  'umask 077; IFS= read -r line && printf "%s\\n" "$line" > "$1.new" && mv "$1.new" "$1"';
/** Replaces the setting in the file; the rest of the file stays. */
const writeSetting = [
  'umask 077; IFS= read -r line',
  '{ grep -v "^[[:space:]]*primary_conninfo" "$1"; printf "%s\\n" "$line"; } > "$1.new" && mv "$1.new" "$1"',
].join('\n');

/** Throws when nothing can be run in the pod. */
export async function followPassword(reader: PsqlPlace, {admin, replication}: Password): Promise<FollowAnswer> {
  const asked = await ask(reader, admin, settingSql);
  if ('failure' in asked) return {is: 'unknown', text: asked.failure};
  const setting = settingIn(asked.answer);
  if (setting.connection.get('password') === replication) return {is: 'has it'};
  const why = unchangeable(setting, reader.pod);
  if (why !== null) return {is: 'needs a restart', text: why};
  const passfile = setting.connection.get('passfile') ?? `${dirname(setting.file)}/.pgpass`;
  const line = `*:*:*:${escaped(setting.connection.get('user') ?? '')}:${escaped(replication)}`;
  const unwritten = await write(reader, writePasswordFile, passfile, line);
  if (unwritten !== null) return {is: 'needs a restart', text: unwritten};
  return setting.connection.has('password') ? useFile(reader, admin, setting, passfile) : {is: 'has it'};
}

/**
 * Moves the password from the setting into a file: the server writes the setting to its log, which then shows no
 * password.
 */
async function useFile(
  reader: PsqlPlace,
  admin: string,
  {file, connection}: Setting,
  passfile: string,
): Promise<FollowAnswer> {
  const unwritten = await write(reader, writeSetting, file, settingOf(connection, passfile));
  if (unwritten !== null) return {is: 'needs a restart', text: unwritten};
  const reloaded = await ask(reader, admin, 'select pg_reload_conf()');
  return 'failure' in reloaded ? {is: 'unknown', text: reloaded.failure} : {is: 'has it'};
}

interface Setting {
  /** The file that the setting comes from; empty: it comes from none, or this user may not know. */
  readonly file: string;
  readonly connection: ReadonlyMap<string, string>;
}

function settingIn(answer: string): Setting {
  const [file = '', ...rest] = answer.trim().split('\n');
  return {file, connection: conninfoIn(rest.join('\n'))};
}

/** Why the password cannot change without a restart; null: it can. */
function unchangeable({file, connection}: Setting, pod: string): string | null {
  if (connection.size === 0) return `${pod} does not say how it connects to the writer`;
  // What ALTER SYSTEM wrote is read after every other file, at the next start too.
  const isPlain = !connection.has('password') || file.endsWith('/postgresql.conf');
  return isPlain ? null : `${pod} has the password in ${file || 'its command line'}`;
}

async function ask(
  reader: PsqlPlace,
  admin: string,
  sql: string,
): Promise<{readonly answer: string} | {readonly failure: string}> {
  if (!isOneLine(admin)) return {failure: 'the password of postgres holds a line break or a NUL'};
  const ask = {password: admin, connectTimeoutSeconds: 3, flags: ['-c', sql], timeoutMs};
  const {exitCode, stdout, stderr} = await psql(reader, ask);
  if (exitCode === 0) return {answer: stdout};
  return {failure: `${reader.pod}: ${oneLine(stderr, [admin])}`};
}

/** @returns why it could not be written; null when it was */
async function write(
  {exec, pod, container}: PsqlPlace,
  script: string,
  file: string,
  line: string,
): Promise<string | null> {
  const {exitCode, stderr} = await exec(pod, container, ['sh', '-c', script, 'sh', file], `${line}\n`, timeoutMs);
  return exitCode === 0 ? null : `${file} in ${pod} cannot be written: ${oneLine(stderr, [line])}`;
}

function settingOf(connection: ReadonlyMap<string, string>, passfile: string): string {
  const kept = [...connection].filter(([key]) => key !== 'password' && key !== 'passfile');
  const text = conninfo({...Object.fromEntries(kept), passfile});
  // PostgreSQL manual, 19.1.2: a quote is doubled, and a backslash begins an escape.
  return `primary_conninfo = '${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** `keyword = value …`, values in quotes or not. PostgreSQL manual, 32.1.1.1. */
function conninfoIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, key = '', quoted, bare] of text.matchAll(/(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))/g))
    found.set(key, (quoted ?? bare ?? '').replace(/\\(.)/g, '$1'));
  return found;
}

/** PostgreSQL manual, "The Password File". */
export function escaped(text: string): string {
  return text.replace(/[\\:]/g, '\\$&');
}
