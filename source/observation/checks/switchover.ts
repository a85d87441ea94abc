// Whether a reader can become the writer, and which one: it must stream with little lag, its volume and its node must
// be usable, and this user must be allowed each step.
import {claimOfPod, objectNames} from '../../chart/names.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, type Cause, type ObjectRef, type Remedy} from '../../core/cause.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {formatBytes} from '../../parameters/quantity.ts';
import {volumesHalfMoved} from '../role/half-moved.ts';
import type {PersistentVolume, PersistentVolumeClaim, Pod} from '../kubernetes.ts';
import {isReady, proofOf, viewOf} from '../release-view.ts';
import type {ReaderStream, Snapshot, Target} from '../snapshot.ts';
import type {Permission} from '../survey.ts';
import {grantClusterRole, grantCommand} from './grant.ts';
import {listed, object} from './messages.ts';
import {isNoReader} from './reader-to-promote.ts';
import {noPlaceForWriter, obstacleAt, type NodesSeen} from './writer-place.ts';

/** With more lag than this, the writer would be away for too long while the reader catches up. */
export const maxLagBytes = 64 * 1024 * 1024;

/** A reader that may become the writer. */
export interface Candidate {
  readonly pod: Pod;
  readonly stream: ReaderStream;
}

const unchanged = 'Nothing was changed.';

/** The names of all volumes of the release, because it is not known yet which two of them change their claims. */
export function volumesToMove(snapshot: Snapshot): readonly string[] {
  const ofRelease = viewOf(snapshot).claims.flatMap(({spec}) => spec.volumeName ?? []);
  return [...new Set([...ofRelease, ...volumesHalfMoved(snapshot)])].sort();
}

/** Why this user may not move the role; null where they may. `user`: the cluster's name for them; null: not known. */
export function permissionsRefusal(
  target: Target,
  permissions: readonly Permission[],
  user: string | null,
  command: 'switchover' | 'failover' = 'switchover',
): Cause | null {
  const missing = permissions.filter(({required, allowed}) => required && allowed === false);
  if (missing.length === 0) return null;
  const ofVolumes = missing.filter(({resource}) => resource === 'persistentvolumes');
  const rights = [...new Set(missing.map(({verb, resource}) => `${verb} ${resource}`))];
  const where = ofVolumes.length > 0 ? ', which belong to the whole cluster' : '';
  // Most classes have the reclaim policy Delete, which cannot be changed without that right.
  const noCopy =
    ofVolumes.length > 0
      ? ' It is not done by a copy instead: the volume of the writer would be deleted with its claim before the new ' +
        'writer is proven.'
      : '';
  return cause(
    'FORBIDDEN',
    `The writer's role of ${target.release} moves by exchanging two volumes, and this user may not ` +
      `${listed(rights, 'or')}${where}.${noCopy} ${unchanged}`,
    {
      object: object('Release', target, target.release),
      evidence: evidenceOf(missing),
      remedies: [
        ...(ofVolumes.length < missing.length ? [grantInNamespace(command, target, permissions, user)] : []),
        ...(ofVolumes.length > 0 ? [grantVolumes(target, ofVolumes, user)] : []),
        {
          title:
            'Or have somebody run the same command who may. Until then the writer stays where it is; everything else ' +
            'works without that right',
        },
      ],
    },
  );
}

function evidenceOf(missing: readonly Permission[]): readonly string[] {
  const lines = missing.map(({verb, resource, name, why}) => {
    const which = name === undefined ? resource : `${resource}/${name}`;
    return `not allowed: ${verb} ${which}: ${why}`;
  });
  return [...new Set(lines)];
}

function grantInNamespace(
  command: 'switchover' | 'failover',
  target: Target,
  permissions: readonly Permission[],
  user: string | null,
): Remedy {
  return {
    title:
      `Have an administrator of the cluster grant what ${command} needs in namespace ${target.namespace}` +
      (user === null ? ', and bind the Role to you' : ''),
    command: grantCommand(command, permissions, user, target),
  };
}

/** Grants the right for these volumes alone, where their names are known. */
function grantVolumes(target: Target, missing: readonly Permission[], user: string | null): Remedy {
  const named = [...new Set(missing.flatMap(({name}) => name ?? []))];
  const volumes = named.length === 0 ? '' : `, resourceNames: ${JSON.stringify(named)}`;
  const rules = [`- {apiGroups: [""], resources: ["persistentvolumes"]${volumes}, verbs: ["get", "patch"]}`];
  return {
    title:
      `Have an administrator of the cluster grant it${named.length === 0 ? '' : ' for the volumes of this release'}` +
      `${user === null ? ', and bind the ClusterRole to you' : ''}`,
    command: grantClusterRole(target, `pg-helm-install-volumes-${target.namespace}-${target.release}`, {rules, user}),
  };
}

/** Why the release itself does not allow it: it has no reader, or its writer does not serve; null when it does. */
export function writerFit(before: Snapshot): Cause | null {
  const {target} = before;
  const {writerPod, writerSet, desiredReaders} = viewOf(before);
  const {writer, reader} = objectNames(target);
  const remedies = [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})];
  if (desiredReaders === 0)
    return cause('NO_READER', `${target.release} has no reader that could become the writer. ${unchanged}`, {
      object: object('StatefulSet', target, reader),
      remedies: [propose('Add one', {kind: 'scale', ...releaseRef(target), readReplicas: 1, deleteVolumes: false})],
    });
  if (!isReady(writerPod) || !proofOf(before, 'writer') || writerSet?.spec.replicas !== 1)
    return cause(
      'ENDPOINT_UNPROVEN',
      `The writer of ${target.release} does not serve, so it cannot hand its role over in order. ${unchanged}`,
      {object: object('Pod', target, `${writer}-0`), remedies},
    );
  return null;
}

export interface ReaderChoice {
  /** The pod of the reader that is asked for; null: any. */
  readonly to: string | null;
  /** The node that the writer is to leave; absent: none is named. */
  readonly leaving?: string | undefined;
}

/**
 * The reader that is asked for, or the one that is closest to the writer. `parameters`: of the release. `places`: the
 * nodes of the readers.
 */
export function chooseReader(
  before: Snapshot,
  {to, leaving}: ReaderChoice,
  parameters: Parameters,
  places: NodesSeen,
): Candidate | Cause {
  const {target} = before;
  const {desiredReaders} = viewOf(before);
  const unknown = isNoReader(target, to, desiredReaders);
  if (unknown) return unknown;
  const fit = fitReaders(before, to);
  const close = fit.filter(({stream}) => (stream.lagBytes ?? Infinity) <= maxLagBytes);
  const elsewhere = close.filter(({pod}) => pod.spec.nodeName !== leaving);
  if (leaving !== undefined && close.length > 0 && elsewhere.length === 0) return allLeave(before, to, leaving);
  const blocked = elsewhere.flatMap(({pod}) => obstacleAt(pod, parameters, places) ?? []);
  const open = elsewhere.filter(({pod}) => !blocked.some((one) => one.pod === pod.metadata.name));
  const [best] = open.sort((a, b) => (a.stream.lagBytes ?? 0) - (b.stream.lagBytes ?? 0));
  if (best) return best;
  return elsewhere.length > 0
    ? noPlaceForWriter(target, parameters, {about: readersAsked(target, to), blocked})
    : whyNone(before, to, fit);
}

/** The readers among those that are asked for that stream from the writer and may be promoted. */
function fitReaders(before: Snapshot, to: string | null): readonly Candidate[] {
  const {streams} = viewOf(before);
  return readersAmong(before, to).flatMap((pod): Candidate[] => {
    const stream = streams.find((one) => one.pod === pod.metadata.name && one.state === 'streaming');
    return stream && isReady(pod) && !pod.metadata.deletionTimestamp ? [{pod, stream}] : [];
  });
}

function readersAmong(before: Snapshot, to: string | null): readonly Pod[] {
  return viewOf(before).readerPods.filter(({metadata}) => to === null || metadata.name === to);
}

/**
 * What each reader does in place of streaming from the writer, as one clause; right after a move of the role it may
 * stream in a moment. Null: a reader streams, or none is there.
 */
export function whyNoneStreams(before: Snapshot, to: string | null): string | null {
  const asked = readersAmong(before, to);
  if (asked.length === 0 || fitReaders(before, to).length > 0) return null;
  return asked.map((pod) => `${pod.metadata.name} ${doingOf(before, pod)}`).join('; ');
}

function doingOf(before: Snapshot, {metadata, ...pod}: Pod): string {
  if (metadata.deletionTimestamp) return 'is being deleted';
  const isAsked = before.database.some(({kind}) => kind === 'replication');
  const stream = viewOf(before).streams.find((one) => one.pod === metadata.name);
  const does = stream ? `has the state "${stream.state}" at the writer` : 'has no connection to the writer';
  const said = isAsked ? does : 'could not be looked for at the writer';
  return isReady({metadata, ...pod}) ? `is ready and ${said}` : `is not ready and ${said}`;
}

/** The reader that is asked for, else all of them. */
function readersAsked(target: Target, to: string | null): ObjectRef {
  return to === null ? object('StatefulSet', target, objectNames(target).reader) : object('Pod', target, to);
}

/** The role would stay on the node that is to be left. */
function allLeave(before: Snapshot, to: string | null, node: string): Cause {
  const {target} = before;
  const {desiredReaders} = viewOf(before);
  const who = to ?? (desiredReaders === 1 ? 'The only reader' : 'Each reader that could take its role');
  return cause(
    'NO_READER_TO_PROMOTE',
    `The writer of ${target.release} cannot leave ${node}: ${who} runs on it too. ${unchanged}`,
    {
      object: readersAsked(target, to),
      remedies: [
        propose('Add a reader, which runs on another node where there is room on one', {
          kind: 'scale',
          ...releaseRef(target),
          readReplicas: desiredReaders + 1,
          deleteVolumes: false,
        }),
      ],
    },
  );
}

/** `fit`: the readers that stream, all of which are too far behind. */
function whyNone(before: Snapshot, to: string | null, fit: readonly Candidate[]): Cause {
  const {target} = before;
  const who = to ?? 'No reader';
  const does = whyNoneStreams(before, to);
  const about = readersAsked(target, to);
  const [first] = fit;
  if (!first)
    return cause(
      'REPLICA_BEHIND',
      `${who} ${to === null ? 'streams' : 'does not stream'} from the writer` +
        `${does === null ? '' : `: ${does}`}. ${unchanged}`,
      {
        object: about,
        remedies: [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})],
      },
    );
  const {pod, stream} = first;
  const behind = stream.lagBytes === null ? 'It is not known how far' : formatBytes(stream.lagBytes);
  return cause(
    'REPLICA_BEHIND',
    `${pod.metadata.name} is too far behind the writer to take its role quickly: ${behind}, and at most ` +
      `${formatBytes(maxLagBytes)} are right. ${unchanged}`,
    {object: about, remedies: [{title: 'Wait until it has caught up, then run the same command again', again: true}]},
  );
}

/** Checks the two claims that exchange their volumes; a cause where one of them is not fit for it. */
export function volumesFit(
  before: Snapshot,
  reader: string,
  volumes: Readonly<Record<string, PersistentVolume>>,
): Cause | null {
  const {target, claims} = before;
  const names = [objectNames(target).writerClaim, claimOfPod(target, reader)];
  for (const name of names) {
    const claim = claims.find(({metadata}) => metadata.name === name);
    const problem = claimProblem(claim, volumes[name]);
    if (problem === null) continue;
    return cause(
      'VOLUME_PENDING',
      `The claim ${name} ${problem}, so its volume cannot change its claim. ${unchanged}`,
      {
        object: object('PersistentVolumeClaim', target, name),
        remedies: [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})],
      },
    );
  }
  return null;
}

function claimProblem(claim: PersistentVolumeClaim | undefined, volume: PersistentVolume | undefined): string | null {
  if (!claim) return 'is not there';
  if (claim.metadata.deletionTimestamp) return 'is being deleted';
  if (claim.status?.phase !== 'Bound') return `is ${claim.status?.phase ?? 'not bound'}`;
  if (!volume) return 'has a volume that cannot be read';
  return volume.metadata.deletionTimestamp ? 'has a volume that is being deleted' : null;
}
