// Addresses and node ports of Services: allocated at creation, kept afterwards, refused where they are taken.
import {firstFree} from '../../network/block.ts';
import {kinds} from '../../store/kinds.ts';
import {StatusError, type KubeObject} from '../../store/objects.ts';
import {omit} from '../../store/omit.ts';
import type {Store} from '../../store/store.ts';
import {fieldError, invalid, type FieldError} from '../status-answer.ts';

interface Port {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly nodePort?: number;
}
interface Spec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ports?: readonly Port[];
  readonly healthCheckNodePort?: number;
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly [field: string]: unknown;
}

/** Which node ports and cluster addresses a Service may have. Kubernetes's own ports are 30000–32767. */
export interface PortRange {
  /**
   * The first three numbers of an address, such as `127.63.201`; the last one is chosen among those that no pod has.
   * Left out: addresses of 10.96.0.0/16, on which nothing answers.
   */
  readonly prefix?: string | null;
  readonly first: number;
  readonly last: number;
}
export const kubernetesPorts: PortRange = {first: 30000, last: 32767};

const specOf = (object: KubeObject | null) => (object?.['spec'] ?? {}) as Spec;

/**
 * @param live null at creation
 * @throws StatusError 422 in the API server's words
 */
export function allocateService(
  store: Store,
  live: KubeObject | null,
  object: KubeObject,
  range: PortRange,
): KubeObject {
  const spec = specOf(object);
  const before = specOf(live);
  const others = store
    .list(kinds.service)
    .filter(({metadata}) => metadata.name !== object.metadata.name || metadata.namespace !== object.metadata.namespace)
    .map(specOf);
  const takenAddresses = new Set(others.map(({clusterIP}) => clusterIP));
  const takenPorts = new Set(
    others.flatMap(({ports = []}) => ports.flatMap(({nodePort}) => (nodePort ? [nodePort] : []))),
  );
  const requested = spec.clusterIP || (before.type === 'ExternalName' ? '' : (before.clusterIP ?? ''));
  const address = requested || (spec.type === 'ExternalName' ? '' : freeAddress(store, takenAddresses, range));
  const errors = [
    ...clusterIpErrors(spec, before, requested, takenAddresses),
    ...nodePortErrors(spec, before, takenPorts, range),
  ];
  if (errors.length > 0) throw invalid('', 'Service', object.metadata.name, errors);
  const ports = portsWithNodePorts(spec, before, takenPorts, range);
  const addresses = spec.type === 'ExternalName' ? {} : addressFields(spec, address);
  return {...object, spec: {...withoutStaleFields(spec, before), ...(ports.length > 0 ? {ports} : {}), ...addresses}};
}

function clusterIpErrors(
  spec: Spec,
  before: Spec,
  requested: string,
  taken: ReadonlySet<string | undefined>,
): FieldError[] {
  const changed = before.clusterIP && spec.clusterIP && spec.clusterIP !== before.clusterIP;
  if (changed && before.type !== 'ExternalName')
    return [fieldError.invalid('spec.clusterIPs[0]', [spec.clusterIP], 'may not change once set')];
  if (spec.clusterIP === 'None' || !requested || !taken.has(requested)) return [];
  const text = `failed to allocate IP ${requested}: provided IP is already allocated`;
  return [fieldError.invalid('spec.clusterIPs', [requested], text)];
}

/** The address fields of a Service that is not an ExternalName. */
function addressFields(spec: Spec, address: string) {
  return {
    clusterIP: address,
    clusterIPs: [address],
    ipFamilies: spec['ipFamilies'] ?? ['IPv4'],
    ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack',
  };
}

/** Whether a port that names no node port gets one. */
function allocatesNodePorts({type, allocateLoadBalancerNodePorts}: Spec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

function mayHaveNodePorts({type}: Spec): boolean {
  return type !== undefined && type !== 'ClusterIP' && type !== 'ExternalName';
}

/** The node port that a port names, or had before. */
function requestedNodePort(port: Port, spec: Spec, {ports = []}: Spec): number | undefined {
  if (port.nodePort || !allocatesNodePorts(spec)) return port.nodePort;
  return ports.find((one) => (one.name ?? '') === (port.name ?? '') && one.port === port.port)?.nodePort;
}

function nodePortErrors(spec: Spec, before: Spec, taken: ReadonlySet<number>, range: PortRange): FieldError[] {
  return (spec.ports ?? []).flatMap((port, index) => {
    const nodePort = requestedNodePort(port, spec, before);
    if (!nodePort) return [];
    const field = `spec.ports[${index}].nodePort`;
    if (!mayHaveNodePorts(spec)) {
      // Only the type before had this port, and the request left it as it was.
      const stale = before.type !== spec.type && (before.ports ?? []).some((one) => one.nodePort === nodePort);
      return stale ? [] : [fieldError.forbidden(field, "may not be used when `type` is 'ClusterIP'")];
    }
    if (taken.has(nodePort)) return [fieldError.invalid(field, nodePort, 'provided port is already allocated')];
    if (nodePort >= range.first && nodePort <= range.last) return [];
    const text = `provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`;
    return [fieldError.invalid(field, nodePort, text)];
  });
}

function portsWithNodePorts(spec: Spec, before: Spec, taken: ReadonlySet<number>, range: PortRange): Port[] {
  const ports = (spec.ports ?? []).map((port): Port => {
    const nodePort = mayHaveNodePorts(spec) ? requestedNodePort(port, spec, before) : undefined;
    const others = omit(port, 'nodePort');
    return nodePort ? {...others, nodePort} : others;
  });
  if (!allocatesNodePorts(spec)) return ports;
  const own = new Set(ports.flatMap(({nodePort}) => nodePort ?? []));
  return ports.map((port) => (port.nodePort ? port : {...port, nodePort: freePort(taken, own, range)}));
}

/** Leaves out what only the type before had and the request left as it was. */
function withoutStaleFields(spec: Spec, before: Spec): Spec {
  const isStale = (name: string) =>
    before[name] !== undefined &&
    spec[name] === before[name] &&
    spec.type !== before.type &&
    (name === 'allocateLoadBalancerNodePorts' ? spec.type !== 'LoadBalancer' : !allocatesNodePorts(spec));
  const stale = ['externalTrafficPolicy', 'allocateLoadBalancerNodePorts', 'healthCheckNodePort'].filter(isStale);
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !stale.includes(name)));
}

function freeAddress(store: Store, taken: Set<string | undefined>, {prefix}: PortRange): string {
  if (!prefix) {
    for (;;) {
      const address = `10.96.${random(1, 254)}.${random(2, 254)}`;
      if (!taken.has(address)) return address;
    }
  }
  for (const pod of store.list(kinds.pod)) taken.add((pod['status'] as {podIP?: string} | undefined)?.podIP);
  const free = Array.from({length: 255 - firstFree}, (_, index) => `${prefix}.${index + firstFree}`).filter(
    (address) => !taken.has(address),
  );
  const chosen = free[random(0, free.length - 1)];
  if (chosen === undefined)
    throw new StatusError(
      500,
      'InternalError',
      'Internal error occurred: failed to allocate a serviceIP: range is full',
    );
  return chosen;
}

function freePort(taken: ReadonlySet<number>, own: Set<number>, {first, last}: PortRange): number {
  for (let tries = 0; ; tries++) {
    const port = random(first, last);
    if (tries < 10_000 && (taken.has(port) || own.has(port))) continue;
    own.add(port);
    return port;
  }
}

function random(first: number, last: number): number {
  return first + Math.floor(Math.random() * (last - first + 1));
}
