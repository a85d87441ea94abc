// Who set the fields of an object, as Kubernetes writes it down (managedFields), and what that means for a helm that
// asks.
import type {StatefulSet} from './kubernetes.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

/**
 * Helm 4 does not overwrite what somebody else set, unless told to. The number of pods is the release's own, however it
 * was last changed (`kubectl scale` is the usual way), so it is
 * taken back where it is another one; whoever else set something else is told of. Where helm 3 had the last word, helm
 * 4 applies as helm 3 does, overwrites anyway, and refuses to be told to.
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
