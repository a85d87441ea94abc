// Services as pods reach them: a port on 127.0.0.1 for each pod and name, so that a connection is seen as that pod's.
import {serviceSpecOf} from '../controllers/endpoints.ts';
import {kinds} from '../store/kinds.ts';
import type {Store} from '../store/store.ts';
import type {Address, PodName} from '../parts.ts';
import {backendsOf, named, Turns} from './backends.ts';
import {openProxy, type Proxy} from './proxy.ts';

interface PodViewsOptions {
  readonly store: Store;
  /** Where a port of a pod listens on this machine. */
  readonly addressOf: (pod: PodName, port: number) => Address | null;
  /** The pod's own address, which its connections come from; undefined: any address of this machine. */
  readonly sourceOf: (pod: PodName) => string | undefined;
}

export class PodViews {
  readonly #options: PodViewsOptions;
  /** By the pod's `namespace/name` and what it reaches. */
  readonly #proxies = new Map<string, Promise<Proxy>>();

  constructor(options: PodViewsOptions) {
    this.#options = options;
  }

  /** Null: there is no such name or port. */
  async lookup(from: PodName, name: string, port: number): Promise<Address | null> {
    const {store} = this.#options;
    const meant = named(store, from.namespace, name);
    if (!meant) return null;
    const {clusterIP, ports = []} = serviceSpecOf(meant.service);
    if (clusterIP !== 'None' && !ports.some((one) => one.port === port)) return null;
    const {namespace = '', name: service} = meant.service.metadata;
    const view = `${from.namespace}/${from.name} ${namespace}/${service}/${meant.pod ?? ''}:${port}`;
    const known = this.#proxies.get(view) ?? this.#open(from, {namespace, service, pod: meant.pod, port});
    this.#proxies.set(view, known);
    const {host, port: at} = await known;
    return {host, port: at};
  }

  /** @param key `namespace/name` of a pod that is gone */
  forget(key: string): void {
    for (const [view, proxy] of this.#proxies) {
      if (!view.startsWith(`${key} `)) continue;
      this.#proxies.delete(view);
      void proxy.then((one) => one.close());
    }
  }

  close(): void {
    for (const proxy of this.#proxies.values()) void proxy.then((one) => one.close());
  }

  /** @param to where `pod` is given: only that pod, of a headless Service */
  #open(
    from: PodName,
    to: {readonly namespace: string; readonly service: string; readonly pod: string | null; readonly port: number},
  ): Promise<Proxy> {
    const {store, addressOf, sourceOf} = this.#options;
    const turns = new Turns();
    return openProxy({host: '127.0.0.1', port: 0}, () => {
      const service = store.get(kinds.service, to.namespace, to.service);
      const backends = service ? backendsOf(store, service, to.port) : [];
      const target = turns.next(to.pod ? backends.filter(({pod}) => pod.name === to.pod) : backends, addressOf);
      const own = sourceOf(from);
      return target && {...target, ...(own ? {from: own} : {})};
    });
  }
}
