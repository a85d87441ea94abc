// Which pods answer for a Service: the ready ones of its slices, in turn.
import {serviceNameLabel, serviceSpecOf} from '../controllers/endpoints.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import type {Address, PodName} from '../parts.ts';

interface Backend {
  readonly pod: PodName;
  readonly port: number;
}

interface Slice {
  readonly endpoints?: readonly {
    readonly conditions?: {readonly ready?: boolean};
    readonly targetRef?: {readonly namespace: string; readonly name: string};
  }[];
  readonly ports?: readonly {readonly name?: string; readonly port: number}[];
}

/** `port` is a port of the Service; a headless Service leads to that port of the pods themselves. */
export function backendsOf(store: Store, service: KubeObject, port: number): Backend[] {
  const {clusterIP, ports = []} = serviceSpecOf(service);
  const {namespace = '', name} = service.metadata;
  const asked = ports.find((one) => one.port === port);
  return store.list(kinds.endpointSlice, namespace).flatMap((slice) => {
    if (slice.metadata.labels?.[serviceNameLabel] !== name) return [];
    const {endpoints = [], ports: numbers = []} = slice as unknown as Slice;
    const number =
      clusterIP === 'None' ? port : numbers.find((one) => asked && (one.name ?? '') === (asked.name ?? ''))?.port;
    if (number === undefined) return [];
    return endpoints.flatMap(({conditions, targetRef}) =>
      conditions?.ready && targetRef
        ? [{pod: {namespace: targetRef.namespace, name: targetRef.name}, port: number}]
        : [],
    );
  });
}

/** Round robin: each call gives the next backend that listens. */
export class Turns {
  #turn = 0;

  next(backends: readonly Backend[], addressOf: (pod: PodName, port: number) => Address | null): Address | null {
    for (let tries = 0; tries < backends.length; tries++) {
      const backend = backends[this.#turn++ % backends.length];
      const address = backend ? addressOf(backend.pod, backend.port) : null;
      if (address) return address;
    }
    return null;
  }
}

/** What a name of the cluster means to a pod of that namespace. Kubernetes: DNS for Services and Pods. */
export function named(
  store: Store,
  namespace: string,
  name: string,
): {readonly service: KubeObject; readonly pod: string | null} | null {
  const parts = name
    .replace(/\.$/, '')
    .replace(/(\.svc)(\.cluster\.local)?$/, '')
    .split('.');
  const [first = '', second, third] = parts;
  const direct = parts.length <= 2 ? store.get(kinds.service, second ?? namespace, first) : null;
  if (direct) return {service: direct, pod: null};
  const behind = second === undefined ? null : store.get(kinds.service, third ?? namespace, second);
  return behind ? {service: behind, pod: first} : null;
}
