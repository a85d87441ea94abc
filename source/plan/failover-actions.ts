// The next actions while a reader takes the role of a writer that is lost, as a function of the present state, so that
// any run can go on from there. Pure.
import {noPodLabel, type FailoverRecord} from '../observation/role/failover.ts';
import type {PersistentVolumeClaim, PersistentVolume, Service} from '../observation/kubernetes.ts';
import {guardFinalizer, type ClaimRecord, type Side} from '../observation/role/switchover.ts';
import type {SwitchoverAction, PodState} from './switchover-actions.ts';

/** What there is, read at one moment. Null: it is not there. */
export interface ObservedFailover {
  /** The replicas of the writer's StatefulSet; null: it is not there. */
  readonly replicas: number | null;
  readonly writerPod: (PodState & {readonly graceSeconds: number | null}) | null;
  /** The pod of the reader that is chosen; null also where none is. */
  readonly readerPod: PodState | null;
  /** `kept`: the claim that keeps the earlier writer's volume. */
  readonly claims: {
    readonly writer: PersistentVolumeClaim | null;
    readonly reader: PersistentVolumeClaim | null;
    readonly kept: PersistentVolumeClaim | null;
  };
  /** By their names in the record. */
  readonly volumes: Readonly<Record<string, PersistentVolume>>;
  /** The writer's Service leads to nobody. */
  readonly isServiceDetached: boolean;
}

export type FailoverAction =
  | SwitchoverAction
  /** The writer's Service: to nobody, or again to the writer. */
  | {readonly kind: 'lead'; readonly away: boolean}
  /** The database that answers at `host` is stopped by SQL. */
  | {readonly kind: 'fence'; readonly host: string}
  | {readonly kind: 'end pod'; readonly name: string; readonly uid: string; readonly graceSeconds: number};

/** The uid of the pod that this run promoted. The cluster does not show it. */
export interface KnownPromotion {
  readonly promoted: string | null;
}

/** How long a server that hangs is given. One that can end by itself takes less. */
const shortGraceSeconds = 10;

interface Situation {
  readonly state: ObservedFailover;
  readonly record: FailoverRecord;
  readonly known: KnownPromotion;
}

/** Actions to do at once: none needs another of the list. Empty when one has to wait, or when all is done. */
export function nextFailoverActions(
  state: ObservedFailover,
  record: FailoverRecord,
  known: KnownPromotion,
): readonly FailoverAction[] {
  const situation = {state, record, known};
  if (state.replicas === null) return [];
  if (record.phase === 'back') return [...serviceAgain(situation), ...scaled(situation, 1)];
  const chosen = record.phase === 'promote' ? chosenSide(record) : null;
  return chosen ? promoting(situation, chosen) : fencing(situation);
}

/** The earlier writer has ended, no other one starts, and nobody is led to it. */
export function isStopped({replicas, writerPod, isServiceDetached}: ObservedFailover, record: FailoverRecord): boolean {
  return replicas === 0 && isServiceDetached && !isUnfenced(record) && (writerPod === null || writerPod.hasEnded);
}

/**
 * Nothing is changed yet, and the writer's claim has another volume than the record says: the role has moved since the
 * failover was planned, and the writer is another one.
 */
export function hasMovedSince(
  {replicas, isServiceDetached, claims}: ObservedFailover,
  record: FailoverRecord,
): boolean {
  const {phase, writer, readers} = record;
  const name = claims.writer?.spec.volumeName;
  if (phase !== 'fence' || replicas === 0 || isServiceDetached || name === undefined) return false;
  return writer.volume === null
    ? Object.values(readers).some(({volume}) => volume.name === name)
    : writer.volume.name !== name;
}

/** The writer's claim has the reader's volume, and the writer may run; or everything is as it was. */
export function isFailedOver(state: ObservedFailover, record: FailoverRecord): boolean {
  const runs = state.replicas === 1 && !state.isServiceDetached;
  if (record.phase === 'back') return runs;
  const chosen = record.phase === 'promote' ? chosenSide(record) : null;
  return chosen !== null && runs && isTaken(state, chosen) && !isOld(state.claims.reader, chosen);
}

/** Null: no reader is chosen. */
export function chosenSide({pod, readers}: FailoverRecord): Side | null {
  return pod === null ? null : (readers[pod] ?? null);
}

/** Whether that Service leads to nobody because of a failover. */
export function isAway(service: Service | null): boolean {
  return service?.spec.selector?.[noPodLabel.key] !== undefined;
}

/** The earlier writer's volume has its claim, or there is no such volume. */
export function isKept({claims, volumes}: ObservedFailover, {writer}: FailoverRecord): boolean {
  return claims.kept !== null || writer.volume === null || volumes[writer.volume.name] === undefined;
}

/** The next action to keep the earlier writer's volume once its claim is gone; null when it is kept, or has to wait. */
export function keepNext({claims, volumes}: ObservedFailover, {writer, kept}: FailoverRecord): SwitchoverAction | null {
  const {volume} = writer;
  const there = volume && volumes[volume.name];
  if (!there || claims.kept !== null) return null;
  if (claims.writer?.spec.volumeName === volume.name) return null;
  if (there.spec.claimRef?.name !== kept.name || there.spec.claimRef.uid !== undefined)
    return {kind: 'point', volume: volume.name, claim: kept.name};
  return there.status?.phase === 'Available' ? {kind: 'make claim', deleting: null, made: kept, volume} : null;
}

/** The earlier writer's clients are led away and its pods are ended at once: neither waits for the other. */
function fencing(situation: Situation): readonly FailoverAction[] {
  const {state} = situation;
  return [
    ...retained(situation, situation.record.writer.volume?.name),
    ...(state.isServiceDetached ? [] : [{kind: 'lead', away: true} as const]),
    ...scaled(situation, 0),
    ...(state.replicas === 0 && isUnfenced(situation.record) ? stopped(situation) : []),
    ...(state.replicas === 0 && !isUnfenced(situation.record) ? writerEnds(situation) : []),
  ];
}

/**
 * The database that still answers is not stopped yet. It is stopped before the cluster forgets its pod, because until
 * then no other pod can have its volume.
 */
function isUnfenced({fence}: FailoverRecord): boolean {
  return fence?.isDone === false;
}

/** Stops the database once no new client is led to it. */
function stopped({state, record}: Situation): readonly FailoverAction[] {
  return state.isServiceDetached && record.fence ? [{kind: 'fence', host: record.fence.host}] : [];
}

function writerEnds({state: {writerPod}, record}: Situation): readonly FailoverAction[] {
  if (writerPod === null || writerPod.hasEnded) return [];
  const end = (graceSeconds: number): FailoverAction[] => [
    {kind: 'end pod', name: record.writerPod, uid: writerPod.uid, graceSeconds},
  ];
  // Without a grace period the API server forgets the pod at once: only for a node that cannot say that it has ended.
  if (record.isNodeLost) return end(0);
  const isSoon = writerPod.isDeleting && (writerPod.graceSeconds ?? Infinity) <= shortGraceSeconds;
  return isSoon ? [] : end(shortGraceSeconds);
}

function promoting(situation: Situation, chosen: Side): readonly FailoverAction[] {
  const {state} = situation;
  if (isTaken(state, chosen)) return settled(situation, chosen);
  if (!isStopped(state, situation.record)) return fencing(situation);
  const unsafe = safeguards(situation, chosen);
  if (unsafe.length > 0) return unsafe;
  const {writer, reader} = state.claims;
  const deleting = [isRight(writer, chosen) ? null : writer, isOld(reader, chosen) ? reader : null];
  const deleted = deleting.flatMap((claim): FailoverAction[] =>
    claim && !claim.metadata.deletionTimestamp ? [{kind: 'delete claim', claim}] : [],
  );
  if (deleted.length > 0) return deleted;
  // From here on the writer's claim, which is going, keeps an earlier writer from starting.
  const leaving = readerLeaves(situation, chosen);
  const pointing = pointed(situation, chosen);
  if (pointing.length > 0) return [...pointing, ...(leaving ?? []).filter(({kind}) => kind === 'promote')];
  return [...halfBound(state, chosen), ...(leaving ?? writersClaim(situation, chosen))];
}

function settled(situation: Situation, chosen: Side): readonly FailoverAction[] {
  const {reader} = situation.state.claims;
  return [
    ...serviceAgain(situation),
    ...scaled(situation, 1),
    // The reader's claim goes, and its StatefulSet makes a new one, which is filled again.
    ...(reader && isOld(reader, chosen) && isGuarded(reader)
      ? [{kind: 'guard', claim: reader, on: false} as const]
      : []),
  ];
}

function serviceAgain({state}: Situation): readonly FailoverAction[] {
  return state.isServiceDetached ? [{kind: 'lead', away: false}] : [];
}

function scaled({state}: Situation, replicas: 0 | 1): readonly FailoverAction[] {
  return state.replicas === replicas ? [] : [{kind: 'scale', replicas}];
}

function retained({state}: Situation, volume: string | undefined): readonly FailoverAction[] {
  const there = volume === undefined ? undefined : state.volumes[volume];
  if (volume === undefined || !there || there.spec.persistentVolumeReclaimPolicy === 'Retain') return [];
  return [{kind: 'retain', volume}];
}

/**
 * Done before any claim is deleted: volumes have to outlive their claims, and claims that are being deleted have to
 * hold their names.
 */
function safeguards(situation: Situation, chosen: Side): readonly FailoverAction[] {
  const {writer, reader} = situation.state.claims;
  const bare = [isRight(writer, chosen) ? null : writer, isOld(reader, chosen) ? reader : null];
  return [
    ...retained(situation, situation.record.writer.volume?.name),
    ...retained(situation, chosen.volume.name),
    ...bare.flatMap((claim): FailoverAction[] =>
      claim && !claim.metadata.deletionTimestamp && !isGuarded(claim) ? [{kind: 'guard', claim, on: true}] : [],
    ),
  ];
}

/** Both volumes wait for their next claims. Their claims are being deleted, so that none of them becomes `Lost`. */
function pointed({state, record}: Situation, chosen: Side): readonly FailoverAction[] {
  const {volume} = record.writer;
  return [
    ...pointedTo(state, {volume: chosen.volume.name, claim: record.writer.claim, existing: state.claims.writer}),
    ...(volume && state.volumes[volume.name]
      ? pointedTo(state, {volume: volume.name, claim: record.kept, existing: state.claims.kept})
      : []),
  ];
}

interface Pointing {
  readonly volume: string;
  readonly claim: ClaimRecord;
  readonly existing: PersistentVolumeClaim | null;
}

function pointedTo({volumes}: ObservedFailover, {volume, claim, existing}: Pointing): readonly FailoverAction[] {
  const ref = volumes[volume]?.spec.claimRef;
  const isBoundTo =
    existing !== null &&
    !existing.metadata.deletionTimestamp &&
    existing.metadata.uid === ref?.uid &&
    existing.spec.volumeName === volume;
  const waits = ref?.name === claim.name && (ref.uid === undefined || isBoundTo);
  return waits ? [] : [{kind: 'point', volume, claim: claim.name}];
}

/** As in a switchover: the cluster looks at a claim again when the claim changes. */
function halfBound({claims: {writer}, volumes}: ObservedFailover, chosen: Side): readonly FailoverAction[] {
  const isHalf =
    writer !== null &&
    isRight(writer, chosen) &&
    writer.status?.phase !== 'Bound' &&
    volumes[chosen.volume.name]?.spec.claimRef?.uid === writer.metadata.uid;
  return isHalf ? [{kind: 'touch', claim: writer}] : [];
}

/** The reader is promoted where it is, and then leaves its volume. Null: it has left. */
function readerLeaves({state, record, known}: Situation, chosen: Side): readonly FailoverAction[] | null {
  const {readerPod} = state;
  // While the claim with that volume is there, whatever pod has the reader's name uses it.
  if (readerPod === null || readerPod.hasEnded || !isOld(state.claims.reader, chosen)) return null;
  if (readerPod.isDeleting) return [];
  return known.promoted === readerPod.uid
    ? [{kind: 'delete pod', name: record.pod ?? '', uid: readerPod.uid}]
    : [{kind: 'promote'}];
}

function writersClaim({state, record}: Situation, chosen: Side): readonly FailoverAction[] {
  const {writer} = state.claims;
  if (writer && isRight(writer, chosen)) return [];
  // A claim that is made before the cluster has seen that the volume is free takes some seconds to be bound.
  if (state.volumes[chosen.volume.name]?.status?.phase !== 'Available') return [];
  return [{kind: 'make claim', deleting: writer, made: record.writer.claim, volume: chosen.volume}];
}

function isTaken({claims: {writer}}: ObservedFailover, chosen: Side): boolean {
  return isRight(writer, chosen) && writer?.status?.phase === 'Bound';
}

function isRight(claim: PersistentVolumeClaim | null, {volume}: Side): boolean {
  return claim !== null && !claim.metadata.deletionTimestamp && claim.spec.volumeName === volume.name;
}

/** The reader's claim that still names the volume which becomes the writer's. */
function isOld(claim: PersistentVolumeClaim | null, {volume}: Side): boolean {
  return claim?.spec.volumeName === volume.name;
}

function isGuarded(claim: PersistentVolumeClaim): boolean {
  return claim.metadata.finalizers?.includes(guardFinalizer) ?? false;
}
