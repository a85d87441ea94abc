// The kubeconfig as kubectl and helm read it, so that helm never goes to another cluster than we do.
import {existsSync, readFileSync} from 'node:fs';
import {delimiter, dirname} from 'node:path';
import {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import {proxyFor} from '../core/proxy.ts';

/**
 * The file, else those of KUBECONFIG, else ~/.kube/config, else the pod's service account.
 * Throws what reading and parsing throw.
 */
export function loadKubeconfig(file: string | null): KubeConfig {
  const named = file === null ? (process.env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean) : [file];
  if (named.length === 0) {
    const config = new KubeConfig();
    config.loadFromDefault();
    return config;
  }
  // kubectl skips files of the list that do not exist.
  const present = named.filter((path) => existsSync(path));
  return merge((present.length > 0 ? present : named.slice(0, 1)).map(readOne));
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
  const config = new KubeConfig();
  // An empty file is an empty kubeconfig, but client-node throws on it.
  config.loadFromString(/\S/.test(text) ? text : '{}');
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
  if (!isAddress(cluster.server, /^https?:$/))
    return (
      `The kubeconfig's cluster ${cluster.name} has the server "${cluster.server}", which is no address. Right is ` +
      'such as https://host:6443.'
    );
  const proxy = cluster.proxyUrl;
  if (proxy && !isAddress(proxy, /^(https?|socks\w*):$/))
    return (
      `The kubeconfig's cluster ${cluster.name} has the proxy-url "${proxy}", which is no address. Right is such ` +
      'as http://proxy:3128.'
    );
  return null;
}

function isAddress(text: string, protocol: RegExp): boolean {
  return URL.canParse(text) && protocol.test(new URL(text).protocol);
}

/**
 * The current context with what kubectl allows and client-node does not: plain HTTP (of `kubectl proxy`, say), a user
 * without
 * credentials, and the proxy that the environment names.
 */
export function withWhatKubectlAllows(
  config: KubeConfig,
  environment: Readonly<Record<string, string | undefined>>,
): KubeConfig {
  const current = config.getContextObject(config.getCurrentContext());
  const allowed = new KubeConfig();
  allowed.loadFromOptions({
    clusters: config.getClusters().map((cluster) => {
      const proxyUrl = cluster.proxyUrl ?? proxyFor(cluster.server, environment);
      const plain = cluster.server.startsWith('http:');
      return {...cluster, ...(proxyUrl ? {proxyUrl} : {}), ...(plain ? {skipTLSVerify: true} : {})};
    }),
    // Without a user client-node forgets the cluster's certificate authority.
    users: current && !current.user ? [...config.getUsers(), {name: ''}] : config.getUsers(),
    contexts: config
      .getContexts()
      .map((context) => (context === current && !context.user ? {...context, user: ''} : context)),
    currentContext: config.getCurrentContext(),
  });
  return allowed;
}
