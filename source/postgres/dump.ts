// A dump of everything, as text: how pg_dumpall is run in the writer's container, and what makes its output a whole
// one.
import type {DumpHeader} from '../operations/ports/database.ts';
import {fullLines} from './full-lines.ts';

const mark = '-- pg-helm-install dump/v1 ';
/**
 * The line that pg_dumpall writes when everything else was written. Source: pg_dumpall.c, PostgreSQL 9.1 to 18; since
 * 17.6 a line `\unrestrict` may come after it.
 */
const trailer = '-- PostgreSQL database cluster dump complete';
/** How much of the end of a file is looked at for the trailer, in bytes. */
export const tailBytes = 1024;

/**
 * The password is the first line of standard input, and becomes a file that only this user can read, in memory where
 * there is such a place: pg_dumpall starts a pg_dump for each database, and only a password file reaches all of them
 * without the password being in an argument or in the environment. The file is removed however the command ends, even
 * when nobody reads its output any more.
 */
const script = [
  'for d in /opt/bitnami/postgresql/bin /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do PATH=$PATH:$d; done',
  'export PATH LC_ALL=C',
  'umask 077',
  'IFS= read -r secret',
  'd=/dev/shm; [ -w "$d" ] || d=/tmp',
  'PGPASSFILE=$(mktemp "$d/pg-helm-install.XXXXXX") || exit 73',
  'trap \'rm -f "$PGPASSFILE"\' EXIT',
  "trap 'exit 1' HUP INT TERM PIPE",
  'printf "127.0.0.1:*:*:postgres:%s\\n" "$secret" > "$PGPASSFILE"',
  'unset secret',
  'export PGPASSFILE',
  // Waiting forever for somebody's lock would look like a slow dump.
  'pg_dumpall -h 127.0.0.1 -U postgres -w --lock-wait-timeout=60s',
].join('\n');

export const dumpCommand: readonly string[] = ['sh', '-c', script];

/** PostgreSQL manual, 32.16: a colon or a backslash is escaped by a backslash. */
export function dumpInput(adminPassword: string): string {
  return `${adminPassword.replace(/[\\:]/g, '\\$&')}\n`;
}

/** What the file begins with. */
export function headerText(header: DumpHeader, roles: readonly string[]): string {
  return [
    `${mark}${JSON.stringify(header)}`,
    '-- Restore it into an empty release: psql -X -d postgres -f THIS-FILE, as the user postgres.',
    `-- The passwords of ${roles.join(', ')} are not in it: they stay those of the release that it is restored into.`,
    '',
  ].join('\n');
}

/** Null for a file that is no dump of ours. */
export function headerIn(start: string): DumpHeader | null {
  if (!start.startsWith(mark)) return null;
  try {
    const {release, namespace, madeAt} = JSON.parse(
      start.slice(mark.length).split('\n', 1)[0] ?? '',
    ) as Partial<DumpHeader>;
    return typeof release === 'string' && typeof namespace === 'string' && typeof madeAt === 'string'
      ? {release, namespace, madeAt}
      : null;
  } catch {
    return null;
  }
}

/** `tail`: the end of the file. */
export function isWhole(tail: string): boolean {
  return tail.slice(-tailBytes).split('\n').includes(trailer);
}

/**
 * The roles that every release has belong to its Secret: restored with their old passwords, nobody could log in to the
 * new release any more, and its readers could not follow. Chunks go in and come out in
 * bytes; only what comes before the first database is looked at.
 */
export function withoutPasswordsOf(roles: readonly string[]): {through(chunk: Buffer): Buffer; rest(): Buffer} {
  // Bytes as Latin-1 text and back are the same bytes.
  const own = new Set(roles.map((role) => Buffer.from(role, 'utf8').toString('latin1')));
  const edited = (line: string): string => {
    const [, quoted, bare = ''] = /^ALTER ROLE (?:"((?:[^"]|"")*)"|(\S+)) WITH /.exec(line) ?? [];
    const role = quoted === undefined ? bare : quoted.replaceAll('""', '"');
    return own.has(role) ? line.replace(/ PASSWORD '(?:[^']|'')*'/, '') : line;
  };
  return fullLines(edited, (line) => line.startsWith('\\connect '));
}
