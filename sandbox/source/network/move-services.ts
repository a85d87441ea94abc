// Moves the Services of a sandbox to its new addresses, when another sandbox has taken its earlier ones.
import {serviceSpecOf} from '../controllers/endpoints.ts';
import {kinds} from '../store/kinds.ts';
import type {Store} from '../store/store.ts';

/**
 * To be called before anything looks at the store. The last number of each address stays, so that no two Services meet.
 */
export function moveServices(store: Store, prefix: string | null): void {
  if (prefix === null) return;
  for (const service of store.list(kinds.service)) {
    const {clusterIP} = serviceSpecOf(service);
    if (!clusterIP?.startsWith('127.') || clusterIP.startsWith(`${prefix}.`)) continue;
    const moved = `${prefix}.${clusterIP.split('.').at(-1)}`;
    store.update(kinds.service, {...service, spec: {...serviceSpecOf(service), clusterIP: moved, clusterIPs: [moved]}});
  }
}
