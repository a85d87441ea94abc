// Runs the program with which a kubeconfig logs in, as kubectl does. client-node neither tells the program what it is
// run for, nor shows what it says, nor ends one that waits for an answer. Source: client-go 1.34,
// plugin/pkg/client/auth/exec/exec.go.
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import type {RequestOptions} from 'node:https';
import type {Authenticator} from '@kubernetes/client-node/dist/auth.js';
import type {Cluster, User} from '@kubernetes/client-node/dist/config_types.js';
import {clock} from '../core/time.ts';
import type {KubeconfigCluster, KubeconfigUser, PluginConfig} from './kubeconfig-user.ts';

/** Nobody can answer what a program asks that has no terminal. */
const limitMs = 60_000;
/** Somebody may have to log in with a browser and a second factor. */
const interactiveLimitMs = 300_000;
/** How long a program may take to end after SIGTERM. */
const killAfterMs = 2000;
const maxCharacters = 1_000_000;

/** Why a program gave no credentials. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  constructor(
    readonly problem: 'missing' | 'silent' | 'failed',
    readonly command: string,
    /** What is known of it: what the program said, line by line. */
    readonly words: readonly string[],
    /** What the kubeconfig says of how to install it. */
    readonly installHint: string | null,
  ) {
    super(words.at(-1) ?? problem);
  }
}

interface Credential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  /** ISO 8601; absent: good until the server refuses it. */
  readonly expirationTimestamp?: string;
}

/** The terminal that we run in. */
export interface PluginTerminal {
  readonly stdin: {readonly isTTY?: boolean; readonly isRaw?: boolean};
  readonly stderr: {readonly isTTY?: boolean; write(text: string): unknown};
}

export class CredentialPlugin implements Authenticator {
  /** `since`: when the program gave it, by now(). */
  private known: {readonly credential: Credential; readonly since: number} | null = null;
  private running: Promise<Credential> | null = null;

  constructor(
    private readonly cluster: Cluster | null,
    private readonly terminal: PluginTerminal = process,
    private readonly limits = {limitMs, interactiveLimitMs},
  ) {}

  isAuthProvider(user: User): boolean {
    return pluginOf(user) !== null;
  }

  async applyAuthentication(user: User, options: RequestOptions): Promise<void> {
    const plugin = pluginOf(user);
    if (!plugin) return;
    const {token, clientCertificateData, clientKeyData} =
      this.known === null || hasExpired(this.known.credential) ? await this.asked(plugin) : this.known.credential;
    if (token) options.headers = {...options.headers, Authorization: `Bearer ${token}`};
    if (clientCertificateData && clientKeyData)
      Object.assign(options, {cert: clientCertificateData, key: clientKeyData});
  }

  /**
   * Drops credentials that the server has refused in a request that was sent then. A request from before the program
   * was asked last had the earlier credentials.
   */
  forget(sentAt: number): void {
    if (this.known !== null && this.known.since <= sentAt) this.known = null;
  }

  /** One program at a time, also for several requests: it may open a window of a browser. */
  private asked(plugin: PluginConfig): Promise<Credential> {
    this.running ??= this.run(plugin)
      .then((credential) => {
        this.known = {credential, since: clock.now()};
        return credential;
      })
      .finally(() => (this.running = null));
    return this.running;
  }

  private async run(plugin: PluginConfig): Promise<Credential> {
    const {stdin, stderr} = this.terminal;
    // The screens, and a question of ours, read the keys themselves: then the terminal is raw.
    const isFree = stdin.isTTY === true && stdin.isRaw !== true;
    const interactive = plugin.interactiveMode !== 'Never' && isFree;
    if (plugin.interactiveMode === 'Always' && !interactive)
      throw failed(plugin, ['It has to ask something, and there is no terminal for that.']);
    const stdout = await output(plugin, {
      interactive,
      limitMs: interactive ? this.limits.interactiveLimitMs : this.limits.limitMs,
      info: infoFor(plugin, interactive, this.cluster),
      onWords: isFree && stderr.isTTY === true ? (text) => void stderr.write(text) : () => undefined,
    });
    return credentialIn(stdout, plugin);
  }
}

function pluginOf(user: User): PluginConfig | null {
  return (user as Partial<KubeconfigUser>).plugin ?? null;
}

function hasExpired({expirationTimestamp}: Credential): boolean {
  return expirationTimestamp !== undefined && Date.parse(expirationTimestamp) <= clock.now();
}

interface Run {
  readonly interactive: boolean;
  readonly limitMs: number;
  /** For the variable KUBERNETES_EXEC_INFO. */
  readonly info: object;
  /** Called with what it writes to its standard error. */
  readonly onWords: (text: string) => void;
}

async function output(plugin: PluginConfig, {interactive, limitMs: endAfterMs, info, onWords}: Run): Promise<string> {
  const {command, args, env} = plugin;
  const child = spawn(command, args, {
    env: {...process.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info)},
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let [said, stdout, isLate] = ['', '', false];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-maxCharacters);
    onWords(text);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(0, maxCharacters)));
  const limit = setTimeout(() => {
    isLate = true;
    child.kill();
    setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref();
    // A child of its own may hold the pipes open.
    child.stdout.destroy();
    child.stderr.destroy();
  }, endAfterMs);
  const end = await new Promise<Error | number | null>((resolve) => {
    child.on('error', resolve);
    child.on('close', (code) => resolve(code));
  }).finally(() => clearTimeout(limit));
  if (end === 0) return stdout;
  const words = said.split('\n').flatMap((line) => (line.trim() ? [line.trim()] : []));
  if (isLate) throw new PluginError('silent', command, words, plugin.installHint);
  if (end instanceof Error) {
    const isMissing = (end as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PluginError(isMissing ? 'missing' : 'failed', command, [end.message], plugin.installHint);
  }
  throw failed(plugin, [...words, `${command} ended ${end === null ? 'by a signal' : `with exit code ${end}`}`]);
}

function failed({command, installHint}: PluginConfig, words: readonly string[]): PluginError {
  return new PluginError('failed', command, words, installHint);
}

/** @throws PluginError for anything that kubectl would not take */
function credentialIn(stdout: string, plugin: PluginConfig): Credential {
  const {command, apiVersion} = plugin;
  const read = parsed(stdout);
  if (read?.kind !== 'ExecCredential' || read.apiVersion !== apiVersion)
    throw failed(plugin, [`${command} gave no ExecCredential of ${apiVersion}.`]);
  const {token, clientCertificateData, clientKeyData} = read.status ?? {};
  if (!token && !clientCertificateData && !clientKeyData)
    throw failed(plugin, [`${command} gave neither a token nor a certificate.`]);
  if (!clientCertificateData !== !clientKeyData)
    throw failed(plugin, [`${command} gave a certificate or its key, and not both.`]);
  return read.status ?? {};
}

function parsed(
  text: string,
): {readonly kind?: string; readonly apiVersion?: string; readonly status?: Credential} | null {
  try {
    return JSON.parse(text) as ReturnType<typeof parsed>;
  } catch {
    return null;
  }
}

function infoFor(
  {apiVersion, provideClusterInfo}: PluginConfig,
  interactive: boolean,
  cluster: Cluster | null,
): object {
  const about = provideClusterInfo && cluster ? {cluster: clusterInfo(cluster)} : {};
  return {kind: 'ExecCredential', apiVersion, spec: {...about, interactive}};
}

function clusterInfo(cluster: Cluster): object {
  const {server, tlsServerName, skipTLSVerify, caFile, caData, proxyUrl} = cluster;
  const authority = caFile ? readFileSync(caFile).toString('base64') : caData;
  return {
    server,
    ...(tlsServerName ? {'tls-server-name': tlsServerName} : {}),
    ...(skipTLSVerify ? {'insecure-skip-tls-verify': true} : {}),
    ...(authority ? {'certificate-authority-data': authority} : {}),
    ...(proxyUrl ? {'proxy-url': proxyUrl} : {}),
    config: (cluster as Partial<KubeconfigCluster>).execConfig ?? null,
  };
}
