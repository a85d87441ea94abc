// Whether the role that reads metrics is there, with a password in the Secret.
import {metricsPasswordKey} from '../chart/names.ts';
import {proofOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

export function hasMetricsPassword({secret}: Snapshot): boolean {
  return secret?.keys.includes(metricsPasswordKey) ?? false;
}

/** As the writer said later than `since`, in milliseconds since the epoch; null: it did not say. */
export function hasMetricsRole(snapshot: Snapshot, since = 0): boolean | null {
  const proof = proofOf(snapshot, 'writer');
  return proof !== null && proof.at > since ? (proof.result.hasMetricsRole ?? null) : null;
}
