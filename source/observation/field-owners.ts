// Who set the fields of an object, as Kubernetes records it (managedFields), and what that means for helm when it
// applies them.
import type {StatefulSet} from './kubernetes.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

/**
 * Helm 4 does not overwrite what somebody else set, unless told to. The number of pods is the release's own, however it
 * was last changed (usually by `kubectl scale`), so a different number is taken back; other fields that somebody else
 * set are reported. Where helm 3 wrote last, helm 4 applies as helm 3 does, overwrites anyway, and refuses to be told
 * to.
 */
export function numberIsHeldByOthers(snapshot: Snapshot, readReplicaCount: number): boolean {
  const {newest, writerSet, readerSet} = viewOf(snapshot);
  const differs = (set: StatefulSet | null, desired: number) =>
    set !== null && set.spec.replicas !== desired && isHeldByOthers(set);
  return newest?.applyMethod === 'ssa' && (differs(writerSet, 1) || differs(readerSet, readReplicaCount));
}

function isHeldByOthers({metadata: {managedFields = []}}: StatefulSet): boolean {
  return managedFields.some(
    ({manager, operation, fieldsV1}) =>
      !(manager === 'helm' && operation === 'Apply') && fieldsV1?.['f:spec']?.['f:replicas'] !== undefined,
  );
}
