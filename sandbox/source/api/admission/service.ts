// Addresses and node ports of Services: given at creation, kept afterwards, refused where they are taken.
import {firstFree} from '../../network/block.ts';
import {kinds} from '../../store/kinds.ts';
import {StatusError, type KubeObject} from '../../store/objects.ts';
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
   * `127.63.201`: the last number is chosen, of those that no pod has. Left out: addresses of 10.96.0.0/16, which
   * answer nowhere.
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
    .filter(({metadata}) => metadata.name !== object.metadata.name || metadata.namespace !== object.metadata.namespace);
  const errors: FieldError[] = [];
  const headless = spec.clusterIP === 'None';
  const addresses = new Set(others.map((other) => specOf(other).clusterIP));
  let address = spec.clusterIP || (before.type === 'ExternalName' ? '' : (before.clusterIP ?? ''));
  if (
    live &&
    before.clusterIP &&
    spec.clusterIP &&
    spec.clusterIP !== before.clusterIP &&
    before.type !== 'ExternalName'
  ) {
    errors.push({...fieldError.invalid('spec.clusterIPs[0]', [spec.clusterIP], 'may not change once set')});
  } else if (!headless && address && addresses.has(address)) {
    errors.push(
      fieldError.invalid(
        'spec.clusterIPs',
        [address],
        `failed to allocate IP ${address}: provided IP is already allocated`,
      ),
    );
  }
  if (spec.type !== 'ExternalName' && !address) address = freeAddress(store, addresses, range);

  const wantsPorts =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  const taken = new Set(
    others.flatMap((other) => (specOf(other).ports ?? []).flatMap(({nodePort}) => (nodePort ? [nodePort] : []))),
  );
  const mine = new Set<number>();
  const chosen = (spec.ports ?? []).map((port, index): Port => {
    const {nodePort, ...rest} = port;
    const kept =
      nodePort ||
      (wantsPorts
        ? (before.ports ?? []).find((one) => (one.name ?? '') === (port.name ?? '') && one.port === port.port)?.nodePort
        : undefined);
    const field = `spec.ports[${index}].nodePort`;
    if (spec.type === 'ClusterIP' || spec.type === undefined || spec.type === 'ExternalName') {
      const stale = before.type !== spec.type && (before.ports ?? []).some((one) => one.nodePort === nodePort);
      if (nodePort && !stale) errors.push(fieldError.forbidden(field, "may not be used when `type` is 'ClusterIP'"));
      return rest;
    }
    if (kept && taken.has(kept)) errors.push(fieldError.invalid(field, kept, 'provided port is already allocated'));
    else if (kept && (kept < range.first || kept > range.last)) {
      errors.push(
        fieldError.invalid(
          field,
          kept,
          `provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`,
        ),
      );
    }
    if (kept) mine.add(kept);
    return kept ? {...rest, nodePort: kept} : rest;
  });
  if (errors.length > 0) throw invalid('', 'Service', object.metadata.name, errors);
  const ports = chosen.map((port) =>
    wantsPorts && !port.nodePort ? {...port, nodePort: freePort(taken, mine, range)} : port,
  );
  const families =
    spec.type === 'ExternalName'
      ? {}
      : {
          clusterIP: address,
          clusterIPs: [address],
          ipFamilies: spec['ipFamilies'] ?? ['IPv4'],
          ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack',
        };
  // What only the type before had, and the request left as it was.
  const stale = ['externalTrafficPolicy', 'allocateLoadBalancerNodePorts', 'healthCheckNodePort'].filter(
    (name) =>
      before[name] !== undefined &&
      spec[name] === before[name] &&
      spec.type !== before.type &&
      (name === 'allocateLoadBalancerNodePorts' ? spec.type !== 'LoadBalancer' : !wantsPorts),
  );
  const current = Object.fromEntries(Object.entries(spec).filter(([name]) => !stale.includes(name)));
  return {...object, spec: {...current, ...(ports.length > 0 ? {ports} : {}), ...families}};
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

function freePort(taken: ReadonlySet<number>, mine: Set<number>, {first, last}: PortRange): number {
  for (let tries = 0; ; tries++) {
    const port = random(first, last);
    if (tries < 10_000 && (taken.has(port) || mine.has(port))) continue;
    mine.add(port);
    return port;
  }
}

function random(first: number, last: number): number {
  return first + Math.floor(Math.random() * (last - first + 1));
}
