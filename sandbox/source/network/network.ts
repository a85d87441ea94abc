// The network of the sandbox. Where a machine has 127.0.0.0/8, each Service and each pod has an address of its own in
// it, with the ports that it says: what
// kubectl shows answers here, and a database sees who connects. Elsewhere everything is on 127.0.0.1 with ports of
// their own, told in an annotation.
import {serviceSpecOf, type ServicePort} from '../controllers/endpoints.ts';
import {keyOf, podStatusOf} from '../controllers/shapes.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import type {Address, Network, PodName} from '../world.ts';
import {backendsOf, named, Turns} from './backends.ts';
import {firstFree} from './block.ts';
import {openProxy, type Proxy} from './proxy.ts';

/** On a Service whose first port listens elsewhere than at its cluster IP and port: `127.0.0.1:41233`. */
export const reachableAt = 'pg-helm-install/reachable-at';

export interface NetworkOptions {
  readonly store: Store;
  /** See block.ts; null: only 127.0.0.1. */
  readonly prefix: string | null;
  /** Where a port of a pod listens on this machine. */
  readonly addressOf: (pod: PodName, port: number) => Address | null;
}

export interface ServiceNetwork extends Network {
  close(): void;
}

interface Listener {
  readonly id: string;
  readonly at: Address;
  readonly port: ServicePort;
  /** Where it listens is told. */
  readonly isFirst: boolean;
}

export function startNetwork({store, prefix, addressOf}: NetworkOptions): ServiceNetwork {
  // By `namespace/name which`; an entry is there as soon as it is being opened.
  const open = new Map<string, Promise<Proxy | null>>();
  const views = new Map<string, Promise<Proxy>>();
  const turns = new Map<string, Turns>();
  const given = new Map<string, string>();
  let nextAddress = firstFree;
  const end = store.onChange(({type, kind, object}) => {
    if (kind === kinds.service) keep(object.metadata.namespace ?? '', object.metadata.name);
    if (kind === kinds.endpointSlice)
      keep(object.metadata.namespace ?? '', object.metadata.ownerReferences?.[0]?.name ?? '');
    // Node ports answer at each node.
    if (kind === kinds.node && type !== 'MODIFIED') keepAll();
    if (kind === kinds.pod && type === 'DELETED') forget(object);
  });
  keepAll();

  return {
    podsHaveAddresses: prefix !== null,
    addressForPod(pod) {
      const key = `${pod.namespace}/${pod.name}`;
      const before =
        given.get(key) ?? podStatusOf(store.get(kinds.pod, pod.namespace, pod.name) ?? ({} as KubeObject)).podIP;
      const address = before?.startsWith(`${prefix ?? '10.244.0'}.`) ? before : free();
      given.set(key, address);
      return address;
    },
    lookup,
    close() {
      end();
      for (const proxy of [...open.values(), ...views.values()]) void proxy.then((one) => one?.close());
    },
  };

  function keepAll(): void {
    for (const {metadata} of store.list(kinds.service)) keep(metadata.namespace ?? '', metadata.name);
  }

  /** Opens what a Service wants and has pods for, and closes the rest. */
  function keep(namespace: string, name: string): void {
    const service = store.get(kinds.service, namespace, name);
    const key = `${namespace}/${name} `;
    const wanted = new Map(
      service ? listeners(service).map((one) => [`${key}${one.id}`, one] as [string, Listener]) : [],
    );
    for (const [known, proxy] of open) {
      if (!known.startsWith(key) || wanted.has(known)) continue;
      open.delete(known);
      void proxy.then((one) => one?.stop());
    }
    for (const [place, {at, port, isFirst}] of wanted)
      if (!open.has(place)) open.set(place, listen(place, namespace, name, {at, port, isFirst}));
  }

  /** None without a ready pod: whoever connects is refused, as by kube-proxy. */
  function listeners(service: KubeObject): Listener[] {
    const {clusterIP, ports = [], type} = serviceSpecOf(service);
    if (!clusterIP || clusterIP === 'None') return [];
    return ports.flatMap((port, index) => {
      if ((port.protocol ?? 'TCP') !== 'TCP' || backendsOf(store, service, port.port).length === 0) return [];
      const own = {
        id: `own:${port.port}`,
        at:
          prefix === null
            ? {host: '127.0.0.1', port: index === 0 ? toldPort(service) : 0}
            : {host: clusterIP, port: port.port},
        port,
        isFirst: index === 0,
      };
      const {nodePort = 0} = port;
      const hosts = type !== 'ClusterIP' && nodePort > 0 ? nodeAddresses() : [];
      return [
        own,
        ...hosts.map((host) => ({id: `${host}:${nodePort}`, at: {host, port: nodePort}, port, isFirst: false})),
      ];
    });
  }

  function nodeAddresses(): string[] {
    const addresses = store
      .list(kinds.node)
      .flatMap((node) =>
        ((node['status'] as {addresses?: {type: string; address: string}[]}).addresses ?? [])
          .filter(({type}) => type === 'InternalIP')
          .map(({address}) => address),
      );
    return [...new Set(addresses)];
  }

  async function listen(
    place: string,
    namespace: string,
    name: string,
    {at, port, isFirst}: Omit<Listener, 'id'>,
  ): Promise<Proxy | null> {
    const next = () => {
      const service = store.get(kinds.service, namespace, name);
      return (
        service && turnsOf(`${namespace}/${name}:${port.port}`).next(backendsOf(store, service, port.port), addressOf)
      );
    };
    try {
      const proxy = await openProxy(at, next).catch((error: NodeJS.ErrnoException) => {
        // Somebody listens on all addresses of this machine, or it is a port for root alone.
        if (!['EADDRINUSE', 'EACCES'].includes(error.code ?? '') || !isFirst) throw error;
        return openProxy({host: at.host, port: 0}, next);
      });
      if (isFirst) tell(namespace, name, proxy, port);
      return proxy;
    } catch (error) {
      process.stderr.write(
        `The Service ${namespace}/${name} does not listen on ${at.host}:${at.port}: ${String(error)}\n`,
      );
      // Tried again when the Service or its pods change.
      open.delete(place);
      return null;
    }
  }

  function toldPort(service: KubeObject): number {
    return Number(service.metadata.annotations?.[reachableAt]?.split(':')[1] ?? 0);
  }

  function tell(namespace: string, name: string, {host, port}: Address, wanted: ServicePort): void {
    const service = store.get(kinds.service, namespace, name);
    if (!service) return;
    const {[reachableAt]: before, ...annotations} = service.metadata.annotations ?? {};
    const told = host === serviceSpecOf(service).clusterIP && port === wanted.port ? undefined : `${host}:${port}`;
    if (before === told) return;
    store.update(kinds.service, {
      ...service,
      metadata: {...service.metadata, annotations: {...annotations, ...(told ? {[reachableAt]: told} : {})}},
    });
  }

  async function lookup(from: PodName, name: string, port: number): Promise<Address | null> {
    const meant = named(store, from.namespace, name);
    if (
      !meant ||
      (serviceSpecOf(meant.service).clusterIP !== 'None' &&
        !serviceSpecOf(meant.service).ports?.some((one) => one.port === port))
    )
      return null;
    const {namespace = '', name: serviceName} = meant.service.metadata;
    const view = `${from.namespace}/${from.name} ${namespace}/${serviceName}/${meant.pod ?? ''}:${port}`;
    const known = views.get(view) ?? openProxy({host: '127.0.0.1', port: 0}, next);
    views.set(view, known);
    const {host, port: at} = await known;
    return {host, port: at};

    function next() {
      const service = store.get(kinds.service, namespace, serviceName);
      const backends = service ? backendsOf(store, service, port) : [];
      const target = turnsOf(view).next(
        meant?.pod ? backends.filter(({pod}) => pod.name === meant.pod) : backends,
        addressOf,
      );
      const own =
        prefix === null
          ? undefined
          : (podStatusOf(store.get(kinds.pod, from.namespace, from.name) ?? ({} as KubeObject)).podIP ??
            given.get(`${from.namespace}/${from.name}`));
      return target && {...target, ...(own ? {from: own} : {})};
    }
  }

  function turnsOf(key: string): Turns {
    const found = turns.get(key) ?? new Turns();
    turns.set(key, found);
    return found;
  }

  function forget(pod: KubeObject): void {
    const key = keyOf(pod);
    given.delete(key);
    for (const [view, proxy] of views) {
      if (!view.startsWith(`${key} `)) continue;
      views.delete(view);
      turns.delete(view);
      void proxy.then((one) => one.close());
    }
  }

  /** One after the other, so that an address that has just become free is not somebody else's at once. */
  function free(): string {
    const taken = new Set([
      ...given.values(),
      ...store.list(kinds.pod).map((pod) => podStatusOf(pod).podIP),
      ...store.list(kinds.service).map((service) => serviceSpecOf(service).clusterIP),
    ]);
    for (let tries = firstFree; tries < 255; tries++) {
      const address = `${prefix ?? '10.244.0'}.${nextAddress}`;
      nextAddress = nextAddress === 254 ? firstFree : nextAddress + 1;
      if (!taken.has(address)) return address;
    }
    throw new Error('The sandbox has no address left for another pod.');
  }
}
