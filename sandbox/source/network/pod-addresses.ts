// The addresses of pods: each has one of its own, and keeps it over a restart.
import {serviceSpecOf} from '../controllers/endpoints.ts';
import {podStatusOf} from '../controllers/shapes.ts';
import {kinds} from '../store/kinds.ts';
import type {Store} from '../store/store.ts';
import type {PodName} from '../parts.ts';
import {firstFree} from './block.ts';

export class PodAddresses {
  readonly #store: Store;
  readonly #prefix: string;
  /** By `namespace/name`. */
  readonly #given = new Map<string, string>();
  #next = firstFree;

  /** @param prefix what all of them begin with: `127.63.201` */
  constructor(store: Store, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /** The address that the pod has, or a free one. */
  addressFor(pod: PodName): string {
    const key = `${pod.namespace}/${pod.name}`;
    const before = this.#given.get(key) ?? this.#statusOf(pod);
    const address = before?.startsWith(`${this.#prefix}.`) ? before : this.#free();
    this.#given.set(key, address);
    return address;
  }

  /** Undefined: the pod has none yet. */
  addressOf(pod: PodName): string | undefined {
    return this.#statusOf(pod) ?? this.#given.get(`${pod.namespace}/${pod.name}`);
  }

  /** @param key `namespace/name` of a pod that is gone */
  forget(key: string): void {
    this.#given.delete(key);
  }

  #statusOf({namespace, name}: PodName): string | undefined {
    const pod = this.#store.get(kinds.pod, namespace, name);
    return pod ? podStatusOf(pod).podIP : undefined;
  }

  /** The next free one, so that an address that has just become free does not go to another pod at once. */
  #free(): string {
    const taken = new Set([
      ...this.#given.values(),
      ...this.#store.list(kinds.pod).map((pod) => podStatusOf(pod).podIP),
      ...this.#store.list(kinds.service).map((service) => serviceSpecOf(service).clusterIP),
    ]);
    for (let tries = firstFree; tries < 255; tries++) {
      const address = `${this.#prefix}.${this.#next}`;
      this.#next = this.#next === 254 ? firstFree : this.#next + 1;
      if (!taken.has(address)) return address;
    }
    throw new Error('The sandbox has no address left for another pod.');
  }
}
