// The next actions while two volumes exchange their claims, as a function of the present state, so that any run can go
// on from there. Pure.
import type {PersistentVolume, PersistentVolumeClaim} from '../observation/kubernetes.ts';
import {
  goalOf,
  guardFinalizer,
  type ClaimRecord,
  type SwitchoverRecord,
  type VolumeRecord,
} from '../observation/role/switchover.ts';

export interface PodState {
  readonly uid: string;
  readonly isDeleting: boolean;
  /** Its database does not run any more, and does not start again. */
  readonly hasEnded: boolean;
}

/** What there is, read at one moment. Null: it is not there. */
export interface ObservedSwitchover {
  /** The replicas of the writer's StatefulSet; null: it is not there. */
  readonly replicas: number | null;
  /** `hasAddress`: clients are led to it from then on. `node`: absent where it is on none. */
  readonly writerPod: (PodState & {readonly hasAddress: boolean; readonly node?: string}) | null;
  /** The pod of the reader that is to become the writer. */
  readonly readerPod: PodState | null;
  readonly claims: {readonly writer: PersistentVolumeClaim | null; readonly reader: PersistentVolumeClaim | null};
  /** By their names in the record. */
  readonly volumes: Readonly<Record<string, PersistentVolume>>;
}

export type SwitchoverAction =
  | {readonly kind: 'retain'; readonly volume: string}
  | {readonly kind: 'guard'; readonly claim: PersistentVolumeClaim; readonly on: boolean}
  | {readonly kind: 'scale'; readonly replicas: 0 | 1}
  | {readonly kind: 'delete claim'; readonly claim: PersistentVolumeClaim}
  /** The volume waits for the next claim of that name. */
  | {readonly kind: 'point'; readonly volume: string; readonly claim: string}
  /**
   * `deleting`: the claim of that name that is being deleted; it is released right before, used or not. Null: there is
   * none.
   */
  | {
      readonly kind: 'make claim';
      readonly deleting: PersistentVolumeClaim | null;
      readonly made: ClaimRecord;
      readonly volume: VolumeRecord;
    }
  /** Something changes in the claim and is taken back, so that the cluster looks at it again. */
  | {readonly kind: 'touch'; readonly claim: PersistentVolumeClaim}
  | {readonly kind: 'promote'}
  | {readonly kind: 'delete pod'; readonly name: string; readonly uid: string};

/** What this run knows and the cluster does not show. */
interface Known {
  readonly isPromoted: boolean;
  /** The reader's next pod waits until the writer has an address; not for ever. */
  readonly holdsReader: boolean;
}

type Role = 'writer' | 'reader';
const roles: readonly Role[] = ['writer', 'reader'];

interface Situation {
  readonly state: ObservedSwitchover;
  readonly record: SwitchoverRecord;
  readonly known: Known;
}

/** Actions to do in this order or at once: none needs another. Empty when one has to wait, or when all is done. */
export function nextSwitchoverActions(
  state: ObservedSwitchover,
  record: SwitchoverRecord,
  known: Known,
): readonly SwitchoverAction[] {
  const situation = {state, record, known};
  if (isInPlace(situation)) return ready(situation);
  if (state.replicas === null) return [];
  const unsafe = safeguards(situation);
  if (unsafe.length > 0) return unsafe;
  const mayStart = mayWriterStart(situation);
  if (state.replicas !== 0 && !mayStart) return [{kind: 'scale', replicas: 0}];
  const wrong = roles.flatMap((role): SwitchoverAction[] => {
    const claim = state.claims[role];
    return claim && !isRight(situation, role) && !claim.metadata.deletionTimestamp
      ? [{kind: 'delete claim', claim}]
      : [];
  });
  if (wrong.length > 0) return wrong;
  const pointing = roles.flatMap((role) => pointed(situation, role));
  if (pointing.length > 0) return pointing;
  return [...halfBound(situation), ...(mayStart ? ready(situation) : writerNext(situation)), ...readerNext(situation)];
}

/** Both claims have the volumes that they are to have, and the writer may run. */
export function isSwitchedOver(state: ObservedSwitchover, record: SwitchoverRecord): boolean {
  return isInPlace({state, record}) && state.replicas === 1 && !roles.some((role) => isGuarded(state.claims[role]));
}

/** Whether the pod that has the reader's volume is there still. */
export function isReaderThere({readerPod}: ObservedSwitchover, {pod}: SwitchoverRecord): boolean {
  return readerPod !== null && readerPod.uid === pod.uid && !readerPod.isDeleting && !readerPod.hasEnded;
}

/**
 * The writer was told to stop, and no other one can start, because its claim is being deleted. What it has not written
 * by now it never will.
 */
export function isFenced(
  {replicas, writerPod, claims: {writer}}: ObservedSwitchover,
  record: SwitchoverRecord,
): boolean {
  const isStopping = writerPod === null || writerPod.isDeleting || writerPod.hasEnded;
  const hasIt = writer?.spec.volumeName === record.writer.volume.name && !writer.metadata.deletionTimestamp;
  return replicas === 0 && isStopping && !hasIt;
}

/**
 * Nothing is changed yet, and one of the two claims has another volume than the record says: the role has moved since
 * the switchover was planned. What comes next by such a record would take volumes from claims that are in use.
 */
export function hasMovedSince(
  {replicas, claims}: Pick<ObservedSwitchover, 'replicas' | 'claims'>,
  record: SwitchoverRecord,
): boolean {
  if (record.phase !== 'fence' || replicas === 0) return false;
  return roles.some((role) => {
    const claim = claims[role];
    const name = claim?.spec.volumeName;
    return (
      name !== undefined &&
      name !== record[role].volume.name &&
      !claim?.metadata.deletionTimestamp &&
      !isGuarded(claim ?? null)
    );
  });
}

export function hasWriterEnded({writerPod}: ObservedSwitchover): boolean {
  return writerPod === null || writerPod.hasEnded;
}

function isInPlace(situation: Pick<Situation, 'state' | 'record'>): boolean {
  return roles.every((role) => isBound(situation, role));
}

function isBound(situation: Pick<Situation, 'state' | 'record'>, role: Role): boolean {
  return isRight(situation, role) && situation.state.claims[role]?.status?.phase === 'Bound';
}

function isRight({state, record}: Pick<Situation, 'state' | 'record'>, role: Role): boolean {
  const claim = state.claims[role];
  return claim !== null && !claim.metadata.deletionTimestamp && claim.spec.volumeName === goalOf(record)[role].name;
}

function isGuarded(claim: PersistentVolumeClaim | null): boolean {
  return claim?.metadata.finalizers?.includes(guardFinalizer) ?? false;
}

/** The writer's claim has the reader's volume for good; the reader's new claim is made meanwhile. */
export function mayWriterStart(situation: Pick<Situation, 'state' | 'record'>): boolean {
  return situation.record.phase === 'promote' && isBound(situation, 'writer');
}

function ready(situation: Situation): readonly SwitchoverAction[] {
  const {state} = situation;
  const guarded = roles
    .filter((role) => isBound(situation, role))
    .flatMap((role) => state.claims[role] ?? [])
    .filter(isGuarded);
  return [
    ...guarded.map((claim): SwitchoverAction => ({kind: 'guard', claim, on: false})),
    ...(state.replicas === 0 ? [{kind: 'scale', replicas: 1} as const] : []),
  ];
}

/**
 * Done before any claim is deleted: volumes have to outlive their claims, and claims that are being deleted have to
 * hold their names.
 */
function safeguards(situation: Situation): readonly SwitchoverAction[] {
  const {state, record} = situation;
  const volumes = [record.writer.volume.name, record.reader.volume.name];
  const isBare = (role: Role): readonly PersistentVolumeClaim[] => {
    const claim = state.claims[role];
    return claim && !isRight(situation, role) && !claim.metadata.deletionTimestamp && !isGuarded(claim) ? [claim] : [];
  };
  return [
    ...volumes.flatMap((volume): SwitchoverAction[] =>
      state.volumes[volume]?.spec.persistentVolumeReclaimPolicy === 'Retain' ? [] : [{kind: 'retain', volume}],
    ),
    ...roles.flatMap(isBare).map((claim): SwitchoverAction => ({kind: 'guard', claim, on: true})),
  ];
}

/** Not while the claim that has the volume stays: a claim whose volume is taken away becomes `Lost`. */
function pointed({state, record}: Situation, role: Role): readonly SwitchoverAction[] {
  const goal = goalOf(record)[role].name;
  const {claim} = record[role];
  const ref = state.volumes[goal]?.spec.claimRef;
  const existing = state.claims[role];
  const isTaken =
    existing !== null &&
    !existing.metadata.deletionTimestamp &&
    existing.metadata.uid === ref?.uid &&
    existing.spec.volumeName === goal;
  const waits = ref?.name === claim.name && (ref.uid === undefined || isTaken);
  return waits ? [] : [{kind: 'point', volume: goal, claim: claim.name}];
}

function readerNext(situation: Situation): readonly SwitchoverAction[] {
  const {state, record} = situation;
  const claim = state.claims.reader;
  if (claim && !claim.metadata.deletionTimestamp) return [];
  const other = otherPod(situation);
  if (other && !other.hasEnded)
    return other.isDeleting ? [] : [{kind: 'delete pod', name: record.pod.name, uid: other.uid}];
  return mayReaderStart(situation) ? made(situation, 'reader') : [];
}

/**
 * Not before the writer has ended: the next pod of the reader gets the volume that the writer had. Nor before the next
 * writer has its address: kube-proxy leads clients to a new address at most once a second (its minSyncPeriod), and a
 * reader that comes right before the writer makes them wait for that second.
 */
function mayReaderStart(situation: Situation): boolean {
  const {state, record, known} = situation;
  const {writerPod} = state;
  if (record.phase === 'back') return hasWriterEnded(state);
  const isWriterThere = writerPod !== null && writerPod.hasAddress && !writerPod.hasEnded && !writerPod.isDeleting;
  return mayWriterStart(situation) && (isWriterThere || !known.holdsReader);
}

/** A pod of the reader's name that was made later: it has another volume than the pod in the record. */
function otherPod({state, record}: Situation): PodState | null {
  return state.readerPod && state.readerPod.uid !== record.pod.uid ? state.readerPod : null;
}

/**
 * The cluster writes a binding into the volume, then into the claim. Where the claim was written meanwhile it tries
 * again only after ten seconds, or when the claim changes once more. Source: Kubernetes,
 * pkg/controller/volume/persistentvolume.
 */
function halfBound(situation: Situation): readonly SwitchoverAction[] {
  return roles.flatMap((role): SwitchoverAction[] => {
    const claim = situation.state.claims[role];
    const volume = situation.state.volumes[goalOf(situation.record)[role].name];
    const isHalf =
      claim !== null &&
      isRight(situation, role) &&
      claim.status?.phase !== 'Bound' &&
      volume?.spec.claimRef?.uid === claim.metadata.uid;
    return isHalf ? [{kind: 'touch', claim}] : [];
  });
}

function made({state, record}: Situation, role: Role): readonly SwitchoverAction[] {
  const volume = goalOf(record)[role];
  // A claim that is made before the cluster has seen that the volume is free takes some seconds to be bound.
  if (state.volumes[volume.name]?.status?.phase !== 'Available') return [];
  return [{kind: 'make claim', deleting: state.claims[role], made: record[role].claim, volume}];
}

/**
 * Made last. Until no pod has the writer's next volume, the claim that is being deleted keeps a writer from starting.
 */
function writerNext(situation: Situation): readonly SwitchoverAction[] {
  const {state, record} = situation;
  if (record.phase === 'fence') return [];
  const leaving = record.phase === 'promote' ? readerLeaves(situation) : null;
  if (leaving) return leaving;
  if (!hasWriterEnded(state) || (record.phase === 'back' && !isRight(situation, 'reader'))) return [];
  const claim = state.claims.writer;
  return claim === null || claim.metadata.deletionTimestamp ? made(situation, 'writer') : [];
}

/**
 * The reader is promoted where it is, and then leaves its volume. Until the writer has ended, the reader's claim, which
 * is being deleted, keeps the reader's next pod from starting. Null: the reader has left.
 */
function readerLeaves({state, record, known}: Situation): readonly SwitchoverAction[] | null {
  const {readerPod} = state;
  if (readerPod === null || readerPod.uid !== record.pod.uid || readerPod.hasEnded) return null;
  if (readerPod.isDeleting) return [];
  return known.isPromoted ? [{kind: 'delete pod', ...record.pod}] : [{kind: 'promote'}];
}
