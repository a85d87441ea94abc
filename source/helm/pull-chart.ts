// Pulls one chart from an OCI registry, a repository or an address with helm, and says why when that fails.
import {databaseChart} from '../chart/names.ts';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {badInput, cause, UserError, type CauseCode, type Remedy} from '../core/cause.ts';
import {chartWords} from './arguments.ts';
import type {Environment} from './environment.ts';
import {evidenceOf, helmText} from './errors.ts';
import type {HelmProgram} from './find.ts';
import {run, type RunResult} from './run.ts';

interface Pull {
  /** `oci://HOST/PATH/postgresql`, or `https://…`: a repository, or the .tgz itself. */
  readonly source: string;
  readonly version: string;
  /** An existing folder, which gets the .tgz. */
  readonly into: string;
  readonly program: HelmProgram;
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** A chart has 80 kB; helm itself retries for about 5 s on 429 and 7 s on 5xx. */
const timeoutMs = 60_000;

/** Docker's own message and the two spellings of ORAS, helm's registry library. */
const credentialHelper = /unable to retrieve credentials|error getting credentials|docker-credential-/;
const unknownAuthority = /certificate signed by unknown authority|certificate is not trusted/;
/** What a Go server and nginx answer to a request without TLS; of a HEAD request helm reports only the status. */
const speaksTls = /\b400\b|HTTP request (was sent )?to (an )?HTTPS/;
const wantsCredentials = /\b40[13]\b/;

/** How helm is told to pull. The first way is the plain one; each further one answers the error of the one before. */
interface PullAttempt {
  readonly words: readonly string[];
  readonly plainHttp: boolean;
  /** A file of certificates that helm trusts instead of the system's. */
  readonly authorities: string | null;
  readonly environment: Environment;
}

/** Throws a UserError: CHART_NOT_FOUND, CHART_FORBIDDEN, CHART_RATE_LIMITED, CHART_REJECTED, BAD_INPUT, CANCELLED. */
export async function pullChart(pull: Pull): Promise<void> {
  const {source, version, environment} = pull;
  const host = hostOf(source);
  const empty = await mkdtemp(join(tmpdir(), 'pg-helm-install-'));
  try {
    let attempt: PullAttempt = {
      words: chartWords(source, version),
      plainHttp: source.startsWith('oci://') && isLoopback(host),
      authorities: null,
      environment,
    };
    for (;;) {
      const result = await tryPull(pull, attempt);
      if (result.exitCode === 0) return;
      const next = pull.signal?.aborted ? null : await nextAttempt(pull, attempt, result, empty);
      if (!next) throw explain(pull, host, result);
      attempt = next;
    }
  } finally {
    await rm(empty, {recursive: true, force: true});
  }
}

/** The next way to try after an error; null: none would help. Each way is tried at most once. */
async function nextAttempt(
  pull: Pull,
  attempt: PullAttempt,
  {stderr}: RunResult,
  empty: string,
): Promise<PullAttempt | null> {
  const authorities = pull.environment['NODE_EXTRA_CA_CERTS'];
  if (attempt.plainHttp && speaksTls.test(stderr)) return {...attempt, plainHttp: false};
  if (attempt.authorities === null && authorities && unknownAuthority.test(stderr))
    return {...attempt, authorities: resolve(authorities)};
  // Docker's configuration often names a helper program that is not there; a public chart needs no log-in at all.
  if (attempt.environment === pull.environment && credentialHelper.test(stderr)) {
    const config = join(empty, 'config.json');
    return {...attempt, environment: {...pull.environment, DOCKER_CONFIG: empty, HELM_REGISTRY_CONFIG: config}};
  }
  if (attempt.words.includes('--repo') && wantsCredentials.test(stderr)) {
    const words = await asAddedRepository(pull);
    return words && {...attempt, words};
  }
  return null;
}

/**
 * The arguments for the repository of that address that the user added with `helm repo add`, credentials included; null
 * where there is none.
 */
async function asAddedRepository({program, source, version, environment, signal}: Pull): Promise<string[] | null> {
  const ask = (...args: string[]) => run({path: program.path, args, environment, graceMs: 1000, signal});
  const {exitCode, stdout} = await ask('repo', 'list', '--output', 'json');
  if (exitCode !== 0) return null;
  const added = JSON.parse(stdout) as readonly {readonly name: string; readonly url: string}[];
  const plain = (url: string) => url.replace(/\/+$/, '');
  const found = added.find(({url}) => plain(url) === plain(source));
  if (!found) return null;
  await ask('repo', 'update', found.name);
  return [`${found.name}/${databaseChart}`, '--version', version];
}

async function tryPull({program, into, signal}: Pull, attempt: PullAttempt): Promise<RunResult> {
  const args = ['pull', ...attempt.words, '--destination', into];
  if (attempt.plainHttp) args.push('--plain-http');
  if (attempt.authorities !== null) args.push('--ca-file', attempt.authorities);
  return run({
    path: program.path,
    args,
    environment: attempt.environment,
    graceMs: 1000,
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
  });
}

function hostOf(source: string): string {
  return source.startsWith('oci://') ? registryHost(source) : webHost(source);
}

function webHost(source: string): string {
  if (!URL.canParse(source)) throw badInput(`"${source}" is not an address such as https://charts.example/stable.`);
  const {protocol, host, username, password} = new URL(source);
  if (username || password)
    throw badInput('The address of the chart holds credentials, which any process on this machine could read.', [
      {title: 'Fetch the chart yourself, and name the file with --chart'},
    ]);
  if (protocol !== 'https:' && !isLoopback(host))
    throw badInput(`The chart would come from ${host} without TLS, and anybody in between could change it: use https.`);
  return host;
}

function registryHost(source: string): string {
  const [, host = '', path = ''] = /^oci:\/\/([^/\s]+)\/(\S+)$/.exec(source) ?? [];
  if (host === '' || path === '')
    throw badInput(`"${source.replace(/\/\/.*@/, '//…@')}" is not an address such as oci://HOST/PATH/postgresql.`);
  if (host.includes('@')) {
    throw badInput('The address of the chart holds credentials, which any process on this machine could read.', [
      {title: 'Log in, then leave them out', command: `helm registry login ${host.slice(host.lastIndexOf('@') + 1)}`},
    ]);
  }
  if (/[@:]/.test(path))
    throw badInput(`Leave the tag or digest out of "${source}".`, [{title: 'Name the version with --chart-version'}]);
  return host;
}

/** Whether the host is this machine, the only place where a registry without TLS is acceptable. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}

interface PullRule {
  readonly code: CauseCode;
  readonly match: RegExp;
  readonly message: (what: string, host: string) => string;
  readonly remedies: (host: string, source: string) => readonly Remedy[];
}

const offline: Remedy = {title: 'Or use a copy of the chart on this machine: --chart PATH works without a network'};

/** Texts recorded from helm 3.18 and 4.1 against a registry that answers so. */
const rules: readonly PullRule[] = [
  {
    code: 'CHART_RATE_LIMITED',
    match: /\b429\b|toomanyrequests|TOOMANYREQUESTS/,
    message: (what, host) => `${host} counts the pulls of this address and refuses ${what} for now.`,
    remedies: (host) => [
      {title: 'Log in, which raises the limit, or wait', command: `helm registry login ${host}`},
      offline,
    ],
  },
  {
    code: 'CHART_FORBIDDEN',
    match: /\b40[13]\b|basic credential not found|unauthorized|UNAUTHORIZED|denied|credentials/,
    message: (what, host) => `${host} does not give ${what} to this user.`,
    remedies: (host, source) => [
      source.startsWith('oci://')
        ? {title: 'Log in', command: `helm registry login ${host}`}
        : {
            title:
              `Tell helm who you are, and run this again: helm repo add NAME ${source} --username USER ` +
              '--password-stdin',
          },
      offline,
    ],
  },
  {
    code: 'CHART_NOT_FOUND',
    match: /x509: |failed to verify certificate/,
    message: (what, host) => `${host} was not asked for ${what}: its certificate is not one that this machine trusts.`,
    remedies: () => [
      {title: 'If it is one of your own, name its authority: NODE_EXTRA_CA_CERTS=/path/to/ca.crt'},
      {title: 'Otherwise ask whoever keeps the network: something may stand in between'},
      offline,
    ],
  },
  {
    code: 'CHART_NOT_FOUND',
    match: /: not found| not found in |\b404\b|MANIFEST_UNKNOWN|NAME_UNKNOWN|manifest unknown/,
    message: (what, host) => `${host} does not have ${what}.`,
    remedies: () => [{title: 'Correct --chart or --chart-version'}, offline],
  },
  {
    code: 'CHART_REJECTED',
    match: /manifest does not contain|unknown config|media ?type|digest mismatch|mismatch/i,
    message: (what, host) => `What ${host} has under that name is not a chart: ${what}.`,
    remedies: () => [{title: 'Correct --chart'}, offline],
  },
];

function explain({source, version, signal}: Pull, host: string, result: RunResult): UserError {
  if (signal?.aborted) return new UserError(cause('CANCELLED', `Stopped while pulling the chart ${source}.`));
  const text = helmText(result.stderr);
  const what = `version ${version} of ${source}`;
  const rule = result.stopped ? undefined : rules.find(({match}) => match.test(text));
  const evidence = evidenceOf(text);
  if (rule)
    return new UserError(cause(rule.code, rule.message(what, host), {evidence, remedies: rule.remedies(host, source)}));
  const why = result.stopped
    ? `it did not answer within ${timeoutMs / 1000} s`
    : (evidence[0] ?? 'helm does not say why');
  return new UserError(
    cause(
      'CHART_NOT_FOUND',
      `${host} could not be reached for ${what}: ${why}. With --chart PATH no network is needed.`,
      {
        evidence,
        remedies: [{title: 'See whether the network or a proxy is in the way, and run it again'}, offline],
      },
    ),
  );
}
