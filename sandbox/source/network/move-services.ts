// A sandbox whose addresses another one has taken meanwhile gets others: its Services move with it.
import {serviceSpecOf} from '../controllers/endpoints.ts';
import {kinds} from '../store/kinds.ts';
import type {Store} from '../store/store.ts';

/** Before anybody looks at the store. The last number of each address stays, so that no two meet. */
export function moveServices(store: Store, prefix: string | null): void {
  if (prefix === null) return;
  for (const service of store.list(kinds.service)) {
    const {clusterIP} = serviceSpecOf(service);
    if (!clusterIP?.startsWith('127.') || clusterIP.startsWith(`${prefix}.`)) continue;
    const moved = `${prefix}.${clusterIP.split('.').at(-1)}`;
    store.update(kinds.service, {...service, spec: {...serviceSpecOf(service), clusterIP: moved, clusterIPs: [moved]}});
  }
}
