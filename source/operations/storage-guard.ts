// Nothing ends a pod, and nothing removes a release, while the storage under the data is being deleted: only the pods
// keep it.
import {cause, UserError, type Cause} from '../core/cause.ts';
import {propose} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {objectNames, readerOfPod} from '../chart/names.ts';
import {retain} from '../observation/causes/recovery-commands.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {object} from '../observation/checks/messages.ts';
import {heldClaims, isLeftHalfWay, isRoleHalfMoved, volumesHalfMoved} from '../observation/role/half-moved.ts';
import {guardFinalizer} from '../observation/role/switchover.ts';
import {leftoverVolume} from '../observation/causes/leftover-volume.ts';
import {deletionCause} from '../observation/causes/volume-going.ts';
import {systemIdentifierDiffers} from '../observation/causes/system-identifier-differs.ts';
import {
  objectsBeingDeleted,
  beingDeletedUnder,
  namespaceBeingDeleted,
  type BeingDeleted,
} from '../observation/being-deleted.ts';
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
export function refuseInTerminatingNamespace(before: Snapshot): readonly Cause[] {
  const deleting = namespaceBeingDeleted(before);
  return deleting ? [refusal(before, deleting)] : [];
}

/**
 * StatefulSets are not recreated around pods whose claims are being deleted: the new ones would make empty claims of
 * those names.
 */
export function refuseGrowth(before: Snapshot, disks: DiskSizes): readonly Cause[] {
  const [deleting] = objectsBeingDeleted(before);
  return deleting && setsOfOtherSize(before, disks).length > 0 ? [refusal(before, deleting)] : [];
}

/** A restart in place counts as a restart too, because the pod is recreated where the cluster refuses that. */
export function refuseRestarts(before: Snapshot, podUpdates: readonly PodUpdatePlan[]): readonly Cause[] {
  return objectsBeingDeleted(before)
    .filter(({pod}) => podUpdates.some((podUpdate) => restarts(podUpdate) && podUpdate.pod.metadata.name === pod))
    .map((deleting) => refusal(before, deleting));
}

/**
 * A reader that goes takes its volume along where the claim is being deleted. No reader may go while the writer serves
 * another database.
 */
export function refuseFewerReaders(before: Snapshot, readers: number, deleteVolumes: boolean): readonly Cause[] {
  if (readers >= viewOf(before).desiredReaders) return [];
  const spare = objectsBeingDeleted(before).filter(
    ({pod, heldBy}) => heldBy === null && (readerOfPod(before.target, pod ?? '') ?? -1) >= readers,
  );
  const differs = systemIdentifierDiffers(before);
  return [
    ...(differs ? [unchanged(differs.cause)] : []),
    ...(deleteVolumes ? [] : spare.map((deleting) => refusal(before, deleting))),
  ];
}

/** The volumes of readers may be the only copy while the writer serves another database, or may do so. */
export function refuseDeletion(before: Snapshot): readonly Cause[] {
  const found = writerProblem(before);
  return found ? [unchanged(found)] : [];
}

/**
 * Storage that was being deleted before a change does not end the change, which ends no pod on it; the notes mention it
 * again at the end.
 */
export function beingDeletedBefore(before: Snapshot): {
  readonly isOneOf: (found: Cause) => boolean;
  readonly notes: readonly string[];
} {
  const deleting = objectsBeingDeleted(before);
  return {
    isOneOf: ({code, object}) => code === 'VOLUME_GOING' && deleting.some(({name}) => name === object?.name),
    notes: deleting.map((one) => deletionCause(before, one).message),
  };
}

/**
 * Why what the writer serves may not be the release's database: a reader's volume may be the only copy of that. Null
 * too where a reader differs from a writer that is known to be right.
 */
export function writerProblem(before: Snapshot): Cause | null {
  const found = systemIdentifierDiffers(before) ?? (writerIsKnown(before) ? null : leftoverVolume(before));
  return found?.cause ?? null;
}

/**
 * Refuses where the volumes were to stay and one of them would not. A volume that no pod keeps goes whether the release
 * stays or not.
 */
export function refuseUninstall(before: Snapshot, deleteData: boolean): Cause | null {
  if (isRoleHalfMoved(before)) return halfMoved(before);
  const deleting = objectsBeingDeleted(before).find(
    ({kind, heldBy}) => kind === 'Namespace' || (!deleteData && heldBy === null),
  );
  return deleting ? refusal(before, deleting) : null;
}

/**
 * The claims would never go, because only the move of the role lets them go, and nothing would be left that says which
 * volume is the writer's.
 */
function halfMoved(before: Snapshot): Cause {
  const {target, operation} = before;
  const claims = heldClaims(before).map(({metadata}) => metadata.name);
  const volumes = volumesHalfMoved(before);
  const isLeft = isLeftHalfWay(before);
  const {lease} = objectNames(target);
  return cause(
    'RELEASE_LOCKED',
    `A move of the writer's role of ${target.release} was begun and not finished: its volumes are between their ` +
      'claims. Nothing was removed.',
    {
      object: object('Release', target, target.release),
      firstSeen: operation?.startedAt ?? null,
      evidence: claims.map((name) => `PersistentVolumeClaim ${name}: held by the finalizer ${guardFinalizer}`),
      remedies: [
        ...(isLeft ? [propose('Finish it', {kind: 'recover', ...releaseRef(target)})] : []),
        ...(volumes.length > 0
          ? [
              {
                title: `${isLeft ? 'Should it never end: have' : 'Have'} its volumes kept when their claims go`,
                command: volumes.map((volume) => retain(before, volume)).join(' && '),
              },
            ]
          : []),
        ...claims.map((name) => ({
          title: `Then free the claim ${name}; its volume stays, with what is on it`,
          command: kubectlHere(target, 'patch', 'pvc', name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}'),
        })),
        ...(isLeft
          ? [{title: 'And forget what was begun', command: kubectlHere(target, 'delete', 'lease', lease)}]
          : []),
        {title: 'Then run the same command again', again: true},
      ],
    },
  );
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
  const deleting = beingDeletedUnder(pod, now);
  if (deleting) throw new UserError(deletionCause(now, deleting));
}

function refusal(before: Snapshot, deleting: BeingDeleted): Cause {
  return unchanged(deletionCause(before, deleting));
}

function unchanged(found: Cause): Cause {
  return {...found, message: `${found.message} Nothing was changed.`};
}
