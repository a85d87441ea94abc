// Makes a reader the writer in place of one that is lost: looks from several sides, tells what is at risk, takes the
// Lease, and converges.
import {claimOfPod, objectNames} from '../chart/names.ts';
import {fromValues} from '../chart/values.ts';
import {propose} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {cause, type Cause} from '../core/cause.ts';
import {
  evidenceLines,
  isNoReader,
  isSpeaking,
  mayFailOver,
  mostWal,
  noReaderToPromote,
  verdictOf,
  type Verdict,
} from '../observation/checks/failover.ts';
import {counted, object} from '../observation/checks/messages.ts';
import {volumesToMove} from '../observation/checks/switchover.ts';
import {clusterTime} from '../observation/cluster-time.ts';
import {isFailingOver} from '../observation/failover-seen.ts';
import {
  keptFor,
  nodeOfVolume,
  type FailoverRecord,
  type ReaderPosition,
  type WriterEvidence,
} from '../observation/failover.ts';
import type {PersistentVolume} from '../observation/kubernetes.ts';
import {viewOf} from '../observation/release-view.ts';
import {lastKnownBytes} from '../observation/writer-position.ts';
import type {Snapshot, Target} from '../observation/snapshot.ts';
import {sizeOf} from '../observation/storage.ts';
import type {ClaimRecord, Side} from '../observation/switchover.ts';
import {tracksOf} from '../observation/tracks.ts';
import {findWarnings} from '../observation/warnings.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {failoverConsequences, riskSentence, writesAtRisk, type FailoverFacts} from '../plan/failover.ts';
import {healsMeanwhile} from '../plan/steering.ts';
import {converge, type Ending} from './converge.ts';
import {seenOfWriter} from './failover-evidence.ts';
import {endAtPlan, type PlannedRequest} from './planned-request.ts';
import {mayMoveRole} from './may-move-role.ts';
import type {Ports} from './ports/index.ts';
import type {LeaseRecord} from './ports/lease.ts';
import type {FailoverResult, LedgerEntry, Plan, Progress, Result} from './progress.ts';
import {causeIn, endOf, mergeWarnings, outcomeOf, refused, type Beginning} from './result.ts';
import {rememberRoleMove} from './remember-role-move.ts';
import {rememberWriterPosition} from './remember-writer-position.ts';
import {failoverSteps, type DesiredFailover} from './steps/failover-steps.ts';
import {sideOf} from './switchover.ts';
import {notTaken, takeLease} from './take-lease.ts';
import {leftBehind, whenFree} from './when-free.ts';

export interface FailoverRequest extends PlannedRequest {
  /** The operation's name in the result. */
  readonly operation: 'failover' | 'recover';
  /** The pod of the reader that is to become the writer; null: the one with the most WAL. */
  readonly to: string | null;
  /** Whether somebody has made sure that the machine of the writer is off. */
  readonly nodeIsOff: boolean;
  /** The release as it was found just now; it is there. */
  readonly before: Snapshot;
}

interface Prepared {
  readonly parameters: Parameters;
  readonly record: FailoverRecord;
  readonly startedAt: string | null;
  readonly plan: Plan;
}

interface Run {
  readonly request: FailoverRequest;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly base: Beginning;
}

/** Throws only what is a bug. */
export async function* failover(
  request: FailoverRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  return yield* whenFree(request, ports, signal, (free, base) => begun({request: free, ports, signal, base}));
}

async function* begun(run: Run): AsyncGenerator<Progress, Result> {
  const {request, ports, base} = run;
  const prepared = await prepare(request, ports).catch(causeIn);
  if ('code' in prepared) return refused({...base, cause: prepared});
  const {plan} = prepared;
  return (await endAtPlan(request, plan, base)) ?? (yield* carriedOut(run, prepared));
}

/** @returns the cause that forbids it, else all that is known */
async function prepare(request: FailoverRequest, ports: Ports): Promise<Prepared | Cause> {
  const {before} = request;
  const {operation, target} = before;
  const parameters = fromValues(before.release.values);
  if (!parameters) throw new Error(`${target.release} is ours and cannot be read back`);
  const forbidden =
    isNoReader(target, request.to, viewOf(before).readersWanted) ??
    leftBehind(before, 'failover') ??
    healsMeanwhile(before, {isUrgent: true}) ??
    (await mayMoveRole(ports, await ports.failoverPermissions(volumesToMove(before))));
  if (forbidden) return forbidden;
  return operation?.failover && isFailingOver(before, operation.failover)
    ? goneOnWith(request, parameters, operation.failover, operation.startedAt)
    : begunAnew(request, ports, parameters);
}

function goneOnWith(
  {to, command, before}: FailoverRequest,
  parameters: Parameters,
  record: FailoverRecord,
  startedAt: string | null,
): Prepared | Cause {
  const {target} = before;
  if (to !== null && record.pod !== null && to !== record.pod)
    return cause(
      'RELEASE_LOCKED',
      `A failover of ${target.release} to ${record.pod} was begun and not finished. It has to be finished first.`,
      {
        object: object('Release', target, target.release),
        firstSeen: startedAt,
        remedies: [propose('Finish it', {kind: 'recover', ...releaseRef(target)})],
      },
    );
  const sentence =
    record.phase === 'back'
      ? 'The failover that was begun is taken back: everything is as it was.'
      : `The failover${record.pod === null ? '' : ` to ${record.pod}`} that was begun and broken off goes on.`;
  const consequence = {code: 'ROLE_CHANGE' as const, object: `StatefulSet/${objectNames(target).writer}`};
  return {
    ...{parameters, record, startedAt},
    plan: {consequences: [{...consequence, sentence}], steps: stepsShown(), values: {}, command},
  };
}

function stepsShown(): Plan['steps'] {
  return failoverSteps.map(({name}) => ({name, command: null}));
}

async function begunAnew(request: FailoverRequest, ports: Ports, parameters: Parameters): Promise<Prepared | Cause> {
  const {before, to, nodeIsOff, command} = request;
  const {target} = before;
  const volumes = await ports.volumes(before.claims);
  const seen = await seenOfWriter(before, volumes, ports);
  const verdict = verdictOf(seen, nodeIsOff);
  const forbidden = mayFailOver(target, seen, verdict);
  if (forbidden) return forbidden;
  const able = ableToTakeOver(before, seen.positions, volumes);
  const chosen = mostWal(able, to);
  if (!chosen) return noReaderToPromote(before, evidenceLines(seen));
  const acknowledging = {
    synchronousReplicas: parameters.synchronousReplicas ?? 0,
    readers: viewOf(before).readersWanted,
    writerBytes: lastKnownBytes(before),
  };
  // A writer that is stopped by SQL sends all the WAL that it has to the readers that stream.
  const isSentAll = isToBeStopped(verdict, seen) && chosen.receiver !== null;
  const atRisk = isSentAll
    ? {bytes: 0, lastSignAt: null, isCovered: true}
    : writesAtRisk(chosen, seen.positions, acknowledging);
  const record = {
    ...recordOf(request, {seen, able, volumes, atRisk, timeline: chosen.timeline, now: ports.now()}),
    ...(isToBeStopped(verdict, seen) ? {fence: {host: seen.open.host, isTold: false, isDone: false}} : {}),
  };
  const commitsWaitFor = acknowledging.synchronousReplicas;
  const facts = {...factsOf({before, seen, record, chosen, able, volumes}), isSentAll, commitsWaitFor};
  const consequences = failoverConsequences({...facts, verdict, nodeIsOff});
  return {...{parameters, record, startedAt: null}, plan: {consequences, steps: stepsShown(), values: {}, command}};
}

/** True where the writer's node is silent but its database answers. */
function isToBeStopped(
  verdict: Verdict,
  seen: WriterEvidence,
): seen is WriterEvidence & {readonly open: NonNullable<WriterEvidence['open']>} {
  return verdict === 'answers' && Boolean(seen.open);
}

/** The readers that did not answer: nobody knows how much WAL they have. */
function silentReaders(before: Snapshot, positions: readonly ReaderPosition[]): readonly string[] {
  const {reader} = objectNames(before.target);
  const all = Array.from({length: viewOf(before).readersWanted}, (_, ordinal) => `${reader}-${ordinal}`);
  return all.filter((name) => !positions.some(({pod}) => pod === name));
}

interface Found {
  readonly seen: WriterEvidence;
  /** The readers that can be chosen. */
  readonly able: readonly ReaderPosition[];
  /** By the claim's name. */
  readonly volumes: Readonly<Record<string, PersistentVolume>>;
}

function factsOf({
  before,
  seen,
  record,
  chosen,
  able,
  volumes,
}: Found & {
  readonly before: Snapshot;
  readonly record: FailoverRecord;
  readonly chosen: ReaderPosition;
}): Omit<FailoverFacts, 'verdict' | 'nodeIsOff' | 'isSentAll' | 'commitsWaitFor'> {
  const {writer, kept, atRisk} = record;
  const old = volumes[writer.claim.name];
  const claim = before.claims.find(({metadata}) => metadata.name === writer.claim.name);
  const pod = viewOf(before).readerPods.find(({metadata}) => metadata.name === chosen.pod);
  return {
    ...{target: before.target, chosen, positions: able, atRisk, silent: silentReaders(before, seen.positions)},
    nodes: {writer: seen.node?.name ?? null, reader: pod?.spec.nodeName ?? 'its node'},
    oldVolume: old
      ? {name: old.metadata.name, size: claim?.status?.capacity?.['storage'] ?? '?', kept: kept.name}
      : null,
    diskCanMove: old !== undefined && nodeOfVolume(old) === null,
  };
}

/** The readers that answered, so that their node is there, and whose claim and volume are whole. */
function ableToTakeOver(
  {claims, target}: Snapshot,
  positions: readonly ReaderPosition[],
  volumes: Found['volumes'],
): readonly ReaderPosition[] {
  return positions.filter(({pod}) => {
    const name = claimOfPod(target, pod);
    const claim = claims.find(({metadata}) => metadata.name === name);
    const volume = volumes[name];
    return claim?.status?.phase === 'Bound' && volume !== undefined && !volume.metadata.deletionTimestamp;
  });
}

function recordOf(
  {before, to}: FailoverRequest,
  {
    seen,
    able,
    volumes,
    atRisk,
    timeline,
    now,
  }: Found & Pick<FailoverRecord, 'atRisk' | 'timeline'> & {readonly now: number},
): FailoverRecord {
  const {target} = before;
  const {writer, writerClaim: name} = objectNames(target);
  const readers = Object.fromEntries(able.map(({pod}) => [pod, sideOf(before, claimOfPod(target, pod), volumes)]));
  const isThere = before.claims.some(({metadata}) => metadata.name === name) && volumes[name] !== undefined;
  return {
    ...{phase: 'fence', to, pod: null, ahead: [], readers, timeline, atRisk, writerPod: `${writer}-0`},
    writer: isThere ? sideOf(before, name, volumes) : {claim: claimLike(Object.values(readers), name), volume: null},
    kept: keptClaim(target, clusterTime(now, before)),
    isNodeLost: !isSpeaking(seen.node),
    fromNode: seen.node?.name ?? null,
  };
}

/** Stands in for the writer's claim where that is gone: like a reader's claim, with the writer's labels. */
function claimLike([reader]: readonly Side[], name: string): ClaimRecord {
  const labels = {...reader?.claim.labels, 'app.kubernetes.io/component': 'primary'};
  return {name, labels, ownerReferences: []};
}

/** Named after the time, because each failover keeps a claim of its own. */
function keptClaim({fullname, release}: Target, now: number): ClaimRecord {
  const stamp = new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase();
  return {name: `${fullname}-kept-${stamp}`, labels: {[keptFor]: release}, ownerReferences: []};
}

async function* carriedOut(run: Run, prepared: Prepared): AsyncGenerator<Progress, Result> {
  const {request, ports, signal, base} = run;
  const startedAt = prepared.startedAt ?? new Date(clusterTime(ports.now(), request.before)).toISOString();
  const limits = {deadline: ports.now() + request.timeoutMs, signal};
  const leaseOf = (record: FailoverRecord): LeaseRecord => ({
    ...{kind: 'failover', startedAt, wanted: null},
    failover: record,
  });
  const held = yield* takeLease(leaseOf(prepared.record), ports, limits);
  if (held) return notTaken(base, held);
  const decidedAt = ports.now();
  const desired: DesiredFailover = {
    record: prepared.record,
    note: (next) => ports.noteLease(leaseOf(next)),
    ...{promoted: null, positions: [], wentBack: null, answeredAt: null, timelineAfter: null},
    ...{isSettled: false, isCounted: false, lostCommits: null},
  };
  yield {type: 'plan', steps: failoverSteps.map(({name}) => name)};
  const ending = yield* converge(failoverSteps, desired, ports, {
    ...{...limits, judge: true, tracks: tracksOf, holdsLease: true},
    // Claims are gone for a moment while their volumes stay; a reader that finds no room is reported at the end.
    ignoresCause: ({code}) => code === 'VOLUME_GOING' || code === 'UNSCHEDULABLE',
  });
  if (ending.how === 'done' && desired.record.phase === 'promote') {
    const {to, fromNode, toNode, timeline, writesAfterMs: outMs, keptClaim} = resultOf(desired, ending, decidedAt);
    const {lostCommits, record} = desired;
    const promotedAtBytes = desired.positions.find(({pod}) => pod === record.pod)?.bytes ?? null;
    const moved = {
      to,
      fromNode,
      toNode,
      timeline,
      outMs,
      atRisk: record.atRisk,
      lostCommits,
      promotedAtBytes,
      keptClaim,
    };
    await rememberRoleMove(ports, {kind: 'failover', at: startedAt, ...moved});
    await rememberWriterPosition(ports, ending.snapshot);
  }
  const isUntouched = ending.snapshot !== null && !isFailingOver(ending.snapshot, desired.record);
  await (ending.how === 'done' || isUntouched ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
  return told(run, desired, ending, {parameters: prepared.parameters, decidedAt});
}

function told(
  {request, base}: Run,
  desired: DesiredFailover,
  ending: Ending,
  {parameters, decidedAt}: {readonly parameters: Parameters; readonly decidedAt: number},
): Result {
  const {snapshot} = ending;
  const end = {
    ...{...base, parameters},
    warnings: mergeWarnings(base.warnings, snapshot ? findWarnings(snapshot, parameters) : []),
  };
  if (ending.how !== 'done') return endOf({...end, ending, outcome: outcomeOf(ending)});
  const {wentBack} = desired;
  if (wentBack) return endOf({...end, ending: {...ending, how: 'failed', cause: wentBack}, outcome: 'failed'});
  if (desired.record.phase === 'back')
    return endOf({...end, ending, outcome: 'succeeded', notes: ['Everything is as it was.']});
  const result = resultOf(desired, ending, decidedAt);
  return endOf({
    ...{...end, ending, outcome: 'succeeded', failover: result},
    writesOut:
      result.writesAfterMs === null
        ? null
        : {afterMs: Math.round(decidedAt - base.began), forMs: Math.round(result.writesAfterMs)},
    notes: [...notesOf(result, desired), ...ending.notes],
    ledger: ledgerOf(request.before, desired),
  });
}

function resultOf(desired: DesiredFailover, {snapshot}: Ending, decidedAt: number): FailoverResult {
  const {record, positions, answeredAt, timelineAfter} = desired;
  const stood = positions.find(({pod}) => pod === record.pod);
  return {
    to: record.pod ?? '',
    fromNode: record.fromNode,
    toNode: snapshot ? (viewOf(snapshot).writerPod?.spec.nodeName ?? null) : null,
    timeline: {before: record.timeline, after: timelineAfter},
    lastRecord: stood?.lsn ?? null,
    atRisk: {bytes: record.atRisk.bytes, lastSignAt: record.atRisk.lastSignAt, covered: record.atRisk.isCovered},
    writesAfterMs: answeredAt === null ? null : answeredAt - decidedAt,
    lostCommits: desired.lostCommits,
    keptVolume: record.writer.volume?.name ?? null,
    keptClaim: record.writer.volume ? record.kept.name : null,
  };
}

function notesOf(result: FailoverResult, desired: DesiredFailover): readonly string[] {
  const {to, fromNode, toNode, writesAfterMs, keptVolume, keptClaim: claim} = result;
  const after = writesAfterMs === null ? '' : ` Writes were taken again after ${(writesAfterMs / 1000).toFixed(1)} s.`;
  return [
    `${to} became the writer, on ${toNode ?? 'its node'}; the earlier one was on ${fromNode ?? 'a node'}.${after}`,
    ...lossOf(result, desired.record),
    ...laterOf(result, desired),
    ...(keptVolume === null
      ? []
      : [
          `The earlier writer's volume ${keptVolume} is kept, under the claim ${claim}. Nothing of the release uses ` +
            'it.',
        ]),
  ];
}

/** Nobody can count on a node that is away; the volume tells when the node is back. */
function laterOf(
  {lostCommits, keptClaim: claim}: FailoverResult,
  {record: {isNodeLost, atRisk, fromNode}}: DesiredFailover,
): readonly string[] {
  if (lostCommits !== null || claim === null || !isNodeLost || atRisk.isCovered) return [];
  return [`When ${fromNode ?? 'its node'} is back, recover counts on that volume what was lost.`];
}

/** How many transactions are lost, where that is known, else what was known to be at risk. */
function lossOf({to, lastRecord, lostCommits}: FailoverResult, {atRisk, fence}: FailoverRecord): readonly string[] {
  if (lostCommits === 0) return ['No transaction is lost: the new writer has all that the earlier one had committed.'];
  if (lostCommits !== null)
    return [
      `${counted(lostCommits, 'transaction')} of the earlier writer ${lostCommits === 1 ? 'is' : 'are'} not in the ` +
        'new one. What was written there is on its volume.',
    ];
  if (fence && atRisk.isCovered)
    return ['No acknowledged row is lost: the earlier writer had sent all that it had before it stopped.'];
  return lastRecord === null ? [] : [riskSentence({pod: to, lsn: lastRecord}, atRisk)];
}

function ledgerOf({claims}: Snapshot, {record}: DesiredFailover): readonly LedgerEntry[] {
  const {volume, claim} = record.writer;
  if (!volume) return [];
  const there = claims.find(({metadata}) => metadata.name === claim.name);
  return [{kind: 'PersistentVolumeClaim', name: record.kept.name, fate: 'kept', bytes: there ? sizeOf(there) : null}];
}
