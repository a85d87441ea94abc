// Whether the role that reads metrics is there, with a password in the Secret.
import {metricsPasswordKey} from '../chart/secret-keys.ts';
import {followsPassword} from '../chart/parameters/metrics.ts';
import {proofOf, viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

/** Source: chart 16.7.26, templates/primary/statefulset.yaml. */
const exporterContainer = 'metrics';

export function hasMetricsPassword({secret}: Snapshot): boolean {
  return secret?.keys.includes(metricsPasswordKey) ?? false;
}

/** Whether the role exists, as the writer said later than `since` (ms since the epoch); null: it did not say. */
export function hasMetricsRole(snapshot: Snapshot, since = 0): boolean | null {
  const proof = proofOf(snapshot, 'writer');
  return proof !== null && proof.at > since ? (proof.result.hasMetricsRole ?? null) : null;
}

/** The exporters that run, by their pods: those that take a new password as they run, and those that do not. */
export function exportersIn(snapshot: Snapshot): {
  readonly follow: readonly string[];
  readonly stay: readonly string[];
} {
  const {writerPod, readerPods} = viewOf(snapshot);
  const found = [...(writerPod ? [writerPod] : []), ...readerPods].flatMap(({metadata, spec}) => {
    const exporter = spec.containers.find(({name}) => name === exporterContainer);
    return exporter ? [{name: metadata.name, follows: followsPassword(exporter)}] : [];
  });
  const named = (which: boolean) => found.filter(({follows}) => follows === which).map(({name}) => name);
  return {follow: named(true), stay: named(false)};
}
