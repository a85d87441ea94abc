// Where clients connect, and what was proven about it.
import {postgresPort} from '../chart/names.ts';
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

interface ReaderEndpoint extends Endpoint {
  readonly streaming: number;
  readonly maxLagBytes: number | null;
}

export interface Endpoints {
  readonly writer: Endpoint;
  readonly reader: ReaderEndpoint;
}

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
 * The address that a Service has outside the cluster. A cluster IP on loopback is an address of this machine, which
 * only the sandbox gives out.
 */
export function externalAddress(
  service: Service | null,
  nodeAddress: string | null,
): {host: string; port: number} | null {
  if (!service) return null;
  const [port] = service.spec.ports ?? [];
  if (!port) return null;
  const {type, clusterIP} = service.spec;
  switch (type) {
    case 'NodePort':
      return nodeAddress && port.nodePort ? {host: nodeAddress, port: port.nodePort} : null;
    case 'LoadBalancer': {
      const host = balancerHost(service);
      return host ? (reportedAddress(service) ?? {host, port: port.port}) : null;
    }
    default:
      return reportedAddress(service) ?? (isLoopback(clusterIP) ? {host: clusterIP, port: port.port} : null);
  }
}

function balancerHost({status}: Service): string | undefined {
  const {hostname, ip} = status?.loadBalancer?.ingress?.[0] ?? {};
  return hostname ?? ip;
}

/**
 * The address that a Service of the sandbox is annotated with when its first port answers elsewhere than it says, such
 * as `127.0.0.1:41233`. Source: sandbox/source/network/network.ts.
 */
function reportedAddress({metadata}: Service): {host: string; port: number} | null {
  const [host, port] = (metadata.annotations?.['pg-helm-install/reachable-at'] ?? '').split(':');
  return isLoopback(host) && Number(port) > 0 ? {host, port: Number(port)} : null;
}

function isLoopback(host: string | undefined): host is string {
  return /^127(\.\d{1,3}){3}$/.test(host ?? '');
}

function endpoint(snapshot: Snapshot, role: Role, service: Service): Endpoint {
  const inside = {host: null, port: service.spec.ports?.[0]?.port ?? postgresPort};
  const {host, port} = externalAddress(service, snapshot.nodeAddress ?? null) ?? inside;
  const {latencyMs, ...proven} = provenBy(proofOf(snapshot, role));
  return {
    host,
    port,
    internalHost: `${service.metadata.name}.${snapshot.target.namespace}.svc.cluster.local`,
    ...proven,
    role,
    latencyMs,
  };
}

function provenBy(
  proof: ReturnType<typeof proofOf>,
): Pick<Endpoint, 'proven' | 'provenFrom' | 'provenAt' | 'latencyMs'> {
  if (!proof) return {proven: false, provenFrom: null, provenAt: null, latencyMs: null};
  const {from, at, result} = proof;
  return {proven: true, provenFrom: from, provenAt: new Date(at).toISOString(), latencyMs: result.latencyMs};
}
