// Asks the cluster what its network is made of. What this user may not read is null, never a failure.
import {enforcementOf, meshesIn, type DaemonSet, type NetworkSeen} from '../observation/network.ts';
import type {AllowNamespaces} from '../parameters/descriptors/allow-namespaces.ts';
import {ApiError, type Api} from './api.ts';
import {pacedReader, type PacedReader} from './paced-reader.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

export async function readNetwork(api: Api, named: readonly string[]): Promise<NetworkSeen> {
  const [facts, exist, meshes] = await Promise.all([
    readEnforcement(api),
    Promise.all(named.map(async (name) => [name, await namespaceExists(api, name)] as const)),
    ifAllowed(api.get<{groups?: readonly {readonly name: string}[]}>('/apis')),
  ]);
  return {
    enforcement: enforcementOf(facts),
    namespaces: Object.fromEntries(exist),
    meshes: meshes && meshesIn((meshes.groups ?? []).map(({name}) => name)),
  };
}

async function readEnforcement(api: Api): Promise<Parameters<typeof enforcementOf>[0]> {
  type Nodes = {
    readonly items?: readonly {readonly status?: {readonly nodeInfo?: {readonly kubeletVersion?: string}}}[];
  };
  const [all, nodes] = await Promise.all([
    listDaemonSets(api, paths.allDaemonSets),
    ifAllowed(api.get<Nodes>(paths.nodes, {limit: 1})),
  ]);
  return {
    daemonSets: all ?? (await listDaemonSets(api, paths.daemonSets('kube-system'))),
    isWholeCluster: all !== null,
    kubeletVersion: nodes?.items?.[0]?.status?.nodeInfo?.kubeletVersion ?? null,
  };
}

/** Null: they may not be listed. A cluster that does not know the kind, such as the sandbox, has none. */
async function listDaemonSets(api: Api, path: string): Promise<readonly DaemonSet[] | null> {
  try {
    return (await api.list<DaemonSet>(path)).items;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    if (error instanceof ApiError && error.status === 403) return null;
    throw error;
  }
}

async function namespaceExists(api: Api, name: string): Promise<boolean | null> {
  return ifAllowed(api.find(`${paths.namespaces}/${name}`).then(Boolean));
}

/** A network rarely changes while somebody looks. */
const freshMs = 60_000;

/**
 * What is known of the network, asked for the named namespaces; null: every namespace is let in, and nothing is asked.
 */
export function networkReader(api: Api): PacedReader<AllowNamespaces, NetworkSeen> {
  return pacedReader(
    (named) => named && named.join(),
    async (named) => named && readNetwork(api, named),
    freshMs,
  );
}
