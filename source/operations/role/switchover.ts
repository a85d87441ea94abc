// Moves the writer's role to a reader: looks, tells what that means, takes the Lease, and converges.
import {setTimeout as pause} from 'node:timers/promises';
import {cause, type Cause, type Warning} from '../../core/cause.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {claimOfPod, objectNames} from '../../chart/names.ts';
import {fromValues} from '../../chart/values.ts';
import {object} from '../../observation/checks/messages.ts';
import {
  chooseReader,
  maxLagBytes,
  volumesFit,
  volumesToMove,
  whyNoneStreams,
  writerFit,
  type Candidate,
} from '../../observation/checks/switchover.ts';
import {isBoundTo, nodesToMeasure, obstacleAt, type Obstacle} from '../../observation/checks/writer-place.ts';
import {clusterTime} from '../../observation/cluster-time.ts';
import type {PersistentVolume, PersistentVolumeClaim, Pod} from '../../observation/kubernetes.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {OperationRecord, Snapshot, Target} from '../../observation/snapshot.ts';
import type {Side, SwitchoverRecord} from '../../observation/role/switchover.ts';
import {isSwitchingOver} from '../../observation/role/switchover-seen.ts';
import {tracksOf} from '../../observation/tracks.ts';
import {findWarnings} from '../../observation/warnings.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {
  emptied,
  readerSlots,
  settingsToMove,
  switchoverConsequences,
  type SwitchoverFacts,
} from '../../plan/switchover.ts';
import {catchUpText, noticeableBytes, type ReplaySpeed} from '../../plan/catch-up.ts';
import {healsMeanwhile} from '../../plan/steering.ts';
import {operationLine} from '../announcements.ts';
import {converge, type Ending} from '../converge.ts';
import {movedMeanwhile} from './perform-switchover.ts';
import {endAtPlan, finishedMeanwhile, removedMeanwhile, type PlannedRequest} from '../planned-request.ts';
import {roleMoveRefusal} from './role-move-refusal.ts';
import type {Ports} from '../ports/index.ts';
import type {LeasePort, LeaseRecord} from '../ports/lease.ts';
import type {Plan, Progress, Result, SwitchoverResult} from '../../plan/progress.ts';
import {causeIn, endOf, mergeWarnings, outcomeOf, refused, type Beginning} from '../result.ts';
import {switchoverSteps, takeBack, type DesiredSwitchover} from '../steps/switchover-steps.ts';
import {rememberRoleMove} from './remember-role-move.ts';
import {rememberWriterPosition} from './remember-writer-position.ts';
import {notTaken, takeLease} from '../take-lease.ts';
import {leftBehind, whenFree} from '../when-free.ts';

export interface SwitchoverRequest extends PlannedRequest {
  /** The operation's name in the result. */
  readonly operation: 'switchover' | 'recover';
  /** The pod of the reader that is to become the writer; null: the one that is closest to it. */
  readonly to: string | null;
  /**
   * The role moves only where the writer is on that node, and to a reader that is not; absent: wherever the writer is.
   */
  readonly awayFromNode?: string;
  /** Set where the switchover ends a change, whose Lease it takes over; absent: it is an operation of its own. */
  readonly endsChange?: true;
  /** The release as it was found just now; it is there. */
  readonly before: Snapshot;
}

interface Prepared {
  readonly parameters: Parameters;
  readonly record: SwitchoverRecord;
  readonly startedAt: string | null;
  readonly plan: Plan;
  readonly warnings: readonly Warning[];
  readonly slots: DesiredSwitchover['slots'];
  readonly settings: DesiredSwitchover['settings'];
  readonly readReplicaCount: number;
}

interface Run {
  readonly request: SwitchoverRequest;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly base: Beginning;
}

/** Throws only what is a bug. */
export async function* switchover(
  request: SwitchoverRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  return yield* whenFree(request, ports, signal, (free, base) => planAndRun({request: free, ports, signal, base}));
}

async function* planAndRun(run: Run): AsyncGenerator<Progress, Result> {
  const {base} = run;
  const stays = whyRoleStays(run.request);
  if (stays !== null) {
    const {before} = run.request;
    const ending = {how: 'done' as const, snapshot: before, cause: null, phases: [], notes: [], changed: false};
    return endOf({...base, ending, outcome: 'unchanged', notes: [stays]});
  }
  const ready = yield* preparedSoon(run);
  if ('code' in ready) return refused({...base, cause: ready});
  const {request, prepared} = ready;
  const {plan, warnings} = prepared;
  const planned = {...run, request, base: {...base, warnings}};
  const ended = await endAtPlan(request, plan, planned.base);
  if (ended) return ended;
  yield* warnings.map((warning): Progress => ({type: 'warning', ...warning}));
  return yield* request.confirm === null ? runSwitchover(planned, prepared) : lookedAgain(planned, prepared);
}

/**
 * A plan may have been read for an hour, and the volumes that it names may have other claims by now. What is seen now
 * is carried out, and only where it is what somebody agreed to.
 */
async function* lookedAgain(run: Run, agreed: Prepared): AsyncGenerator<Progress, Result> {
  const {ports, signal, base} = run;
  const before = await ports.look().catch(causeIn);
  if ('code' in before) return refused({...base, cause: before});
  if (before.release.revisions.length === 0) return refused({...base, cause: removedMeanwhile(base.target)});
  const request = {...run.request, confirm: null, to: agreed.record.pod.name, before};
  return yield* whenFree(request, ports, signal, async function* (free) {
    const ready = yield* preparedSoon({...run, request: free});
    if ('code' in ready) return refused({...base, cause: ready});
    const refusal = notAsAgreed(base.target, agreed, ready.prepared);
    if (refusal) return refused({...base, cause: refusal});
    return yield* runSwitchover({...run, request: ready.request}, ready.prepared);
  });
}

/** Why what would be done now is not what somebody agreed to. Null: it is. */
function notAsAgreed(target: Target, agreed: Prepared, now: Prepared): Cause | null {
  if (now.startedAt !== agreed.startedAt)
    return agreed.startedAt === null ? movedMeanwhile(target) : finishedMeanwhile(target, 'switchover');
  const isSame = (['writer', 'reader'] as const).every(
    (role) => now.record[role].volume.name === agreed.record[role].volume.name,
  );
  return isSame ? null : movedMeanwhile(target);
}

/**
 * Why the role does not move. Null: the writer is on the node that it is to leave, or no node was named, or an
 * operation that was begun goes on.
 */
function whyRoleStays({awayFromNode, before}: SwitchoverRequest): string | null {
  const node = viewOf(before).writerPod?.spec.nodeName;
  if (awayFromNode === undefined || node === undefined || node === awayFromNode || before.operation !== null)
    return null;
  return `The writer of ${before.target.release} is on ${node}, not on ${awayFromNode}: its role stays where it is.`;
}

const everyMs = 500;
/** A reader whose writer has just moved tries to connect every five seconds. */
const streamsWithinMs = 10_000;

/** Looks again for a while where no reader streams: right after a move of the role that is a passing moment. */
async function* preparedSoon({request, ports, signal}: Run): AsyncGenerator<Progress, Ready | Cause> {
  const found = await prepare(request, ports).catch(causeIn);
  if (!('code' in found)) return {request, prepared: found};
  let does = found.code === 'REPLICA_BEHIND' ? whyNoneStreams(request.before, request.to) : null;
  if (does === null) return found;
  yield waitsFor(does, ports);
  let {before} = request;
  const deadline = ports.now() + Math.min(streamsWithinMs, request.timeoutMs);
  for (let looks = 0; does !== null && looks < streamsWithinMs / everyMs && ports.now() < deadline; looks++) {
    await pause(everyMs, undefined, {signal}).catch(() => undefined);
    if (signal.aborted) return cause('CANCELLED', 'Stopped on request. Nothing was changed.');
    const seen = await ports.look().catch(causeIn);
    if ('code' in seen) return seen;
    before = seen;
    const doesNow = whyNoneStreams(before, request.to);
    if (doesNow !== null && doesNow !== does) yield waitsFor(doesNow, ports);
    does = doesNow;
  }
  const latest = {...request, before};
  const prepared = await prepare(latest, ports).catch(causeIn);
  return 'code' in prepared ? prepared : {request: latest, prepared};
}

interface Ready {
  /** With the newest look. */
  readonly request: SwitchoverRequest;
  readonly prepared: Prepared;
}

function waitsFor(does: string, ports: Ports): Progress {
  const text = `Waiting up to ${streamsWithinMs / 1000} seconds until a reader streams from the writer: ${does}`;
  return operationLine(text, ports);
}

/** @returns the cause that forbids it, else all that is known */
async function prepare(request: SwitchoverRequest, ports: Ports): Promise<Prepared | Cause> {
  const {before} = request;
  const {operation, target} = before;
  const parameters = fromValues(before.release.values);
  if (!parameters) throw new Error(`${target.release} is ours and cannot be read back`);
  const forbidden =
    leftBehind(before, request.endsChange && operation?.wanted?.movesRole ? operation.kind : 'switchover') ??
    healsMeanwhile(before, {isUrgent: false}) ??
    (await roleMoveRefusal(ports, 'switchover', await ports.switchoverPermissions(volumesToMove(before))));
  if (forbidden) return forbidden;
  return operation?.switchover && isSwitchingOver(before, operation.switchover)
    ? goneOnWith(request, parameters, operation.switchover, operation.startedAt)
    : preparedNew(request, ports, parameters);
}

function goneOnWith(
  {to, command, before}: SwitchoverRequest,
  parameters: Parameters,
  record: SwitchoverRecord,
  startedAt: string | null,
): Prepared | Cause {
  const {target} = before;
  const {name} = record.pod;
  if (to !== null && to !== name)
    return cause(
      'RELEASE_LOCKED',
      `A switchover of ${target.release} to ${name} was begun and not finished. It has to be finished first.`,
      {
        object: object('Release', target, target.release),
        firstSeen: startedAt,
        remedies: [propose('Finish it', {kind: 'recover', ...releaseRef(target)})],
      },
    );
  const sentence =
    record.phase === 'back'
      ? 'The switchover that was begun and broken off is taken back: the writer starts again as it was.'
      : `The switchover to ${name} that was begun and broken off goes on.`;
  const {writer} = objectNames(target);
  const consequences = [{code: 'ROLE_CHANGE' as const, object: `StatefulSet/${writer}`, sentence}];
  return {
    parameters,
    record,
    startedAt,
    warnings: [],
    slots: [],
    settings: {},
    plan: {consequences, steps: stepsShown(), values: {}, manifests: '', command},
    readReplicaCount: viewOf(before).desiredReaders,
  };
}

function stepsShown(): Plan['steps'] {
  return switchoverSteps.map(({name}) => ({name, command: null}));
}

async function preparedNew(
  request: SwitchoverRequest,
  ports: Ports,
  parameters: Parameters,
): Promise<Prepared | Cause> {
  const {before, command} = request;
  const chosen = await chosenReader(request, ports, parameters);
  if ('code' in chosen) return withRate(chosen, request, ports);
  const reader = chosen.pod.metadata.name;
  const writer = `${objectNames(before.target).writer}-0`;
  const [ofWriter, ofReader, unlogged, speed] = await Promise.all([
    ports.serverFacts(writer),
    ports.serverFacts(reader),
    ports.unloggedTables(),
    speedOf(chosen, ports),
  ]);
  if (!ofWriter || !ofReader || !unlogged) return notAsked(before, ofWriter ? reader : writer);
  const {writerPod, readerPods, desiredReaders} = viewOf(before);
  const nodeOf = ({spec}: Pod) => spec.nodeName ?? 'its node';
  const facts: SwitchoverFacts = {
    target: before.target,
    writer: ofWriter,
    reader: ofReader,
    unlogged,
    speed,
    record: {...recordOf(before, chosen, ofWriter.timeline), because: reasonOf(request)},
    nodes: {writer: writerPod ? nodeOf(writerPod) : 'its node', reader: nodeOf(chosen.pod)},
    otherReaders: readerPods.map(({metadata}) => metadata.name).filter((name) => name !== reader),
    oldPlace: chosen.oldPlace,
  };
  return {
    parameters,
    record: facts.record,
    startedAt: null,
    plan: {consequences: switchoverConsequences(facts), steps: stepsShown(), values: {}, manifests: '', command},
    warnings: unlogged.length > 0 ? [{code: 'UNLOGGED_EMPTIED', message: emptied(unlogged)}] : [],
    slots: readerSlots(before.target, ofWriter),
    settings: settingsToMove(facts),
    readReplicaCount: facts.oldPlace === null ? desiredReaders : desiredReaders - 1,
  };
}

/** Why the role moves, in a few words that are remembered. */
function reasonOf(request: SwitchoverRequest): string {
  if (changeEnded(request)) return 'for a resize';
  return request.awayFromNode === undefined ? 'by hand' : `away from ${request.awayFromNode}`;
}

interface Chosen extends Candidate {
  /** By the claim's name. */
  readonly volumes: Readonly<Record<string, PersistentVolume>>;
  /** Why the reader could not start where the writer is now; null: it could, or it is not known. */
  readonly oldPlace: Obstacle | null;
}

async function chosenReader(
  {before, to, awayFromNode: leaving}: SwitchoverRequest,
  ports: Ports,
  parameters: Parameters,
): Promise<Chosen | Cause> {
  const unfit = writerFit(before);
  if (unfit) return unfit;
  const {writerPod, readerPods} = viewOf(before);
  const onNodes = [writerPod, ...readerPods].flatMap((pod) => pod?.spec.nodeName ?? []);
  const readers = ofReaders(parameters);
  const volumes = await ports.volumes(before.claims);
  // A volume that can move takes its pod to a node with room.
  const isBound = ({metadata, spec}: Pod) =>
    isBoundTo(spec.nodeName, volumes[claimOfPod(before.target, metadata.name)]);
  const measured = [
    ...nodesToMeasure(readerPods.filter(isBound), parameters),
    ...nodesToMeasure(writerPod && isBound(writerPod) ? [writerPod] : [], readers),
  ];
  const [nodes, use] = await Promise.all([ports.nodes([...new Set(onNodes)]), ports.nodeUse([...new Set(measured)])]);
  const chosen = chooseReader(before, {to, leaving}, parameters, {nodes, use, left: writerPod?.spec.nodeName});
  if ('code' in chosen) return chosen;
  const places = {nodes, use, left: chosen.pod.spec.nodeName};
  const oldPlace = (writerPod && obstacleAt(writerPod, readers, places)?.obstacle) ?? null;
  return volumesFit(before, chosen.pod.metadata.name, volumes) ?? {...chosen, volumes, oldPlace};
}

/** Asked only where the reader is noticeably behind, because it takes a second. */
async function speedOf({pod, stream}: Candidate, ports: Ports): Promise<ReplaySpeed | null> {
  return (stream.lagBytes ?? 0) >= noticeableBytes ? ports.replaySpeed(pod.metadata.name) : null;
}

/** When the reader will be close enough: that is what one wants to know who is told to wait. */
async function withRate(behind: Cause, {before, to}: SwitchoverRequest, ports: Ports): Promise<Cause> {
  if (behind.code !== 'REPLICA_BEHIND') return behind;
  const {streams} = viewOf(before);
  const [closest] = streams
    .filter(({pod, state}) => state === 'streaming' && pod !== null && (to === null || pod === to))
    .sort((a, b) => (a.lagBytes ?? Infinity) - (b.lagBytes ?? Infinity));
  const speed = closest?.pod ? await ports.replaySpeed(closest.pod) : null;
  if (!closest?.pod || !speed) return behind;
  return {...behind, evidence: [...behind.evidence, catchUpText(closest.pod, speed, maxLagBytes)]};
}

function notAsked({target}: Snapshot, pod: string): Cause {
  return cause('ENDPOINT_UNPROVEN', `The server in ${pod} could not be asked how it is set up. Nothing was changed.`, {
    object: object('Pod', target, pod),
    remedies: [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})],
  });
}

function recordOf(before: Snapshot, {pod, volumes}: Chosen, timeline: number): SwitchoverRecord {
  const {writerClaim} = objectNames(before.target);
  const side = (name: string) => sideOf(before, name, volumes);
  return {
    phase: 'fence',
    pod: {name: pod.metadata.name, uid: pod.metadata.uid ?? ''},
    writer: side(writerClaim),
    reader: side(claimOfPod(before.target, pod.metadata.name)),
    timeline,
    fencedAt: null,
  };
}

/** A claim with its volume, both of which were looked at. */
export function sideOf({claims}: Snapshot, name: string, volumes: Readonly<Record<string, PersistentVolume>>): Side {
  const claim = claims.find(({metadata}) => metadata.name === name);
  const volume = volumes[name];
  if (!claim || !volume) throw new Error(`the claim ${name} and its volume were looked at`);
  return {
    claim: {name, labels: claim.metadata.labels ?? {}, ownerReferences: claim.metadata.ownerReferences ?? []},
    volume: {
      name: volume.metadata.name,
      reclaimPolicy: volume.spec.persistentVolumeReclaimPolicy ?? 'Retain',
      spec: specOf(claim),
    },
  };
}

function specOf({spec}: PersistentVolumeClaim): Readonly<Record<string, unknown>> {
  const {accessModes, storageClassName, volumeMode, resources} = spec;
  return {
    accessModes,
    resources,
    ...(storageClassName === undefined ? {} : {storageClassName}),
    ...(volumeMode === undefined ? {} : {volumeMode}),
  };
}

async function* runSwitchover(run: Run, prepared: Prepared): AsyncGenerator<Progress, Result> {
  const {request, ports, signal, base} = run;
  const startedAt = prepared.startedAt ?? new Date(clusterTime(ports.now(), request.before)).toISOString();
  const limits = {deadline: ports.now() + request.timeoutMs, signal};
  const wanted = changeEnded(request);
  const leaseOf = (record: SwitchoverRecord): LeaseRecord => ({
    kind: 'switchover',
    startedAt,
    wanted,
    switchover: record,
  });
  const held = yield* takeLease(leaseOf(prepared.record), ports, {...limits, over: request.before.operation});
  if (held) return notTaken(base, held);
  const {record, slots, settings, readReplicaCount, parameters} = prepared;
  const desired: DesiredSwitchover = {
    record,
    slots,
    settings,
    readReplicaCount,
    note: (next) => ports.noteLease(leaseOf(next)),
    lastRecord: null,
    isPromoted: false,
    writerMayStartAt: null,
    wentBack: null,
    prepared: 'nothing',
    isSettled: false,
    answeredAt: null,
    timelineAfter: null,
  };
  yield {type: 'plan', steps: switchoverSteps.map(({name}) => name)};
  const ending = yield* converge(switchoverSteps, desired, ports, {
    ...limits,
    judge: true,
    tracks: tracksOf,
    holdsLease: true,
    // The writer's claim is gone for a moment, while its volume stays.
    ignoresCause: ({code}) => code === 'VOLUME_GOING',
  });
  const isMoved = ending.how === 'done' && desired.record.phase === 'promote';
  if (isMoved) {
    const {to, fromNode, toNode, timeline, gapMs: outMs} = resultOf(request.before, desired, ending);
    const {because} = desired.record;
    const moved = {to, fromNode, toNode, timeline, outMs, atRisk: null, ...(because === undefined ? {} : {because})};
    await rememberRoleMove(ports, {kind: 'switchover', at: startedAt, ...moved});
    await rememberWriterPosition(ports, ending.snapshot);
  }
  const isUntouched = ending.snapshot !== null && !isSwitchingOver(ending.snapshot, desired.record);
  if (isUntouched) await takeBack(ports, desired, ending);
  if (ending.how !== 'done' && !isUntouched) await ports.pauseLease().catch(() => undefined);
  else await leaveLease(isMoved ? null : wanted, startedAt, ports).catch(() => undefined);
  return finalResult(run, desired, ending, parameters);
}

/** @param wanted what the change wants that the switchover was to end; null: nothing is left to do */
async function leaveLease(wanted: OperationRecord['wanted'], startedAt: string, ports: LeasePort): Promise<void> {
  if (wanted === null) return ports.endLease();
  await ports.noteLease({kind: 'resize', startedAt, wanted});
  await ports.pauseLease();
}

/**
 * What the change wants that the switchover ends, which stays recorded until the role has moved. Null: the switchover
 * is an operation of its own.
 */
export function changeEnded({before: {operation}}: Pick<SwitchoverRequest, 'before'>): OperationRecord['wanted'] {
  return operation?.wanted?.movesRole ? operation.wanted : null;
}

function finalResult({request, base}: Run, desired: DesiredSwitchover, ending: Ending, parameters: Parameters): Result {
  const {wentBack} = desired;
  const {snapshot} = ending;
  const end = {
    ...base,
    parameters,
    warnings: mergeWarnings(base.warnings, snapshot ? findWarnings(snapshot, parameters) : []),
  };
  if (ending.how !== 'done') return endOf({...end, ending, outcome: outcomeOf(ending)});
  if (wentBack) return endOf({...end, ending: {...ending, how: 'failed', cause: wentBack}, outcome: 'failed'});
  if (desired.record.phase === 'back')
    return endOf({...end, ending, outcome: 'succeeded', notes: ['The writer is the one that it was, with every row.']});
  const moved = resultOf(request.before, desired, ending);
  return endOf({
    ...end,
    ending,
    outcome: 'succeeded',
    notes: [...notesOf(moved), ...ending.notes],
    ...outOf(moved, desired, base),
  });
}

/** A gap that began in another run does not belong to the time of this one. */
function outOf(moved: SwitchoverResult, {record}: DesiredSwitchover, {began}: Beginning) {
  const afterMs = record.fencedAt === null ? -1 : Date.parse(record.fencedAt) - began;
  const writesOut = moved.gapMs === null || afterMs < 0 ? null : {afterMs: Math.round(afterMs), forMs: moved.gapMs};
  return {switchover: moved, writesOut};
}

function resultOf(
  before: Snapshot,
  {record, lastRecord, answeredAt, timelineAfter}: DesiredSwitchover,
  {snapshot}: Ending,
): SwitchoverResult {
  return {
    to: record.pod.name,
    fromNode: viewOf(before).writerPod?.spec.nodeName ?? null,
    toNode: snapshot ? (viewOf(snapshot).writerPod?.spec.nodeName ?? null) : null,
    timeline: {before: record.timeline, after: timelineAfter},
    lastRecord,
    gapMs: record.fencedAt !== null && answeredAt !== null ? answeredAt - Date.parse(record.fencedAt) : null,
  };
}

function notesOf({to, fromNode, toNode, lastRecord, gapMs}: SwitchoverResult): readonly string[] {
  const gap = gapMs === null ? '' : ` Nothing could be written for at most ${(gapMs / 1000).toFixed(1)} s.`;
  const proof =
    lastRecord === null
      ? 'No acknowledged row was lost: the reader had the last record of the WAL before it was promoted.'
      : `No acknowledged row was lost: ${to} had the last record of the writer's WAL, at ${lastRecord}.`;
  return [
    `The writer moved from ${fromNode ?? 'its node'} to ${toNode ?? 'another one'}, with the volume that ${to} ` +
      `had.${gap}`,
    proof,
  ];
}
