// The words in which a client is told where a database is: one endpoint, five notations. Pure.
import {quoted} from '../../core/shell.ts';

export const formats = ['uri', 'psql', 'env', 'jdbc', 'dotnet'] as const;
export type ConnectionFormat = (typeof formats)[number];

/** A database as a client sees it. An IPv6 `host` comes without brackets. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly database: string;
}

/**
 * What stands where the password belongs: the word PASSWORD to be replaced by hand, dots, or the password itself.
 * psql and env ask for it themselves or take it from elsewhere, so they mention only a password that is shown.
 */
export type PasswordShown = 'placeholder' | 'masked' | {readonly password: string};

const stands = {placeholder: 'PASSWORD', masked: '••••••••'} as const;

/**
 * The endpoint in one notation. Only `env` has several lines. `encryption`: null where TLS is off.
 * A password appears only when it is given as `{password}`.
 */
export function connectionString(
  format: ConnectionFormat,
  to: Destination,
  shown: PasswordShown = 'placeholder',
  encryption: ClientEncryption | null = null,
): string {
  return encryptionNotations[format](notations[format](to, shown), encryption);
}

/**
 * How a client is to speak TLS. `authorityFile`: the file that it verifies the server with; null: it does not verify.
 */
export interface ClientEncryption {
  readonly authorityFile: string | null;
}

/** libpq's settings, whose words the drivers of Java and .NET have adopted. */
function sslSettings({authorityFile}: ClientEncryption): readonly (readonly [string, string])[] {
  return authorityFile === null
    ? [['sslmode', 'require']]
    : [
        ['sslmode', 'verify-full'],
        ['sslrootcert', authorityFile],
      ];
}

type Notation = (text: string, encryption: ClientEncryption | null) => string;
const inQuery =
  (joint: '?' | '&'): Notation =>
  (text, encryption) => {
    const pairs = encryption ? sslSettings(encryption) : [];
    const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return query === '' ? text : `${text}${joint}${query}`;
  };
const asVariables =
  (joint: string): Notation =>
  (text, encryption) => {
    const variables = encryption ? sslSettings(encryption) : [];
    return [...variables.map(([name, value]) => `PG${name.toUpperCase()}=${quoted(value)}`), text].join(joint);
  };

const encryptionNotations: Readonly<Record<ConnectionFormat, Notation>> = {
  uri: inQuery('?'),
  psql: asVariables(' '),
  env: asVariables('\n'),
  jdbc: inQuery('&'),
  dotnet: (text, encryption) => {
    if (encryption === null) return text;
    const {authorityFile} = encryption;
    return authorityFile === null
      ? `${text};SSL Mode=Require`
      : `${text};SSL Mode=VerifyFull;Root Certificate=${dotnetValue(authorityFile)}`;
  },
};

const notations: Readonly<Record<ConnectionFormat, (to: Destination, shown: PasswordShown) => string>> = {
  uri({host, port, username, database}, shown) {
    const password = secret(shown, encodeURIComponent);
    return `postgresql://${encodeURIComponent(username)}:${password}@${uriHost(host)}:${port}/${pathSegment(database)}`;
  },
  psql({host, port, username, database}, shown) {
    const words = ['psql', '-h', host, '-p', String(port), '-U', username, '-d', databaseArgument(database)];
    const line = words.map(quoted).join(' ');
    return typeof shown === 'string' ? line : `PGPASSWORD=${quoted(shown.password)} ${line}`;
  },
  env({host, port, username, database}, shown) {
    const lines = [
      `PGHOST=${quoted(host)}`,
      `PGPORT=${port}`,
      `PGUSER=${quoted(username)}`,
      `PGDATABASE=${quoted(database)}`,
    ];
    if (typeof shown !== 'string') lines.push(`PGPASSWORD=${quoted(shown.password)}`);
    return lines.join('\n');
  },
  jdbc({host, port, username, database}, shown) {
    // pgjdbc decodes all three as forms do; encodeURIComponent never leaves a bare plus sign behind.
    const query = `user=${encodeURIComponent(username)}&password=${secret(shown, encodeURIComponent)}`;
    return `jdbc:postgresql://${uriHost(host)}:${port}/${encodeURIComponent(database)}?${query}`;
  },
  dotnet({host, port, username, database}, shown) {
    // Npgsql takes an IPv6 address without brackets: a port in Host is looked for only where there is one colon.
    const pairs = [`Host=${host}`, `Port=${port}`, `Username=${dotnetValue(username)}`];
    pairs.push(`Password=${secret(shown, dotnetValue)}`, `Database=${dotnetValue(database)}`);
    return pairs.join(';');
  },
};

function secret(shown: PasswordShown, escape: (text: string) => string): string {
  return typeof shown === 'string' ? stands[shown] : escape(shown.password);
}

/** RFC 3986: IPv6 in brackets; the percent sign before a zone is itself encoded (RFC 6874). */
function uriHost(host: string): string {
  return host.includes(':') ? `[${host.replaceAll('%', '%25')}]` : host;
}

/**
 * What RFC 3986 allows in a path stays as it is, slashes too: libpq reads a name up to the question mark,
 * and some parsers (pg-connection-string) do not decode `%2F` or `%3D` in a path.
 */
function pathSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(2F|3A|40|24|26|2B|2C|3B|3D)/g, decodeURIComponent);
}

/** psql takes a database name with `=` in it, or one that looks like a URI, for a connection string. */
function databaseArgument(database: string): string {
  return /=|^postgres(ql)?:\/\//.test(database) ? `dbname=${conninfoValue(database)}` : database;
}

/** A value in libpq's `keyword=value` notation. PostgreSQL manual, 32.1.1.1. */
export function conninfoValue(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** Quoted where .NET's DbConnectionStringBuilder would read a bare value differently. */
function dotnetValue(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}
