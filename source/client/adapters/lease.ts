// The Lease of the operation that is under way.
import {HeldLease} from '../../cluster/held-lease.ts';
import {endLease, noteLease, pauseLease, watchHolder} from '../../cluster/lease.ts';
import type {LeasePort} from '../../operations/ports/lease.ts';
import type {AdapterContext} from './context.ts';

export function leasePort({connection: {api}, target: {namespace, release}, names}: AdapterContext): LeasePort {
  const lease = new HeldLease(api, namespace, names.lease, release);
  return {
    takeLease: (record, over) => lease.take(record, over),
    watchHolder: (limits) => watchHolder(api, namespace, names.lease, limits),
    renewLease: () => lease.renew(),
    confirmLease: () => lease.confirm(),
    noteLease: (record) => noteLease(api, namespace, names.lease, record),
    pauseLease: () => pauseLease(api, namespace, names.lease),
    endLease: () => endLease(api, namespace, names.lease),
  };
}
