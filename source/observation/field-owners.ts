// Who set the fields of an object, as Kubernetes writes it down (managedFields), and what that means for a helm that asks.
import type {StatefulSet} from './kubernetes.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

/**
 * Helm 4 does not overwrite what somebody else set, unless told to. The number of pods is the release's own, however it was last changed (`kubectl scale` is the usual way), so it is
 * taken back; whoever else set something else is told of. Where helm 3 had the last word, helm 4 applies as helm 3 does, overwrites anyway, and refuses to be told to.
 */
export function numberIsHeldByOthers(snapshot: Snapshot): boolean {
  const {newest, writerSet, readerSet} = viewOf(snapshot);
  return newest?.applyMethod === 'ssa' && [writerSet, readerSet].some((set) => set !== null && isHeldByOthers(set));
}

function isHeldByOthers({metadata: {managedFields = []}}: StatefulSet): boolean {
  return managedFields.some(({manager, operation, fieldsV1}) => !(manager === 'helm' && operation === 'Apply') && fieldsV1?.['f:spec']?.['f:replicas'] !== undefined);
}
