// Makes a reader the writer in place of one that is lost: looks from several sides, tells what is at risk, takes the
// Lease, and converges.
import {claimOfPod, componentLabels, labelKeys, objectNames} from '../../chart/names.ts';
import {fromValues} from '../../chart/values.ts';
import {propose, render} from '../../commands/command-line.ts';
import {operationNoun} from '../../commands/operation-words.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, type Cause} from '../../core/cause.ts';
import {toTheSecond} from '../../core/time.ts';
import {isResponding, failoverRefusal, verdictOf, type Verdict} from '../../observation/checks/failover.ts';
import {reasonOf, writerSeen, type WriterSeen} from '../../observation/checks/failover-verdict.ts';
import {counted, object} from '../../observation/checks/messages.ts';
import {isNoReader} from '../../observation/checks/reader-to-promote.ts';
import {clusterTime} from '../../observation/cluster-time.ts';
import {isFailingOver} from '../../observation/role/failover-seen.ts';
import {
  keptFor,
  lsnText,
  type FailoverRecord,
  type ReaderPosition,
  type WriterEvidence,
} from '../../observation/role/failover.ts';
import {lookCommand} from '../../observation/role/kept-volumes.ts';
import type {PersistentVolume} from '../../observation/kubernetes.ts';
import {unfinished} from '../../observation/may-begin.ts';
import {viewOf} from '../../observation/release-view.ts';
import {lastKnownPosition} from '../../observation/role/writer-position.ts';
import type {RoleMove} from '../../observation/role/role-moves.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';
import {sizeOf} from '../../observation/storage.ts';
import type {ClaimRecord, Side} from '../../observation/role/switchover.ts';
import {tracksOf} from '../../observation/tracks.ts';
import {findWarnings} from '../../observation/warnings.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {failoverConsequences, riskSentence, writesAtRisk, type FailoverFacts} from '../../plan/failover.ts';
import {healsMeanwhile} from '../../plan/steering.ts';
import {converge, type Ending} from '../converge.ts';
import {operationLine} from '../announcements.ts';
import {candidatesOf} from './failover-candidates.ts';
import {evidenceOf, failoverPermissions, askWriter, type AskingOfWriter} from './failover-evidence.ts';
import {endAtPlan, finishedMeanwhile, removedMeanwhile, type PlannedRequest} from '../planned-request.ts';
import {roleMoveRefusal} from './role-move-refusal.ts';
import type {Ports} from '../ports/index.ts';
import type {LeasePort, LeaseRecord} from '../ports/lease.ts';
import type {FailoverResult, LedgerEntry, Plan, Progress, Result} from '../../plan/progress.ts';
import {causeIn, endOf, mergeWarnings, outcomeOf, refused, type Beginning} from '../result.ts';
import {rememberRoleMove} from './remember-role-move.ts';
import {rememberWriterPosition} from './remember-writer-position.ts';
import {failoverSteps, type DesiredFailover} from '../steps/failover-steps.ts';
import {sideOf} from './switchover.ts';
import {notTaken, recordOf as leaseRecordOf, takeLease} from '../take-lease.ts';
import {leftBehind, whenFree} from '../when-free.ts';

export interface FailoverRequest extends PlannedRequest {
  /** The operation's name in the result. */
  readonly operation: 'failover' | 'recover';
  /** The pod of the reader that is to become the writer; null: the one with the most WAL. */
  readonly to: string | null;
  /** Whether somebody has made sure that the machine of the writer is off. */
  readonly nodeIsOff: boolean;
  /**
   * When it was asked for, by now() of the ports. That is the decision, unless the plan is shown and confirmed later.
   */
  readonly askedAt?: number;
  /** What is asked of the writer since the look; null, or absent: nothing yet. */
  readonly asking?: AskingOfWriter | null;
  /** The release as it was found just now; it is there. */
  readonly before: Snapshot;
}

interface Prepared {
  readonly parameters: Parameters;
  readonly record: FailoverRecord;
  readonly startedAt: string | null;
  readonly plan: Plan;
  /** What is seen of the writer; null: another run looked, and this one goes on. */
  readonly seen: WriterSeen | null;
}

interface Run {
  readonly request: FailoverRequest;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  /** `checksMs`: how long the looks took, before anything was changed. */
  readonly base: Beginning & {readonly checksMs?: number};
}

/** Throws only what is a bug. */
export async function* failover(
  request: FailoverRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  return yield* whenFree(request, ports, signal, (free, base) => planAndRun({request: free, ports, signal, base}));
}

async function* planAndRun(run: Run): AsyncGenerator<Progress, Result> {
  const {request, ports, base} = run;
  const prepared = await prepare(request, ports).catch(causeIn);
  if ('code' in prepared) return refused({...base, cause: prepared});
  const {plan, seen} = prepared;
  const checksMs = ports.now() - base.began;
  const ended = await endAtPlan(request, plan, base);
  if (ended) return ended;
  const checked = {...run, base: {...base, checksMs}};
  if (request.confirm !== null) return yield* lookedAgain(checked, ports.now(), prepared.startedAt);
  yield* linesOf(seen, ports);
  return yield* runFailover(checked, prepared, base.began);
}

/**
 * A plan may have been read for an hour: the writer may have come back, or another operator may have replaced it. What
 * is seen now decides, and not what the plan was made from.
 * @param goesOn when the failover was begun that is gone on with; null: a new one begins
 */
async function* lookedAgain(run: Run, decidedAt: number, goesOn: string | null): AsyncGenerator<Progress, Result> {
  const {ports, signal, base} = run;
  const before = await ports.look({mayLackWriter: true}).catch(causeIn);
  if ('code' in before) return refused({...base, cause: before});
  if (before.release.revisions.length === 0) return refused({...base, cause: removedMeanwhile(base.target)});
  const request = {...run.request, confirm: null, asking: null, before};
  return yield* whenFree(request, ports, signal, async function* (free) {
    const prepared = await prepare(free, ports).catch(causeIn);
    if ('code' in prepared) return refused({...base, cause: prepared});
    // Whoever agreed to finish a failover has not agreed to begin another one.
    if (goesOn !== null && prepared.startedAt !== goesOn)
      return refused({...base, cause: finishedMeanwhile(base.target, 'failover')});
    return yield* runFailover({...run, request: free}, prepared, decidedAt);
  });
}

/** Where nobody was shown the plan, the reason is told before anything is changed. */
function* linesOf(seen: WriterSeen | null, ports: Ports): Generator<Progress, void> {
  for (const text of seen?.evidence ?? []) yield operationLine(text, ports);
}

/** @returns the cause that forbids it, else all that is known */
async function prepare(request: FailoverRequest, ports: Ports): Promise<Prepared | Cause> {
  const {before} = request;
  const {operation, target} = before;
  const parameters = fromValues(before.release.values);
  if (!parameters) throw new Error(`${target.release} is ours and cannot be read back`);
  const permissions = () => askedSince(request)?.permissions ?? failoverPermissions(before, ports);
  const forbidden =
    isNoReader(target, request.to, viewOf(before).desiredReaders) ??
    leftBehind(before, 'failover') ??
    healsMeanwhile(before, {isUrgent: true}) ??
    (await roleMoveRefusal(ports, 'failover', await permissions()));
  if (forbidden) return forbidden;
  return operation?.failover && isFailingOver(before, operation.failover)
    ? goneOnWithOrNew(request, ports, parameters, operation.failover)
    : preparedNew(request, ports, parameters);
}

/** Where what was begun only waits for its readers, and its writer is lost too, another failover begins. */
async function goneOnWithOrNew(
  request: FailoverRequest,
  ports: Ports,
  parameters: Parameters,
  record: FailoverRecord,
): Promise<Prepared | Cause> {
  const next =
    record.isSettled && request.operation === 'failover' ? await preparedNew(request, ports, parameters) : null;
  if (next && !('code' in next)) return next;
  const startedAt = request.before.operation?.startedAt ?? null;
  const why = await writerIsBack(request.before, ports, record);
  if (why === null) return goneOnWith(request, parameters, record, startedAt);
  return goneOnWith({...request, to: null}, parameters, {...record, phase: 'back'}, startedAt, why);
}

/**
 * Why the earlier writer can be the writer again, with every row, although a failover was begun: no reader was chosen,
 * and its pod is there as it was. Null: it cannot. Once its pod was forgotten, or its database was told to stop for
 * good, it must not: two servers could run on its volume, or it would listen to nobody.
 */
async function writerIsBack(before: Snapshot, ports: Ports, record: FailoverRecord): Promise<string | null> {
  const {phase, pod, fence, writer} = record;
  if (phase !== 'fence' || pod !== null || fence?.isTold === true) return null;
  const {said, volumes} = await askWriter(before, ports, false);
  const isSameDisk = volumes[writer.claim.name]?.metadata.name === writer.volume?.name;
  return isSameDisk ? whyBack(evidenceOf(before, said), record) : null;
}

/** Null: the writer neither serves, nor is its pod on a node that was lost and answers again. */
function whyBack(seen: WriterEvidence, {isNodeLost, fromNode}: FailoverRecord): string | null {
  if (verdictOf(seen, false) === 'healthy') return 'The writer serves again';
  const {node} = seen;
  const isBack = isNodeLost && seen.pod !== null && node?.name === fromNode && isResponding(node);
  return isBack ? `${node.name} answers again, and the writer's disk is on it` : null;
}

function goneOnWith(
  {to, command, before}: FailoverRequest,
  parameters: Parameters,
  record: FailoverRecord,
  startedAt: string | null,
  why = '',
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
      ? `${why === '' ? '' : `${why}. `}The failover that was begun is taken back: everything is as it was.`
      : `The failover${record.pod === null ? '' : ` to ${record.pod}`} that was begun and broken off goes on.`;
  const consequence = {code: 'ROLE_CHANGE' as const, object: `StatefulSet/${objectNames(target).writer}`};
  return {
    parameters,
    record,
    startedAt,
    seen: null,
    plan: {consequences: [{...consequence, sentence}], steps: stepsShown(), values: {}, manifests: '', command},
  };
}

function stepsShown(): Plan['steps'] {
  return failoverSteps.map(({name}) => ({name, command: null}));
}

async function preparedNew(request: FailoverRequest, ports: Ports, parameters: Parameters): Promise<Prepared | Cause> {
  const {before, to, nodeIsOff, command} = request;
  const {target} = before;
  const asked = askedSince(request)?.said ?? askWriter(before, ports, isPlanRead(request));
  const {volumes, said, readers, places} = await asked;
  const seen = evidenceOf(before, said);
  const verdict = verdictOf(seen, nodeIsOff);
  const user = seen.node?.kind === 'unreadable' ? await ports.user() : null;
  const forbidden = failoverRefusal(target, seen, verdict, user);
  if (forbidden) return forbidden;
  const sought = {before, to, nodeIsOff, seen, verdict, volumes, parameters, readers, places};
  const candidates = candidatesOf(sought);
  if ('code' in candidates) return candidates;
  const {chosen, able, current, timeline, nodes, leftBehind: behind, diskCanMove} = candidates;
  const acknowledging = {
    synchronousReplicas: surelyWaitedFor(before, parameters),
    readers: viewOf(before).desiredReaders,
    writer: lastKnownPosition(before),
    now: clusterTime(ports.now(), before),
  };
  // A writer that is stopped by SQL sends all the WAL that it has to the readers that stream.
  const isSentAll = isToBeStopped(verdict, seen) && chosen.receiver !== null;
  const atRisk = isSentAll
    ? {bytes: 0, lastSignAt: null, isCovered: true, silentMs: null, writer: null}
    : writesAtRisk(chosen, current, acknowledging);
  const record = {
    ...recordOf(request, {seen, able, volumes, atRisk, timeline, now: ports.now()}),
    nodes,
    ...(isToBeStopped(verdict, seen) ? {fence: {...seen.open, isTold: false, isDone: false}} : {}),
    because: reasonOf(seen, verdict, nodeIsOff),
  };
  const commitsWaitFor = acknowledging.synchronousReplicas;
  const facts = {...factsOf({before, seen, record, chosen, able, volumes}), isSentAll, commitsWaitFor};
  const consequences = failoverConsequences({...facts, verdict, nodeIsOff, diskCanMove, leftBehind: behind});
  const shown = writerSeen(seen, verdict, nodeIsOff);
  return {
    parameters,
    record,
    startedAt: null,
    seen: shown,
    plan: {consequences, steps: stepsShown(), values: {}, manifests: '', command, ...shown},
  };
}

/**
 * For how many readers commits waited. A change that is not finished may have told helm so, and not the writer.
 */
function surelyWaitedFor(before: Snapshot, {synchronousReplicas}: Parameters): number {
  return unfinished(before.operation)?.wanted ? 0 : (synchronousReplicas ?? 0);
}

/** Null where nothing was asked since the request's look: what was asked beside another look is asked again. */
function askedSince({before, asking}: FailoverRequest): AskingOfWriter | null {
  return asking?.takenAt === before.takenAt ? asking : null;
}

/** Whether somebody reads the plan, before the failover or in place of it. */
export function isPlanRead({dryRun, confirm}: Pick<FailoverRequest, 'dryRun' | 'confirm'>): boolean {
  return dryRun || confirm !== null;
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
  const all = Array.from({length: viewOf(before).desiredReaders}, (_, ordinal) => `${reader}-${ordinal}`);
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
}): Omit<FailoverFacts, 'verdict' | 'nodeIsOff' | 'isSentAll' | 'commitsWaitFor' | 'diskCanMove'> {
  const {writer, kept, atRisk} = record;
  const old = volumes[writer.claim.name];
  const claim = before.claims.find(({metadata}) => metadata.name === writer.claim.name);
  const pod = viewOf(before).readerPods.find(({metadata}) => metadata.name === chosen.pod);
  return {
    target: before.target,
    chosen,
    positions: able,
    atRisk,
    silent: silentReaders(before, seen.positions),
    nodes: {writer: seen.node?.name ?? null, reader: pod?.spec.nodeName ?? 'its node'},
    oldVolume: old
      ? {name: old.metadata.name, size: claim?.status?.capacity?.['storage'] ?? '?', kept: kept.name}
      : null,
  };
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
    phase: 'fence',
    to,
    pod: null,
    ahead: [],
    readers,
    timeline,
    atRisk,
    writerPod: `${writer}-0`,
    writer: isThere ? sideOf(before, name, volumes) : {claim: claimLike(Object.values(readers), name), volume: null},
    kept: keptClaim(target, clusterTime(now, before)),
    isNodeLost: !isResponding(seen.node),
    fromNode: seen.node?.name ?? null,
  };
}

/** Stands in for the writer's claim where that is gone: like a reader's claim, with the writer's labels. */
function claimLike([reader]: readonly Side[], name: string): ClaimRecord {
  const labels = {...reader?.claim.labels, [labelKeys.component]: componentLabels.writer};
  return {name, labels, ownerReferences: []};
}

/** Named after the time, because each failover keeps a claim of its own. */
function keptClaim({fullname, release}: Target, now: number): ClaimRecord {
  const stamp = new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase();
  return {name: `${fullname}-kept-${stamp}`, labels: {[keptFor]: release}, ownerReferences: []};
}

async function* runFailover(run: Run, prepared: Prepared, decidedAt: number): AsyncGenerator<Progress, Result> {
  const {request, ports, signal, base} = run;
  const startedAt = prepared.startedAt ?? new Date(clusterTime(ports.now(), request.before)).toISOString();
  const limits = {deadline: ports.now() + request.timeoutMs, signal};
  const interrupted = interruptedBy(request.before);
  const leaseOf = (record: FailoverRecord): LeaseRecord => ({
    kind: 'failover',
    startedAt,
    wanted: null,
    failover: record,
    ...(interrupted ? {interrupted} : {}),
  });
  const held = yield* takeLease(leaseOf(prepared.record), ports, {...limits, over: request.before.operation});
  if (held) return notTaken(base, held);
  const desired: DesiredFailover = {
    record: prepared.record,
    startedAt,
    note: (next) => ports.noteLease(leaseOf(next)),
    promoted: null,
    positions: [],
    wentBack: null,
    answeredAt: null,
    timelineAfter: null,
    isSettled: false,
    isCounted: false,
    lostCommits: null,
    readersWait: interrupted !== null,
  };
  yield {type: 'plan', steps: failoverSteps.map(({name}) => name)};
  const ending = yield* converge(failoverSteps, desired, ports, {
    ...limits,
    judge: true,
    tracks: tracksOf,
    holdsLease: true,
    seen: request.before,
    // Claims are gone for a moment while their volumes stay; a reader that finds no room is reported at the end.
    ignoresCause: ({code}) => code === 'VOLUME_GOING' || code === 'UNSCHEDULABLE',
  });
  // The next failover has to know of this one, also where the readers of this one never came back.
  if (desired.record.isSettled && desired.record.phase === 'promote') {
    await rememberRoleMove(ports, {at: startedAt, ...roleMoveOf(desired, resultOf(desired, ending, decidedAt))});
    await rememberWriterPosition(ports, ending.snapshot);
  }
  const isUntouched = ending.snapshot !== null && !isFailingOver(ending.snapshot, desired.record);
  if (ending.how !== 'done' && !isUntouched) await ports.pauseLease().catch(() => undefined);
  else await leaveLease(interrupted, ports).catch(() => undefined);
  return finalResult(run, desired, ending, {...prepared, decidedAt});
}

/**
 * What had been begun before the failover, and is still to be ended after it. Null: nothing. A switchover is over: the
 * volumes have other claims by then. The resize that was to end in it is not, where the role has not moved.
 */
function interruptedBy(before: Snapshot): LeaseRecord | null {
  const operation = unfinished(before.operation);
  if (operation === null) return null;
  const {kind, startedAt, wanted, switchover, interrupted = null} = operation;
  if (kind === 'failover') return interrupted;
  if (!switchover) return leaseRecordOf(operation);
  return wanted && switchover.phase !== 'promote' ? {kind: 'resize', startedAt, wanted} : null;
}

/** Ends the Lease, or leaves what had been begun before to whoever goes on with it. */
async function leaveLease(interrupted: LeaseRecord | null, ports: LeasePort): Promise<void> {
  if (interrupted === null) return ports.endLease();
  await ports.noteLease(interrupted);
  await ports.pauseLease();
}

/** What the release remembers of it. */
function roleMoveOf(
  {record: {because, atRisk, pod}, positions, lostCommits}: DesiredFailover,
  {to, fromNode, toNode, timeline, writesAfterMs: outMs, keptClaim}: FailoverResult,
): Omit<RoleMove, 'at'> {
  return {
    kind: 'failover',
    to,
    fromNode,
    toNode,
    timeline,
    outMs,
    atRisk,
    lostCommits,
    keptClaim,
    promotedAtBytes: positions.find((one) => one.pod === pod)?.bytes ?? null,
    ...(because === undefined ? {} : {because}),
  };
}

function finalResult(
  {request, base}: Run,
  desired: DesiredFailover,
  ending: Ending,
  {parameters, seen, decidedAt}: Pick<Prepared, 'parameters' | 'seen'> & {readonly decidedAt: number},
): Result {
  const {snapshot} = ending;
  const end = {
    ...base,
    parameters,
    warnings: mergeWarnings(base.warnings, snapshot ? findWarnings(snapshot, parameters) : []),
  };
  if (ending.how !== 'done') return endOf({...end, ending, outcome: outcomeOf(ending)});
  const {wentBack} = desired;
  if (wentBack) return endOf({...end, ending: {...ending, how: 'failed', cause: wentBack}, outcome: 'failed'});
  if (desired.record.phase === 'back')
    return endOf({...end, ending, outcome: 'succeeded', notes: ['Everything is as it was.']});
  const result = {...resultOf(desired, ending, decidedAt), ...seen};
  return endOf({
    ...end,
    ending,
    outcome: 'succeeded',
    failover: result,
    writesOut:
      result.writesAfterMs === null
        ? null
        : {afterMs: Math.round(decidedAt - base.began), forMs: Math.round(result.writesAfterMs)},
    notes: [...notesOf(base.target, result, desired), ...ending.notes, ...goesOnAfter(request.before)],
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
    atRisk: atRiskShown(record.atRisk),
    writesAfterMs: answeredAt === null ? null : answeredAt - decidedAt,
    lostCommits: desired.lostCommits,
    keptVolume: record.writer.volume?.name ?? null,
    keptClaim: record.writer.volume ? record.kept.name : null,
  };
}

function atRiskShown({
  bytes,
  lastSignAt,
  isCovered,
  silentMs,
  writer,
}: FailoverRecord['atRisk']): FailoverResult['atRisk'] {
  return {
    bytes,
    lastSignAt,
    covered: isCovered,
    silentMs: silentMs ?? null,
    writer: writer ? {lsn: lsnText(writer.bytes), at: writer.at} : null,
  };
}

function notesOf(target: Target, result: FailoverResult, desired: DesiredFailover): readonly string[] {
  const doctor = render({kind: 'doctor', ...releaseRef(target)});
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
            `it. How to look into it, and to remove it: ${doctor}`,
        ]),
  ];
}

/** How what had been begun before the failover is ended. */
function goesOnAfter(before: Snapshot): readonly string[] {
  const interrupted = interruptedBy(before);
  if (interrupted === null) return [];
  const {kind, startedAt} = interrupted;
  const recover = render({kind: 'recover', ...releaseRef(before.target)});
  return [
    `The ${operationNoun(kind)} that was begun at ${toTheSecond(startedAt)} is not finished. It goes on by: ${recover}`,
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

function ledgerOf(before: Snapshot, {record: {writer, kept}}: DesiredFailover): readonly LedgerEntry[] {
  if (!writer.volume) return [];
  const {writerSet, claims} = viewOf(before);
  const there = claims.find(({metadata}) => metadata.name === writer.claim.name);
  const look = writerSet ? {look: lookCommand(before.target, kept.name, writerSet)} : {};
  return [{kind: 'PersistentVolumeClaim', name: kept.name, fate: 'kept', bytes: there ? sizeOf(there) : null, ...look}];
}
