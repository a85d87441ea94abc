// The network of the sandbox. Where a machine has 127.0.0.0/8, each Service and each pod has an address of its own in
// it, with the ports that it names: what kubectl shows answers here, and a database sees who connects. Elsewhere
// everything is on 127.0.0.1 with ports of its own, which an annotation tells.
import {keyOf} from '../controllers/shapes.ts';
import {kinds} from '../store/kinds.ts';
import type {Store} from '../store/store.ts';
import type {Address, Network, PodName} from '../parts.ts';
import {PodAddresses} from './pod-addresses.ts';
import {PodViews} from './pod-views.ts';
import {ServiceListeners} from './service-listeners.ts';

interface NetworkOptions {
  readonly store: Store;
  /** See block.ts; null: only 127.0.0.1. */
  readonly prefix: string | null;
  /** Where a port of a pod listens on this machine. */
  readonly addressOf: (pod: PodName, port: number) => Address | null;
}

export interface ServiceNetwork extends Network {
  close(): void;
}

export function startNetwork({store, prefix, addressOf}: NetworkOptions): ServiceNetwork {
  const podsHaveAddresses = prefix !== null;
  const addresses = new PodAddresses(store, prefix ?? '10.244.0');
  const listeners = new ServiceListeners({store, ownAddresses: podsHaveAddresses, addressOf});
  const views = new PodViews({
    store,
    addressOf,
    sourceOf: (pod) => (podsHaveAddresses ? addresses.addressOf(pod) : undefined),
  });
  const end = store.onChange(({type, kind, object}) => {
    const {namespace = '', name, ownerReferences} = object.metadata;
    if (kind === kinds.service) listeners.keep(namespace, name);
    if (kind === kinds.endpointSlice) listeners.keep(namespace, ownerReferences?.[0]?.name ?? '');
    // Node ports answer at each node.
    if (kind === kinds.node && type !== 'MODIFIED') listeners.keepAll();
    if (kind === kinds.pod && type === 'DELETED') {
      addresses.forget(keyOf(object));
      views.forget(keyOf(object));
    }
  });
  listeners.keepAll();

  return {
    podsHaveAddresses,
    addressForPod: (pod) => addresses.addressFor(pod),
    lookup: (from, name, port) => views.lookup(from, name, port),
    close() {
      end();
      listeners.close();
      views.close();
    },
  };
}
