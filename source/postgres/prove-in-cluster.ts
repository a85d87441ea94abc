// Proves an endpoint from inside the cluster: psql in a pod of the release, through the endpoint's Service.
import {authorityFile} from '../chart/parameters/tls.ts';
import type {EndpointFact, ReplicationFact} from '../observation/snapshot.ts';
import type {Destination} from '../observation/text/connection-strings.ts';
import {oneLine, reasonOfWords, textOf, type FailureReason} from './failure.ts';
import {
  conditionOf,
  endpointQuery,
  readerStreams,
  replicationQuery,
  rolesOf,
  systemIdentifierQuery,
  tenths,
  versionOf,
  type StreamingPods,
} from './queries.ts';
import {ourApplication} from './our-application.ts';
import {conninfo, findPsql, isOneLine, withoutPrompts, type Exec} from './psql.ts';
import {clock} from '../core/time.ts';

/** libpq's modes. Those that verify read the authority's certificate from the file that each pod with TLS has. */
export type SslMode = 'prefer' | 'require' | 'verify-ca' | 'verify-full';

export interface ProveInCluster extends Destination {
  readonly role: EndpointFact['role'];
  readonly exec: Exec;
  /** The pod that asks. */
  readonly pod: string;
  readonly container: string;
  readonly sslmode: SslMode;
  readonly password: string;
  /** Also ask the writer for its streams, as `postgres`; null: do not. */
  readonly replication: {readonly adminPassword: string; readonly streamingPods: StreamingPods} | null;
  readonly timeoutMs: number;
}

interface ProvenInCluster {
  readonly endpoint: EndpointFact;
  /** Null: not asked, or no answer. */
  readonly replication: ReplicationFact | null;
}

const superuser = 'postgres';

/** Never throws. One exec for both facts: the second connection is psql's `\connect`, a second exec would cost more. */
export async function proveInCluster(ask: ProveInCluster): Promise<ProvenInCluster> {
  const at = clock.now();
  const endpoint = (result: EndpointFact['result']): EndpointFact => ({
    kind: 'endpoint',
    role: ask.role,
    from: 'cluster',
    at,
    result,
  });
  const secrets = [ask.password, ...(ask.replication ? [ask.replication.adminPassword] : [])];
  const failed = (reason: FailureReason, text: string): ProvenInCluster => ({
    endpoint: endpoint({answered: false, reason, text: oneLine(text, secrets)}),
    replication: null,
  });
  // Each password is one line of standard input: a second line would be read as the next password.
  if (!secrets.every(isOneLine)) return failed('other', 'the password holds a line break or a NUL');
  try {
    const stdin = secrets.map((secret) => `${secret}\n`).join('');
    const {exitCode, stdout, stderr} = await ask.exec(ask.pod, ask.container, command(ask), stdin, ask.timeoutMs);
    const {result, streams} = readAnswer(stdout);
    if (result !== null) {
      // psql stops at the first error, so that exit code 0 says that all streams are there.
      const complete = ask.replication !== null && exitCode === 0;
      const rows = complete && ask.replication ? readerStreams(streams, ask.replication.streamingPods) : null;
      return {endpoint: endpoint(result), replication: rows && {kind: 'replication', at, streams: rows}};
    }
    if (exitCode === 127) return failed('other', `the image of ${ask.pod} holds no psql`);
    const said = psqlWords(stderr);
    if (said !== '') return failed(reasonOfWords(said), said);
    if (exitCode === null) return failed('unreachable', `psql in ${ask.pod} had no answer in ${ask.timeoutMs} ms`);
    return failed('other', `psql in ${ask.pod} ended with ${exitCode}`);
  } catch (error) {
    return failed('other', `nothing can be run in ${ask.pod}: ${textOf(error, secrets)}`);
  }
}

/**
 * With -W psql reads passwords from standard input, because that is no terminal. With -X and without a terminal it
 * reads and writes no file in HOME.
 */
function command({host, port, username, database, sslmode, replication, timeoutMs}: ProveInCluster): readonly string[] {
  const seconds = Math.max(2, Math.min(5, Math.floor(timeoutMs / 1000) - 1));
  const session = conninfo({
    host,
    port: String(port),
    user: username,
    dbname: database,
    sslmode,
    ...(sslmode.startsWith('verify') ? {sslrootcert: authorityFile} : {}),
    connect_timeout: String(seconds),
    application_name: ourApplication,
    // A statement that is left behind when the exec is cut off ends by itself.
    options: `-c statement_timeout=${seconds}s`,
  });
  const scripts = ['\\timing on', endpointQuery, '\\timing off'];
  // A user who may not ask this gets the other answers all the same.
  scripts.push('\\set ON_ERROR_STOP 0', systemIdentifierQuery, '\\set ON_ERROR_STOP 1');
  // `\connect` reuses host and port. For the same user it would not ask for a password again.
  if (replication !== null) {
    scripts.push(...(username === superuser ? [] : [`\\connect ${superuser} ${superuser}`]), replicationQuery);
  }
  const flags = ['-W', '-X', '-q', '-A', '-t', '-F', '|', '-v', 'ON_ERROR_STOP=1', '-d', session];
  return ['sh', '-c', findPsql, 'psql', ...flags, ...scripts.flatMap((script) => ['-c', script])];
}

type Answered = Extract<EndpointFact['result'], {answered: true}>;

/** The endpoint's row, psql's `Time:` of it, the system identifier's row if there is one, then one for each stream. */
function readAnswer(stdout: string): {result: Answered | null; streams: readonly string[][]} {
  const lines = stdout
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const timing = lines.findIndex((line) => line.startsWith('Time: '));
  const [inRecovery, version, ...condition] = (lines[timing - 1] ?? '').split('|');
  const latencyMs = Number(/^Time: ([\d.]+) ms/.exec(lines[timing] ?? '')?.[1]);
  if (version === undefined || !Number.isFinite(latencyMs)) return {result: null, streams: []};
  const rows = lines.slice(timing + 1).map((line) => line.split('|'));
  const identity = rows.find(isSystemIdentifier);
  return {
    result: {
      answered: true,
      inRecovery: inRecovery === 't',
      serverVersion: versionOf(version),
      latencyMs: tenths(latencyMs),
      systemIdentifier: identity?.[1] ?? null,
      ...rolesOf(identity?.slice(2) ?? []),
      ...conditionOf(condition),
    },
    streams: rows.filter((row) => !isSystemIdentifier(row)),
  };
}

function isSystemIdentifier([mark]: readonly string[]): boolean {
  return mark === 'system_identifier';
}

/** Without prompts and without what kubectl or a shell adds. */
function psqlWords(stderr: string): string {
  return withoutPrompts(stderr)
    .replace(/^command terminated with exit code \d+$/m, '')
    .replace(/^psql: (error: )?/gm, '')
    .trim();
}
