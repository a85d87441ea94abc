// The data is being deleted under a database that still runs: only the pod keeps it.
import {kubectl, kubectlHere} from '../../commands/kubectl.ts';
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import {claimOfPod, isGivenClaim, objectNames, readerOfPod} from '../../chart/names.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import {objectsBeingDeleted, isHeldByOthers, type BeingDeleted} from '../being-deleted.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {writerIsKnown} from '../system-identifier.ts';
import {momentOf} from './database-pods.ts';
import {recreateClaim, createSaved, dumpFrom, releaseClaim, retain, saveObject} from './recovery-commands.ts';
import type {FoundCause} from './rule.ts';
import {listed} from '../checks/messages.ts';
import {evidence} from './messages.ts';

/** Time between the two commands that have a reader copied again: one deletes its claim, the next its pod. */
const betweenCommandsMs = 5000;

/** Certain: a deletion cannot be taken back, it can only be kept from taking the data along. */
export function volumeGoing(snapshot: Snapshot): FoundCause | null {
  const [going] = objectsBeingDeleted(snapshot).filter((one) => !isBeingReplaced(snapshot, one));
  return going ? {certain: true, cause: deletionCause(snapshot, going)} : null;
}

/** A reader whose pod goes too, or is about to. The writer has its rows. */
function isBeingReplaced(snapshot: Snapshot, going: BeingDeleted): boolean {
  const {pod, since} = going;
  if (isHeldByOthers(going)) return false;
  if (pod === null || readerOfPod(snapshot.target, pod) === null) return false;
  const {metadata} = snapshot.pods.find((one) => one.metadata.name === pod) ?? {};
  return (
    !metadata || Boolean(metadata.deletionTimestamp) || clusterTimeOf(snapshot) - momentOf(since) < betweenCommandsMs
  );
}

/** Also why an operation that would end such a pod is refused. */
export function deletionCause(snapshot: Snapshot, going: BeingDeleted): Cause {
  const {kind, name, since} = going;
  return cause('VOLUME_GOING', messageOf(snapshot, going), {
    object: {kind, namespace: kind === 'PersistentVolumeClaim' ? snapshot.target.namespace : null, name},
    firstSeen: since,
    evidence: evidence(
      `${kind} ${name}: deletionTimestamp ${since ?? 'set'}`,
      going.heldBy && `${kind} ${name}: finalizers ${going.heldBy.join(', ') || 'none'}`,
      policyOf(snapshot, going),
    ),
    remedies:
      going.pod === null
        ? ofNamespace(snapshot)
        : kind === 'PersistentVolume'
          ? ofVolume(snapshot, going, going.pod)
          : ofClaim(snapshot, going, going.pod),
  });
}

function messageOf(snapshot: Snapshot, going: BeingDeleted): string {
  const {kind, name, pod} = going;
  if (kind === 'Namespace' || pod === null)
    return (
      `The namespace ${name} is being deleted, and everything in it: the pods of ${snapshot.target.release}, their ` +
      'claims, and the Secret with the passwords. What is on volumes that are not kept is then lost.'
    );
  const role = roleOf(snapshot, pod);
  const claim = claimOfPod(snapshot.target, pod);
  if (kind === 'PersistentVolume')
    return (
      `The volume ${name} of the ${role} is being deleted. Its claim ${claim} still keeps it; when that goes, ` +
      'the data goes too, and on another node the pod may not get it any more.'
    );
  const lost = lossOf(snapshot, pod);
  if (going.heldBy)
    return (
      `The claim ${claim} of the ${role} is being deleted, and no pod ${pod} runs that would keep it. ` +
      `${holdersOf(going.heldBy)} When it is gone, ${lost}`
    );
  return (
    `The claim ${claim} of the ${role} is being deleted: it only waits for the pod ${pod} to end. When that is ` +
    `deleted, restarted or moved, ${lost}`
  );
}

/** What is lost with the claim. A claim that was given is made by nobody else: without it the pod does not start. */
function lossOf(snapshot: Snapshot, pod: string): string {
  if (!isRetained(snapshot, pod)) return 'the data on the volume is lost.';
  return isGivenClaim(snapshot.target, pod)
    ? 'nothing makes it again, so the pod no longer starts. The volume stays.'
    : 'the data on the volume is lost to this release, because a new claim gets a new, empty volume.';
}

function holdersOf(finalizers: readonly string[]): string {
  if (finalizers.length === 0) return 'It goes at once.';
  const [one] = finalizers;
  return finalizers.length === 1
    ? `What holds it is its finalizer ${one}.`
    : `What holds it are its finalizers ${listed(finalizers)}.`;
}

function roleOf({target}: Snapshot, pod: string): string {
  return readerOfPod(target, pod) === null ? 'writer' : 'reader';
}

function volumeOf({claims, target}: Snapshot, pod: string): string {
  return (
    claims.find(({metadata}) => metadata.name === claimOfPod(target, pod))?.spec.volumeName ?? 'NAME-OF-THE-VOLUME'
  );
}

function isRetained({volumes, target}: Snapshot, pod: string): boolean {
  return volumes?.[claimOfPod(target, pod)]?.spec.persistentVolumeReclaimPolicy === 'Retain';
}

function policyOf({volumes, target}: Snapshot, {pod}: BeingDeleted): string | null {
  const volume = pod === null ? undefined : volumes?.[claimOfPod(target, pod)];
  return volume
    ? `PersistentVolume ${volume.metadata.name}: persistentVolumeReclaimPolicy ` +
        `${volume.spec.persistentVolumeReclaimPolicy}`
    : null;
}

function keepVolume(snapshot: Snapshot, pod: string): Remedy {
  return {
    title: `First of all have the volume kept when its claim goes (${pod})`,
    command: retain(snapshot, volumeOf(snapshot, pod)),
  };
}

function dump(snapshot: Snapshot, pod: string): Remedy {
  return {title: `Dump all of it while ${pod} has it`, command: dumpFrom(snapshot, pod)};
}

function ofClaim(snapshot: Snapshot, {heldBy}: BeingDeleted, pod: string): Remedy[] {
  if (heldBy) return ofHeldClaim(snapshot, pod);
  const isCopy = roleOf(snapshot, pod) === 'reader' && writerIsKnown(snapshot);
  return [
    ...(isRetained(snapshot, pod) ? [] : [keepVolume(snapshot, pod)]),
    dump(snapshot, pod),
    recreateClaim(snapshot, pod, volumeOf(snapshot, pod)),
    // The reader's claim is going already, and the writer's is not: that would have been reported first.
    ...(isCopy
      ? [
          {
            title: `Or let this reader copy the writer's database again: its pod is deleted, and its volume goes`,
            command: kubectlHere(snapshot.target, 'delete', 'pod', pod),
          },
        ]
      : []),
  ];
}

/** No pod can be asked for a dump; the volume itself can still be kept. */
function ofHeldClaim(snapshot: Snapshot, pod: string): Remedy[] {
  return [
    ...(isRetained(snapshot, pod) ? [] : [keepVolume(snapshot, pod)]),
    {
      title:
        'See who set its finalizers. When they are taken away the claim goes, and ' +
        (isGivenClaim(snapshot.target, pod) ? `${pod} waits until somebody makes it again` : `${pod} gets a new one`),
      command: kubectlHere(
        snapshot.target,
        'get',
        'pvc',
        claimOfPod(snapshot.target, pod),
        '-o',
        'yaml',
        '--show-managed-fields',
      ),
    },
    recreateClaim(snapshot, pod, volumeOf(snapshot, pod)),
  ];
}

function ofVolume(snapshot: Snapshot, {name: volume, heldBy}: BeingDeleted, pod: string): Remedy[] {
  const keep = {title: 'First of all have the disk kept, whatever is deleted', command: retain(snapshot, volume)};
  if (heldBy) return [keep];
  return [
    keep,
    dump(snapshot, pod),
    {
      title:
        `Then install a release under another name and restore the dump there. Do not delete the claim ` +
        `${claimOfPod(snapshot.target, pod)} before that: its volume goes with it`,
    },
  ];
}

function ofNamespace(snapshot: Snapshot): Remedy[] {
  const {writerPod, readerPods, claims} = viewOf(snapshot);
  const {release, namespace, given} = snapshot.target;
  const volumes = claims.flatMap(({spec}) => spec.volumeName ?? []);
  const first = writerPod ?? readerPods[0];
  const {secret} = objectNames(snapshot.target);
  return [
    ...(volumes.length > 0
      ? [
          {
            title: 'First of all have the volumes kept when their claims go',
            command: volumes.map((volume) => retain(snapshot, volume)).join('; '),
          },
        ]
      : []),
    {
      title: 'Save the Secret with the passwords, which go with the namespace',
      command: saveObject(snapshot, 'secret', secret),
    },
    ...(given?.claim === undefined
      ? []
      : [
          {
            title: `Save the claim ${given.claim} too, because no release makes it`,
            command: saveObject(snapshot, 'pvc', given.claim),
          },
        ]),
    ...(first ? [dump(snapshot, first.metadata.name)] : []),
    ...(volumes.length > 0
      ? [
          {
            title:
              `When the namespace is gone, make ${namespace} again, put the Secret back, have the volumes wait for ` +
              `their claims, and install ${release} as it was: it takes them up`,
            command: [
              kubectl(snapshot.target, 'create', 'namespace', namespace),
              createSaved(snapshot, secret),
              ...volumes.map((volume) => releaseClaim(snapshot, volume)),
              ...(given?.claim === undefined ? [] : [createSaved(snapshot, given.claim)]),
            ].join(' && '),
          },
        ]
      : []),
  ];
}
