// The kubeconfig as kubectl and helm read it, so that helm never goes to another cluster than we do.
import {existsSync, readFileSync} from 'node:fs';
import type {RequestOptions} from 'node:https';
import {delimiter, dirname, join} from 'node:path';
import {findHomeDir, KubeConfig} from '@kubernetes/client-node/dist/config.js';
import {newContexts, type Cluster, type User} from '@kubernetes/client-node/dist/config_types.js';
import {load} from 'js-yaml';
import {proxyFor} from '../core/proxy.ts';
import {CredentialPlugin} from './credential-plugin.ts';
import {
  givenTwice,
  impersonationOf,
  readClusters,
  readUsers,
  userProblem,
  type KubeconfigUser,
} from './kubeconfig-user.ts';
import {tokenFile} from './token-file.ts';

/**
 * The file, else those of KUBECONFIG, else ~/.kube/config, else the pod's service account.
 * Throws what reading and parsing throw.
 */
export function loadKubeconfig(file: string | null): KubeConfig {
  const named = file === null ? (process.env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean) : [file];
  if (named.length === 0) return ofThisUser();
  // kubectl skips files of the list that do not exist.
  const present = named.filter((path) => existsSync(path));
  return merge((present.length > 0 ? present : named.slice(0, 1)).map(readOne));
}

function ofThisUser(): KubeConfig {
  const home = findHomeDir();
  const path = home === null ? null : join(home, '.kube', 'config');
  if (path !== null && existsSync(path)) return readOne(path);
  const config = new KubeConfig();
  config.loadFromDefault();
  return config;
}

/**
 * The first of several entries with a name counts, as the Kubernetes documentation on merging says; client-node refuses
 * names that occur twice and takes the last current context.
 */
function merge(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: firstOfEach(configs.flatMap((config) => config.getClusters())),
    users: firstOfEach(configs.flatMap((config) => config.getUsers())),
    contexts: firstOfEach(configs.flatMap((config) => config.getContexts())),
    currentContext: configs.map((config) => config.getCurrentContext()).find(Boolean) ?? '',
  });
  return merged;
}

function firstOfEach<T extends {readonly name: string}>(items: readonly T[]): T[] {
  return items.filter(({name}, index) => items.findIndex((other) => other.name === name) === index);
}

function readOne(path: string): KubeConfig {
  const text = readFileSync(path, 'utf8');
  // An empty file is an empty kubeconfig.
  const read = ((/\S/.test(text) ? load(text) : null) ?? {}) as Readonly<Record<string, unknown>>;
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: readClusters(read['clusters']),
    users: readUsers(read['users'], dirname(path)),
    contexts: newContexts(read['contexts']),
    currentContext: read['current-context'],
  });
  config.makePathsAbsolute(dirname(path));
  return config;
}

/** Where there is no kubeconfig, client-node makes one up, for a cluster on this machine that nobody meant. */
export function isInvented(config: KubeConfig): boolean {
  return (
    config.getCurrentContext() === 'loaded-context' && config.getCurrentCluster()?.server === 'http://localhost:8080'
  );
}

/** Why the current context leads to no cluster, in words; null when it leads to one. */
export function kubeconfigProblem(config: KubeConfig): string | null {
  const name = config.getCurrentContext();
  const known = config.getContexts().map((context) => context.name);
  if (known.length === 0) return 'The kubeconfig names no cluster.';
  if (!name) return `The kubeconfig has no current context. It has: ${known.join(', ')}.`;
  const context = config.getContextObject(name);
  if (!context) return `The kubeconfig's current context ${name} is not in it. It has: ${known.join(', ')}.`;
  const cluster = config.getCluster(context.cluster);
  if (!cluster)
    return `The kubeconfig's context ${name} names the cluster ${context.cluster || '""'}, which is not in it.`;
  if (context.user && !config.getUser(context.user))
    return `The kubeconfig's context ${name} names the user ${context.user}, who is not in it.`;
  const problem = clusterProblem(cluster);
  if (problem !== null) return problem;
  const user = context.user ? config.getUser(context.user) : null;
  return user !== null && isRead(user) ? userProblem(user) : null;
}

function clusterProblem({name, server, proxyUrl, caFile, caData}: Cluster): string | null {
  if (!isAddress(server, /^https?:$/))
    return (
      `The kubeconfig's cluster ${name} has the server "${server}", which is not an address. Use one ` +
      'such as https://host:6443.'
    );
  if (caFile && caData) return givenTwice(`The kubeconfig's cluster ${name}`, 'certificate-authority');
  if (proxyUrl && !isAddress(proxyUrl, /^(https?|socks\w*):$/))
    return (
      `The kubeconfig's cluster ${name} has the proxy-url "${proxyUrl}", which is not an address. Use one such ` +
      'as http://proxy:3128.'
    );
  return null;
}

/** False of the user that client-node makes up for a pod's service account. */
function isRead(user: User): user is KubeconfigUser {
  return 'impersonates' in user;
}

function isAddress(text: string, protocol: RegExp): boolean {
  return URL.canParse(text) && protocol.test(new URL(text).protocol);
}

/** Gives a request what the kubeconfig says of cluster and user. */
class ClusterAccess extends KubeConfig {
  private readonly plugin: CredentialPlugin;

  constructor(cluster: ReturnType<KubeConfig['getCurrentCluster']>) {
    super();
    this.plugin = new CredentialPlugin(cluster);
    this.addAuthenticator(tokenFile);
    this.addAuthenticator(this.plugin);
  }

  override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    await super.applyToHTTPSOptions(options);
    const user = this.getCurrentUser();
    if (user !== null && isRead(user)) options.headers = {...options.headers, ...impersonationOf(user)};
  }

  /** Drops credentials that the server has refused in a request that was sent then. */
  forget(sentAt: number): void {
    this.plugin.forget(sentAt);
  }
}

/**
 * The current context with what kubectl allows and client-node does not: plain HTTP (of `kubectl proxy`, say, to which
 * no credentials are sent), a user without credentials, a token in a file, whom a user acts as, and the proxy that the
 * environment names.
 */
export function withWhatKubectlAllows(
  config: KubeConfig,
  environment: Readonly<Record<string, string | undefined>>,
): ClusterAccess {
  const current = config.getContextObject(config.getCurrentContext());
  const allowed = new ClusterAccess(config.getCurrentCluster());
  const isPlain = config.getCurrentCluster()?.server.startsWith('http:') === true;
  const isNobody = current !== null && (isPlain || !current.user);
  // Without a user client-node forgets the cluster's certificate authority.
  const nobody = isNobody ? [{...actingAs(config.getCurrentUser()), name: ''}] : [];
  allowed.loadFromOptions({
    clusters: config.getClusters().map((cluster) => {
      const proxyUrl = cluster.proxyUrl ?? proxyFor(cluster.server, environment);
      const plain = cluster.server.startsWith('http:');
      return {...cluster, ...(proxyUrl ? {proxyUrl} : {}), ...(plain ? {skipTLSVerify: true} : {})};
    }),
    users: [...config.getUsers().map(withoutExec), ...nobody],
    contexts: config
      .getContexts()
      .map((context) => (context === current && isNobody ? {...context, user: ''} : context)),
    currentContext: config.getCurrentContext(),
  });
  return allowed;
}

/** Whom a user acts as, without the user's credentials. */
function actingAs(user: User | null): Partial<KubeconfigUser> {
  if (user === null || !isRead(user)) return {};
  const {impersonateUser, impersonates} = user;
  return {...(impersonateUser ? {impersonateUser} : {}), impersonates};
}

/** client-node would run the program itself, and send an empty name. */
function withoutExec(user: User): User {
  const left = Object.entries(user).filter(([key, value]) => key !== 'exec' && (key !== 'impersonateUser' || value));
  return {...Object.fromEntries(left), name: user.name};
}
