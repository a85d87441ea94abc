// Where clients connect, and what was proven about it.
import type {Service} from './kubernetes.ts';
import {proofOf, viewOf, type Role} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

export interface Endpoint {
  /** Reachable from outside the cluster; null when there is no such address (yet). */
  readonly host: string | null;
  readonly port: number;
  readonly internalHost: string;
  readonly proven: boolean;
  readonly provenFrom: 'here' | 'cluster' | null;
  /** ISO 8601. */
  readonly provenAt: string | null;
  readonly role: Role;
  readonly latencyMs: number | null;
}

export interface ReaderEndpoint extends Endpoint {
  readonly streaming: number;
  readonly maxLagBytes: number | null;
}

export interface Endpoints {
  readonly writer: Endpoint;
  readonly reader: ReaderEndpoint;
}

const postgresPort = 5432;

/** Null while the Services do not exist. */
export function endpointsOf(snapshot: Snapshot): Endpoints | null {
  const {writerService, readerService, streams, streaming} = viewOf(snapshot);
  if (!writerService || !readerService) return null;
  const lags = streams.flatMap(({lagBytes}) => lagBytes ?? []);
  return {
    writer: endpoint(snapshot, 'writer', writerService),
    reader: {
      ...endpoint(snapshot, 'reader', readerService),
      streaming,
      maxLagBytes: lags.length > 0 ? Math.max(...lags) : null,
    },
  };
}

/**
 * The address that a Service has outside the cluster. A cluster IP on loopback is this machine: only the sandbox has
 * such.
 */
export function externalAddress(
  service: Service | null,
  nodeAddress: string | null,
): {host: string; port: number} | null {
  const port = service?.spec.ports?.[0];
  if (!service || !port) return null;
  const {type, clusterIP} = service.spec;
  if (type === 'NodePort') return port.nodePort && nodeAddress ? {host: nodeAddress, port: port.nodePort} : null;
  const ingress = service.status?.loadBalancer?.ingress?.[0];
  const host =
    type === 'LoadBalancer' ? (ingress?.hostname ?? ingress?.ip) : isLoopback(clusterIP) ? clusterIP : undefined;
  return type !== 'LoadBalancer' || host ? (toldAddress(service) ?? (host ? {host, port: port.port} : null)) : null;
}

/**
 * On a Service of the sandbox whose first port answers elsewhere than it says: `127.0.0.1:41233`. Source:
 * sandbox/source/network/network.ts.
 */
function toldAddress({metadata}: Service): {host: string; port: number} | null {
  const [host, port] = (metadata.annotations?.['pg-helm-install/reachable-at'] ?? '').split(':');
  return isLoopback(host) && Number(port) > 0 ? {host, port: Number(port)} : null;
}

function isLoopback(host: string | undefined): host is string {
  return /^127(\.\d{1,3}){3}$/.test(host ?? '');
}

function endpoint(snapshot: Snapshot, role: Role, service: Service): Endpoint {
  const outside = externalAddress(service, snapshot.nodeAddress ?? null);
  const proof = proofOf(snapshot, role);
  return {
    host: outside?.host ?? null,
    port: outside?.port ?? service.spec.ports?.[0]?.port ?? postgresPort,
    internalHost: `${service.metadata.name}.${snapshot.target.namespace}.svc.cluster.local`,
    proven: proof !== null,
    provenFrom: proof?.from ?? null,
    provenAt: proof ? new Date(proof.at).toISOString() : null,
    role,
    latencyMs: proof?.result.latencyMs ?? null,
  };
}
