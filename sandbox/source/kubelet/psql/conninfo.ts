// Where and as whom to connect: a conninfo string or URI comes before the options, and these before the environment.
import {parse} from 'pg-connection-string';
import type {PsqlOptions} from './options.ts';

export interface Target {
  /** Where to connect. */
  readonly host: string;
  /** What a certificate has to name: the host, also where `hostaddr` says where that is. */
  readonly certificateName: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string | null;
  /** A file with passwords. */
  readonly passfile: string | null;
  readonly sslmode: string;
  /** A file with the certificates to trust. */
  readonly sslrootcert: string | null;
  readonly timeoutMs: number;
  readonly applicationName: string;
  /** `-c name=value …` for the session. */
  readonly options: string | null;
}

/** @throws Error with libpq's words */
export function targetOf(given: PsqlOptions, environment: Readonly<Record<string, string | undefined>>): Target {
  const named = given.conninfo === null ? {} : conninfoParts(given.conninfo);
  const pick = (keyword: string, option: string | null, variable: string) =>
    named[keyword] ?? option ?? environment[variable];
  const pickOrNull = (keyword: string, variable: string) => pick(keyword, null, variable) ?? null;
  const user = pick('user', given.user, 'PGUSER') ?? 'postgres';
  return {
    ...hosts(named, pick('host', given.host, 'PGHOST')),
    port: portNumber(pick('port', given.port, 'PGPORT') ?? '5432'),
    user,
    database: pick('dbname', given.database, 'PGDATABASE') ?? user,
    password: named['password'] ?? environment['PGPASSWORD'] ?? null,
    passfile: pickOrNull('passfile', 'PGPASSFILE'),
    sslmode: pick('sslmode', null, 'PGSSLMODE') ?? 'prefer',
    sslrootcert: pickOrNull('sslrootcert', 'PGSSLROOTCERT'),
    timeoutMs: Number(pick('connect_timeout', null, 'PGCONNECT_TIMEOUT') ?? 0) * 1000,
    applicationName: pick('application_name', null, 'PGAPPNAME') ?? 'psql',
    options: pickOrNull('options', 'PGOPTIONS'),
  };
}

function hosts({hostaddr}: Record<string, string>, host = ''): Pick<Target, 'host' | 'certificateName'> {
  return {host: hostaddr ?? host, certificateName: host === '' ? (hostaddr ?? '') : host};
}

function conninfoParts(text: string): Record<string, string> {
  return /^postgres(ql)?:\/\//.test(text) ? ofUri(text) : keywords(text);
}

/** @throws Error with libpq's words */
function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new Error(`invalid integer value "${text}" for connection option "port"`);
}

/** libpq: `key=value key='with spaces and \' quotes'` @throws Error */
export function keywords(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const pair = /\s*([A-Za-z_]\w*)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))/gsy;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    pair.lastIndex = at;
    const match = pair.exec(text);
    if (!match)
      throw new Error(`missing "=" after "${text.slice(at).trim().split(/\s/)[0]}" in connection info string`);
    found[match[1] ?? ''] = (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1');
    at = pair.lastIndex;
  }
  return found;
}

function ofUri(text: string): Record<string, string> {
  const {host, port, user, password, database, ...rest} = parse(text, {useLibpqCompat: true}) as unknown as Record<
    string,
    unknown
  >;
  const all = {host, port, user, password, dbname: database, ...rest};
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (typeof value === 'string' && value !== '' ? [[key, value]] : [])),
  );
}
