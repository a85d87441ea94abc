// Where Services listen on this machine: at their own addresses and at the node ports, as long as they have ready pods.
import {serviceSpecOf, type ServicePort} from '../controllers/endpoints.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import type {Address, PodName} from '../parts.ts';
import {backendsOf, Turns} from './backends.ts';
import {openProxy, type Proxy} from './proxy.ts';

/** An annotation of a Service whose first port listens elsewhere than at its cluster IP and port: `127.0.0.1:41233`. */
export const reachableAt = 'pg-helm-install/reachable-at';

interface ServiceListenersOptions {
  readonly store: Store;
  /** False: all Services listen on 127.0.0.1. */
  readonly ownAddresses: boolean;
  /** Where a port of a pod listens on this machine. */
  readonly addressOf: (pod: PodName, port: number) => Address | null;
}

interface Listener {
  readonly id: string;
  readonly at: Address;
  readonly port: ServicePort;
  /** The Service's first port: an annotation tells where it listens. */
  readonly isFirst: boolean;
}

export class ServiceListeners {
  readonly #options: ServiceListenersOptions;
  /** By `namespace/name id`; an entry is there as soon as it is being opened. */
  readonly #open = new Map<string, Promise<Proxy | null>>();
  /** By `namespace/name:port`. */
  readonly #turns = new Map<string, Turns>();

  constructor(options: ServiceListenersOptions) {
    this.#options = options;
  }

  keepAll(): void {
    for (const {metadata} of this.#options.store.list(kinds.service))
      this.keep(metadata.namespace ?? '', metadata.name);
  }

  /** Opens what a Service asks for and has pods for, and closes the rest. */
  keep(namespace: string, name: string): void {
    const {store, ownAddresses} = this.#options;
    const service = store.get(kinds.service, namespace, name);
    const key = `${namespace}/${name} `;
    const wanted = new Map(
      service ? listenersOf(store, service, ownAddresses).map((one) => [`${key}${one.id}`, one]) : [],
    );
    for (const [known, proxy] of this.#open) {
      if (!known.startsWith(key) || wanted.has(known)) continue;
      this.#open.delete(known);
      void proxy.then((one) => one?.stop());
    }
    for (const [place, listener] of wanted)
      if (!this.#open.has(place)) this.#open.set(place, this.#listen(place, namespace, name, listener));
  }

  close(): void {
    for (const proxy of this.#open.values()) void proxy.then((one) => one?.close());
  }

  async #listen(place: string, namespace: string, name: string, {at, port, isFirst}: Listener): Promise<Proxy | null> {
    const next = () => this.#nextBackend(namespace, name, port.port);
    try {
      const proxy = await openProxy(at, next).catch((error: NodeJS.ErrnoException) => {
        // Another program listens on all addresses of this machine, or only root may have the port.
        if (!['EADDRINUSE', 'EACCES'].includes(error.code ?? '') || !isFirst) throw error;
        return openProxy({host: at.host, port: 0}, next);
      });
      if (isFirst) annotate(this.#options.store, namespace, name, proxy, port);
      return proxy;
    } catch (error) {
      process.stderr.write(
        `The Service ${namespace}/${name} does not listen on ${at.host}:${at.port}: ${String(error)}\n`,
      );
      // Opened again when the Service or its pods change.
      this.#open.delete(place);
      return null;
    }
  }

  #nextBackend(namespace: string, name: string, port: number): Address | null {
    const {store, addressOf} = this.#options;
    const service = store.get(kinds.service, namespace, name);
    if (!service) return null;
    const key = `${namespace}/${name}:${port}`;
    const turns = this.#turns.get(key) ?? new Turns();
    this.#turns.set(key, turns);
    return turns.next(backendsOf(store, service, port), addressOf);
  }
}

/** None without a ready pod: clients are then refused, as by kube-proxy. */
function listenersOf(store: Store, service: KubeObject, ownAddresses: boolean): Listener[] {
  const {clusterIP, ports = [], type} = serviceSpecOf(service);
  if (!clusterIP || clusterIP === 'None') return [];
  return ports.flatMap((port, index) => {
    if ((port.protocol ?? 'TCP') !== 'TCP' || backendsOf(store, service, port.port).length === 0) return [];
    const own = {
      id: `own:${port.port}`,
      at: ownAddresses
        ? {host: clusterIP, port: port.port}
        : {host: '127.0.0.1', port: index === 0 ? toldPort(service) : 0},
      port,
      isFirst: index === 0,
    };
    const {nodePort = 0} = port;
    const hosts = type !== 'ClusterIP' && nodePort > 0 ? nodeAddresses(store) : [];
    return [
      own,
      ...hosts.map((host) => ({id: `${host}:${nodePort}`, at: {host, port: nodePort}, port, isFirst: false})),
    ];
  });
}

function nodeAddresses(store: Store): string[] {
  const addresses = store
    .list(kinds.node)
    .flatMap((node) =>
      ((node['status'] as {addresses?: {type: string; address: string}[]}).addresses ?? [])
        .filter(({type}) => type === 'InternalIP')
        .map(({address}) => address),
    );
  return [...new Set(addresses)];
}

/** The port on which the Service listened before. */
function toldPort(service: KubeObject): number {
  return Number(service.metadata.annotations?.[reachableAt]?.split(':')[1] ?? 0);
}

/** Says on the Service where its first port listens, where that is not its own address and port. */
function annotate(store: Store, namespace: string, name: string, {host, port}: Address, wanted: ServicePort): void {
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
