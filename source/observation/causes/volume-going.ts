// The data is being deleted under a database that still runs: only the pod keeps it.
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import {readerOfPod, objectNames} from '../../chart/names.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import {goingOf, isHeldByOthers, type BeingDeleted} from '../going.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {writerIsKnown} from '../system-identifier.ts';
import {momentOf} from './database-pods.ts';
import {claimAnew, dumpFrom, releaseClaim, retain} from './rescue.ts';
import type {FoundCause} from './rule.ts';
import {listed} from '../checks/messages.ts';
import {evidence, kubectl} from './messages.ts';

/** Time between the two commands that have a reader copied anew: one deletes its claim, the next its pod. */
const betweenCommandsMs = 5000;

/** Certain: a deletion cannot be taken back, it can only be kept from taking the data along. */
export function volumeGoing(snapshot: Snapshot): FoundCause | null {
  const [going] = goingOf(snapshot).filter((one) => !isBeingReplaced(snapshot, one));
  return going ? {certain: true, cause: goingCause(snapshot, going)} : null;
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
export function goingCause(snapshot: Snapshot, going: BeingDeleted): Cause {
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
  if (kind === 'Namespace')
    return (
      `The namespace ${name} is being deleted, and everything in it: the pods of ${snapshot.target.release}, their ` +
      'claims, and the Secret with the passwords. What is on volumes that are not kept is then lost.'
    );
  const role = roleOf(snapshot, pod);
  if (kind === 'PersistentVolume')
    return (
      `The volume ${name} of the ${role} is being deleted. Its claim data-${pod} still keeps it; when that goes, ` +
      'the data goes too, and on another node the pod may not get it any more.'
    );
  const lost =
    'the data on the volume is ' +
    `lost${isRetained(snapshot, pod) ? ' to this release, because a new claim gets a new, empty volume' : ''}.`;
  if (going.heldBy)
    return (
      `The claim data-${pod} of the ${role} is being deleted, and no pod ${pod} runs that would keep it. ` +
      `${holdersOf(going.heldBy)} When it is gone, ${lost}`
    );
  return (
    `The claim data-${pod} of the ${role} is being deleted: it only waits for the pod ${pod} to end. When that is ` +
    `deleted, restarted or moved, ${lost}`
  );
}

function holdersOf(finalizers: readonly string[]): string {
  if (finalizers.length === 0) return 'It goes at once.';
  const [one] = finalizers;
  return finalizers.length === 1
    ? `What holds it is its finalizer ${one}.`
    : `What holds it are its finalizers ${listed(finalizers)}.`;
}

function roleOf({target}: Snapshot, pod: string | null): string {
  return readerOfPod(target, pod ?? '') === null ? 'writer' : 'reader';
}

function volumeOf({claims}: Snapshot, pod: string): string {
  return claims.find(({metadata}) => metadata.name === `data-${pod}`)?.spec.volumeName ?? 'NAME-OF-THE-VOLUME';
}

function isRetained({volumes}: Snapshot, pod: string | null): boolean {
  return volumes?.[`data-${pod}`]?.spec.persistentVolumeReclaimPolicy === 'Retain';
}

function policyOf({volumes}: Snapshot, {pod}: BeingDeleted): string | null {
  const volume = volumes?.[`data-${pod}`];
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
    claimAnew(snapshot, pod, volumeOf(snapshot, pod)),
    // The reader's claim is going already, and the writer's is not: that would have been reported first.
    ...(isCopy
      ? [
          {
            title: `Or let this reader copy the writer's database anew: its pod is deleted, and its volume goes`,
            command: kubectl(snapshot, `delete pod ${pod}`),
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
      title: `See who set its finalizers. When they are taken away the claim goes, and ${pod} gets a new one`,
      command: kubectl(snapshot, `get pvc data-${pod} -o yaml --show-managed-fields`),
    },
    claimAnew(snapshot, pod, volumeOf(snapshot, pod)),
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
        `Then install a release under another name and restore the dump there. Do not delete the claim data-${pod} ` +
        'before that: its volume goes with it',
    },
  ];
}

function ofNamespace(snapshot: Snapshot): Remedy[] {
  const {writerPod, readerPods, claims} = viewOf(snapshot);
  const {release, namespace} = snapshot.target;
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
      command:
        `${kubectl(snapshot, `get secret ${secret} -o yaml`)} | grep -vE '^  ` +
        `(uid|resourceVersion|creationTimestamp):' > ${secret}.yaml`,
    },
    ...(first ? [dump(snapshot, first.metadata.name)] : []),
    ...(volumes.length > 0
      ? [
          {
            title:
              `When the namespace is gone, make ${namespace} again, put the Secret back, have the volumes wait for ` +
              `their claims, and install ${release} as it was: it takes them up`,
            command: [
              kubectl(snapshot, `create namespace ${namespace}`),
              kubectl(snapshot, `create -f ${secret}.yaml`),
              ...volumes.map((volume) => releaseClaim(snapshot, volume)),
            ].join(' && '),
          },
        ]
      : []),
  ];
}
