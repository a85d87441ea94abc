// Nothing ends a pod, and nothing removes a release, while the storage under the data is being deleted: only the pods
// keep it.
import {UserError, type Cause} from '../core/cause.ts';
import {readerOfPod} from '../chart/names.ts';
import {leftoverVolume} from '../observation/causes/leftover-volume.ts';
import {goingCause} from '../observation/causes/volume-going.ts';
import {systemIdentifierDiffers} from '../observation/causes/system-identifier-differs.ts';
import {goingOf, goingUnder, namespaceGoing, type BeingDeleted} from '../observation/going.ts';
import {viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {writerIsKnown} from '../observation/system-identifier.ts';
import {setsOfOtherSize} from '../observation/storage.ts';
import type {DiskSizes} from '../parameters/readers.ts';
import {restarts, type PodUpdatePlan} from '../plan/pod-update-plan.ts';
import type {StoragePort} from './ports/storage.ts';

/**
 * Checked before anything else: in a namespace that is being deleted nothing new can be made, and what is there goes
 * too.
 */
export function refuseInGoingNamespace(before: Snapshot): readonly Cause[] {
  const going = namespaceGoing(before);
  return going ? [refusal(before, going)] : [];
}

/**
 * StatefulSets are not recreated around pods whose claims are being deleted: the new ones would make empty claims of
 * those names.
 */
export function refuseGrowth(before: Snapshot, disks: DiskSizes): readonly Cause[] {
  const [going] = goingOf(before);
  return going && setsOfOtherSize(before, disks).length > 0 ? [refusal(before, going)] : [];
}

/** A restart in place counts as a restart too, because the pod is recreated where the cluster refuses that. */
export function refuseRestarts(before: Snapshot, podUpdates: readonly PodUpdatePlan[]): readonly Cause[] {
  return goingOf(before)
    .filter(({pod}) => podUpdates.some((podUpdate) => restarts(podUpdate) && podUpdate.pod.metadata.name === pod))
    .map((going) => refusal(before, going));
}

/**
 * A reader that goes takes its volume along where the claim is being deleted. No reader may go while the writer serves
 * another database.
 */
export function refuseFewerReaders(before: Snapshot, readers: number, deleteVolumes: boolean): readonly Cause[] {
  if (readers >= viewOf(before).readersWanted) return [];
  const spare = goingOf(before).filter(
    ({pod, heldBy}) => heldBy === null && (readerOfPod(before.target, pod ?? '') ?? -1) >= readers,
  );
  const differs = systemIdentifierDiffers(before);
  return [
    ...(differs ? [unchanged(differs.cause)] : []),
    ...(deleteVolumes ? [] : spare.map((going) => refusal(before, going))),
  ];
}

/** The volumes of readers may be the only copy while the writer serves another database, or may do so. */
export function refuseDeletion(before: Snapshot): readonly Cause[] {
  const found = writerInDoubt(before);
  return found ? [unchanged(found)] : [];
}

/**
 * Storage that was being deleted before a change does not end the change, which ends no pod on it; the notes mention it
 * again at the end.
 */
export function goingBefore(before: Snapshot): {
  readonly isOneOf: (found: Cause) => boolean;
  readonly notes: readonly string[];
} {
  const going = goingOf(before);
  return {
    isOneOf: ({code, object}) => code === 'VOLUME_GOING' && going.some(({name}) => name === object?.name),
    notes: going.map((one) => goingCause(before, one).message),
  };
}

/**
 * Why what the writer serves may not be the release's database: a reader's volume may be the only copy of that. Null
 * too where a reader differs from a writer that is known to be right.
 */
export function writerInDoubt(before: Snapshot): Cause | null {
  const found = systemIdentifierDiffers(before) ?? (writerIsKnown(before) ? null : leftoverVolume(before));
  return found?.cause ?? null;
}

/**
 * Refuses where the volumes were to stay and one of them would not. A volume that no pod keeps goes whether the release
 * stays or not.
 */
export function refuseUninstall(before: Snapshot, deleteData: boolean): Cause | null {
  const going = goingOf(before).find(({kind, heldBy}) => kind === 'Namespace' || (!deleteData && heldBy === null));
  return going ? refusal(before, going) : null;
}

/**
 * Checks right before a pod is deleted, because the deletion of its claim may have begun since the last look.
 * @throws UserError VOLUME_GOING
 */
export async function assertDataStays(storage: StoragePort, snapshot: Snapshot, pod: string): Promise<void> {
  const {namespace, claims, volumes} = await storage.storageUnder(pod);
  const [claim] = claims;
  const now = {
    ...snapshot,
    // What may not be read now is taken as it was last seen.
    namespace: namespace ?? snapshot.namespace,
    claims: claim
      ? [...snapshot.claims.filter(({metadata}) => metadata.name !== claim.metadata.name), claim]
      : snapshot.claims,
    volumes: {...snapshot.volumes, ...volumes},
  };
  const going = goingUnder(pod, now);
  if (going) throw new UserError(goingCause(now, going));
}

function refusal(before: Snapshot, going: BeingDeleted): Cause {
  return unchanged(goingCause(before, going));
}

function unchanged(found: Cause): Cause {
  return {...found, message: `${found.message} Nothing was changed.`};
}
