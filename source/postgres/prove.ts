// Proves the endpoints of a release: from this machine where they have an address outside the cluster; where they have
// none, or it is out of reach, inside the cluster.
import {postgresPort} from '../chart/names.ts';
import {setTimeout} from 'node:timers/promises';
import type {EndpointFact, Proof} from '../observation/snapshot.ts';
import {proveHere, replicationHere} from './prove-here.ts';
import {proveInCluster, type SslMode} from './prove-in-cluster.ts';
import type {Exec} from './psql.ts';
import type {StreamingPods} from './queries.ts';
import type {TlsSettings} from './session.ts';
import {clock} from '../core/time.ts';

export interface EndpointAddress {
  /** Load balancer, or node port with a node's address; null when there is none yet. IPv6 without brackets. */
  readonly external: {readonly host: string; readonly port: number} | null;
  /** The Service's name as a pod of its namespace resolves it; port 5432. */
  readonly service: string;
  /** For connections from this machine; null: TLS is preferred, and nothing is verified. */
  readonly encryption: TlsSettings | null;
}

export interface ProveEndpoints {
  readonly writer: EndpointAddress;
  /** Null: there are no readers to prove. */
  readonly reader: EndpointAddress | null;
  /** Ready pods only. */
  readonly pods: {readonly writer: string | null; readonly readers: readonly string[]};
  readonly container: string;
  /** Inside the cluster, see prove-in-cluster.ts. */
  readonly sslmode: SslMode;
  readonly credentials: {
    readonly username: string;
    readonly database: string;
    readonly password: string;
    /** The password of `postgres`; null: replication is not asked for. */
    readonly adminPassword: string | null;
  };
  readonly streamingPods: StreamingPods;
  /** When aborted, its promise should reject: nothing else ends a command that runs in a pod. */
  readonly exec: Exec;
  /** For each try. A try from this machine gets at most 3 s, because there is a second chance inside the cluster. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const maxHereMs = 3000;
const betweenTriesMs = 200;

/** Never throws. One endpoint fact for each endpoint, and a replication fact where the writer answered a superuser. */
export async function proveEndpoints(ask: ProveEndpoints): Promise<readonly Proof[]> {
  const facts = await Promise.all([
    prove(ask, 'writer', ask.writer),
    ask.reader ? prove(ask, 'reader', ask.reader) : [],
  ]);
  return facts.flat();
}

async function prove(ask: ProveEndpoints, role: EndpointFact['role'], address: EndpointAddress): Promise<Proof[]> {
  const {external, encryption} = address;
  const here = external && (await fromHere(ask, role, {...external, encryption}));
  const [fact] = here ?? [];
  const outOfReach = fact?.kind === 'endpoint' && !fact.result.answered && fact.result.reason === 'unreachable';
  if (here && !(outOfReach && !ask.signal?.aborted)) return here;
  const pod = askingPod(ask.pods, role);
  if (pod !== null) return fromPod(ask, role, address.service, pod);
  return here ?? [nobodyToAsk(role)];
}

/** An address outside the cluster, and how it is spoken to. */
interface Reached {
  readonly host: string;
  readonly port: number;
  readonly encryption: TlsSettings | null;
}

/**
 * A node forwards to a pod only some time after the pod is ready, and refuses until then, so a refused connection is
 * tried again.
 */
async function fromHere(ask: ProveEndpoints, role: EndpointFact['role'], external: Reached): Promise<Proof[]> {
  const timeoutMs = Math.min(ask.timeoutMs, maxHereMs);
  const end = performance.now() + timeoutMs;
  for (;;) {
    const facts = await tryFromHere(ask, role, external, timeoutMs);
    const [fact] = facts;
    const isRefused = fact?.kind === 'endpoint' && !fact.result.answered && fact.result.reason === 'unreachable';
    if (!isRefused || ask.signal?.aborted || performance.now() + betweenTriesMs > end) return facts;
    await setTimeout(betweenTriesMs);
  }
}

async function tryFromHere(
  ask: ProveEndpoints,
  role: EndpointFact['role'],
  external: Reached,
  timeoutMs: number,
): Promise<Proof[]> {
  const {username, database, password, adminPassword} = ask.credentials;
  const common = {...external, timeoutMs, signal: ask.signal};
  const admin = {...common, username: 'postgres', database: 'postgres', streamingPods: ask.streamingPods};
  const [endpoint, replication] = await Promise.all([
    proveHere({...common, role, username, database, password}),
    role === 'writer' && adminPassword !== null ? replicationHere({...admin, password: adminPassword}) : null,
  ]);
  return replication ? [endpoint, replication] : [endpoint];
}

async function fromPod(
  ask: ProveEndpoints,
  role: EndpointFact['role'],
  service: string,
  pod: string,
): Promise<Proof[]> {
  const {adminPassword, ...credentials} = ask.credentials;
  const {exec, container, sslmode, timeoutMs, streamingPods} = ask;
  const replication = role === 'writer' && adminPassword !== null ? {adminPassword, streamingPods} : null;
  const proven = await proveInCluster({
    ...credentials,
    role,
    exec,
    container,
    sslmode,
    timeoutMs,
    replication,
    pod,
    host: service,
    port: postgresPort,
  });
  return proven.replication ? [proven.endpoint, proven.replication] : [proven.endpoint];
}

/**
 * A pod of the other role if there is one, because a pod that asks itself through a Service may get no answer
 * (hairpin).
 */
function askingPod({writer, readers}: ProveEndpoints['pods'], role: EndpointFact['role']): string | null {
  const [reader = null] = readers;
  return role === 'writer' ? (reader ?? writer) : (writer ?? reader);
}

function nobodyToAsk(role: EndpointFact['role']): EndpointFact {
  const text = 'no address outside the cluster, and no ready pod to ask from inside';
  return {
    kind: 'endpoint',
    role,
    from: 'cluster',
    at: clock.now(),
    result: {answered: false, reason: 'unreachable', text},
  };
}
