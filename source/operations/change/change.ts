// Change: a release that is there becomes what is wanted. scale, resize, upgrade, set, restart and rollback only say
// what that is and call this.
import type {Cause, Warning} from '../../core/cause.ts';
import {clusterTime} from '../../observation/cluster-time.ts';
import {unfinished} from '../../observation/may-begin.ts';
import {viewOf} from '../../observation/release-view.ts';
import {completedThere} from '../../plan/steering.ts';
import type {OperationRecord, Snapshot} from '../../observation/snapshot.ts';
import {surplusClaims} from '../../observation/storage.ts';
import {findWarnings} from '../../observation/warnings.ts';
import {changedSince, changedSinceAsked} from '../changed-meanwhile.ts';
import {isThroughFiles, type ChangeRequest} from './change-request.ts';
import {converge, type Ending} from '../converge.ts';
import {judgeChange} from './judge-change.ts';
import {claimsLedger, isLeftIn} from '../ledger.ts';
import {isLeftMoving, joined, withoutQuestion, type MoveRole} from './move-role-after.ts';
import {heldIn, ownershipRefusal} from '../ownership.ts';
import type {Ports} from '../ports/index.ts';
import type {LeaseRecord, WatchLimits} from '../ports/lease.ts';
import type {PatchedFile} from '../../export/release-patch.ts';
import {assess, lookAround, prepare, type Assessed, type Found, type Prepared} from './prepare-change.ts';
import {awaitsSync, filesOf, filesRefusal, planWithFiles, withFiles, writtenFiles} from './steered-change.ts';
import {whyNotConfirmed} from '../planned-request.ts';
import type {Plan, Progress, Result} from '../../plan/progress.ts';
import {rememberDatabase, rememberIfFollowed} from '../remember-identifier.ts';
import {causeIn, endOf, mergeWarnings, outcomeOf, refused, type Beginning} from '../result.ts';
import {changeTracks} from '../steps/change-steps.ts';
import {isDrifted} from '../steps/install-steps.ts';
import {beingDeletedBefore} from '../storage-guard.ts';
import {confirmRefusal, notTaken, takeLease} from '../take-lease.ts';
import {valuesFindings, type ValuesFindings} from '../values-findings.ts';
import {withRollbackRemedy} from './with-rollback-remedy.ts';

export type {ChangeRequest} from './change-request.ts';

/** How often a change begins again with what an interrupted run left, because that run's helm may still be at work. */
const maxAttempts = 5;

/** One attempt, with what it has found. */
interface Attempt {
  readonly request: ChangeRequest;
  readonly found: Found;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly base: Omit<Beginning, 'warnings'>;
  /**
   * An interrupted operation may still be at work: where it is in the way, the change begins again instead of refusing.
   */
  readonly mayStartOver: boolean;
  readonly again: (rest?: Partial<ChangeRequest>) => AsyncGenerator<Progress, Result>;
}

/** Looks, judges, shows the plan, takes the Lease, and converges. Throws only what is a bug. */
export async function* change(
  request: ChangeRequest,
  ports: Ports,
  signal: AbortSignal,
  attempt = 1,
): AsyncGenerator<Progress, Result> {
  const began = ports.now();
  const base = {operation: request.operation, target: ports.target, began, now: () => ports.now()};
  const again = (rest: Partial<ChangeRequest> = {}) =>
    change({...request, ...rest, before: null}, ports, signal, attempt + 1);
  const found = await lookAround(request, ports);
  const {survey, before, context, running} = found;
  const foreign = await foreignRefusal(request, before, ports);
  if (foreign) return refused({...base, warnings: [], cause: foreign});
  const left = restOfMove(request, survey.operation);
  if (left) return yield* moved(request, left, again);
  const {kind, deleteVolumes} = request;
  const chartAppVersion = request.chart.appVersion;
  const {refusals, warnings} = judgeChange({
    kind,
    survey,
    before,
    desired: context,
    running,
    chartAppVersion,
    deleteVolumes,
    throughFiles: isThroughFiles(request, before),
  });
  const ofValues = await findingsOf(request, ports);
  const told = [...warnings, ...ofValues.warnings];
  const refusal = firstRefusal(refusals, before) ?? ofValues.refusal;
  if (refusal) {
    const limits = {deadline: began + request.timeoutMs, signal};
    const stands = yield* confirmRefusal(refusal, survey.operation, ports, limits);
    return stands === 'dead' ? yield* again() : notTaken({...base, warnings: told}, stands);
  }

  const isLeft = survey.operation !== null && !survey.operation.holderIsAlive;
  const mayStartOver = isLeft && attempt < maxAttempts;
  const assessed = await assess(request, found, ports, signal).catch(causeIn);
  if ('code' in assessed)
    return assessed.code === 'RELEASE_LOCKED' && mayStartOver
      ? yield* again()
      : refused({...base, warnings: told, cause: assessed});
  return yield* confirmed({request, found, ports, signal, base, mayStartOver, again}, assessed, told);
}

async function foreignRefusal(
  {adoption, chart}: ChangeRequest,
  before: Snapshot,
  ports: Pick<Ports, 'record'>,
): Promise<Cause | null> {
  if (adoption) return null;
  return ownershipRefusal(heldIn(before), (revision) => ports.record(revision), chart.source);
}

/** The rest of a move of the role in which an earlier run died. Null: this change has none. */
function restOfMove(request: ChangeRequest, operation: OperationRecord | null): ReturnType<MoveRole> | null {
  const {moveRole, dryRun, confirm} = request;
  return isLeftMoving(request, operation) ? (moveRole?.({dryRun, confirm}) ?? null) : null;
}

/** Carries that rest out. Where the move was taken back, the change begins again and leads to a move once more. */
async function* moved(
  {operation}: ChangeRequest,
  move: AsyncGenerator<Progress, Result>,
  again: Attempt['again'],
): AsyncGenerator<Progress, Result> {
  const result = yield* move;
  if (result.outcome === 'succeeded' && !result.switchover) return yield* again({confirm: null});
  return {...result, operation};
}

/**
 * The first refusal. Where a tool steers the release and is at work on it, the remedies for our own helm do not help.
 */
function firstRefusal([first]: readonly Cause[], before: Snapshot): Cause | null {
  if (first === undefined) return null;
  return (first.code === 'RELEASE_LOCKED' ? completedThere(before) : null) ?? first;
}

/** What is wrong with extra values that were given now; nothing where none were given. */
async function findingsOf({valuesAreNew, parameters, chart}: ChangeRequest, ports: Ports): Promise<ValuesFindings> {
  return valuesAreNew ? valuesFindings(parameters, chart, ports, valuesAreNew) : {warnings: [], refusal: null};
}

/** Tells what the cluster and helm say to the change, shows the plan, and goes on where nobody says no. */
async function* confirmed(
  attempt: Attempt,
  assessed: Assessed,
  earlier: readonly Warning[],
): AsyncGenerator<Progress, Result> {
  const {request, found, ports, base} = attempt;
  const warnings = mergeWarnings(earlier, assessed.second.warnings);
  const [refusal] = assessed.second.refusals;
  if (refusal) return refused({...base, warnings, cause: refusal});
  yield* warnings.map((warning): Progress => ({type: 'warning', ...warning}));

  const prepared = await prepare(request, found, assessed, ports);
  const checksMs = ports.now() - base.began;
  const files = filesOf(request, found, prepared);
  if (files !== null) return yield* throughFiles(attempt, prepared, {assessed, files, warnings, checksMs});
  const awaited = awaitsSync(request, found, assessed);
  if (awaited) return refused({...base, warnings, cause: awaited});
  const {plan, nothingToDo} = prepared;
  if (request.dryRun) return endOf({...base, warnings, outcome: 'planned', plan, checksMs});
  const no = nothingToDo ? null : await whyNot(attempt, plan);
  if (no) return yield* notConfirmed(attempt, no, warnings);
  return yield* locked(attempt, prepared, {warnings, checksMs});
}

/** Why the change does not go on after the question; null: it does. */
function whyNot({request, found: {before, survey}, ports}: Attempt, plan: Plan): Promise<Cause | null> {
  const planned = {release: before.release, operation: survey.operation};
  return whyNotConfirmed(request.confirm, plan, () => changedSinceAsked(planned, ports));
}

/** Where an interrupted run's helm has come to its end meanwhile, there is a new plan, and a new question. */
async function* notConfirmed(
  {base, mayStartOver, again}: Attempt,
  why: Cause,
  warnings: readonly Warning[],
): AsyncGenerator<Progress, Result> {
  return why.code === 'RELEASE_LOCKED' && mayStartOver ? yield* again() : refused({...base, warnings, cause: why});
}

interface Through extends Told {
  readonly assessed: Assessed;
  readonly files: readonly PatchedFile[];
}

/** Writes the files that somebody else applies, and does what has to be done before that. */
async function* throughFiles(
  attempt: Attempt,
  prepared: Prepared,
  {assessed, files, warnings, checksMs}: Through,
): AsyncGenerator<Progress, Result> {
  const {request, found, base} = attempt;
  const refusal = filesRefusal(request, found, assessed, files);
  const plan = planWithFiles(prepared.plan, files, found.before, request);
  if (refusal !== null && !(request.dryRun && request.patch === undefined))
    return refused({...base, warnings, cause: refusal});
  if (request.dryRun) return endOf({...base, warnings, outcome: 'planned', plan, checksMs});
  const no = await whyNot(attempt, plan);
  if (no) return yield* notConfirmed(attempt, no, warnings);
  const written = (await request.patch?.write(writtenFiles(files, found.before.target.release))) ?? [];
  const steps = prepared.stepsBefore;
  // An operation that was left behind still has to be cleared away.
  const isNothing = found.survey.operation === null && steps.every((step) => step.done(found.before, prepared.desired));
  const result = isNothing
    ? endOf({...base, warnings, outcome: 'planned', plan, checksMs})
    : yield* locked(attempt, {...prepared, steps, nothingToDo: false}, {warnings, checksMs});
  return withFiles(result, written, found, request.applying ?? request.command);
}

interface Told {
  readonly warnings: readonly Warning[];
  readonly checksMs: number;
}

/** Takes the Lease, and goes on where the release is still as it was when it was looked at. */
async function* locked(attempt: Attempt, prepared: Prepared, told: Told): AsyncGenerator<Progress, Result> {
  const {request, found, ports, signal, base, mayStartOver, again} = attempt;
  const {warnings} = told;
  const startedAt = new Date(clusterTime(ports.now(), found.survey)).toISOString();
  const limits = {deadline: ports.now() + request.timeoutMs, signal};
  const {operation} = found.survey;
  const held = yield* takeLease(recordOf(request, prepared, startedAt), ports, {...limits, over: operation});
  if (held) return notTaken({...base, warnings}, held);
  const changed = await changedSince(found.before, ports).catch(causeIn);
  if (changed === null) return yield* inTwoParts(attempt, prepared, told, limits);
  if (mayStartOver && changed.code === 'RELEASE_LOCKED') {
    await ports.pauseLease();
    // Nobody is asked again: what is wanted was confirmed.
    return yield* again({confirm: null});
  }
  await (unfinished(operation) ? ports.pauseLease() : ports.endLease()).catch(() => undefined);
  return refused({...base, warnings, cause: changed});
}

function recordOf(
  {kind, parameters, chart, description, rollbackTo, restartsLater}: ChangeRequest,
  {incarnations, movesRole}: Prepared,
  startedAt: string,
): LeaseRecord {
  return {
    kind,
    startedAt,
    wanted: {
      parameters,
      chart: {source: chart.source, version: chart.version},
      ...(incarnations ? {restart: incarnations} : {}),
      ...(description === undefined ? {} : {description}),
      ...(rollbackTo === undefined ? {} : {rollbackTo}),
      ...(restartsLater === true ? {restartsLater} : {}),
      ...(movesRole ? {movesRole} : {}),
    },
  };
}

/**
 * Where the writer has to leave its node, its role moves once everything else is done. The Lease says that it moves
 * until it has.
 */
async function* inTwoParts(
  attempt: Attempt,
  prepared: Prepared,
  told: Told,
  limits: WatchLimits,
): AsyncGenerator<Progress, Result> {
  const changed = yield* runChange(attempt, prepared, told, limits);
  const {moveRole} = attempt.request;
  const isDone = changed.outcome === 'succeeded' || changed.outcome === 'unchanged';
  if (!isDone || !prepared.movesRole || !moveRole) return changed;
  return joined(changed, yield* moveRole(withoutQuestion), told.warnings);
}

async function* runChange(
  {request, found, ports, base}: Attempt,
  prepared: Prepared,
  {warnings, checksMs}: Told,
  {deadline, signal}: WatchLimits,
): AsyncGenerator<Progress, Result> {
  const {before, survey} = found;
  const {parameters, kind} = request;
  const {steps, desired, nothingToDo, retained, watch} = prepared;
  // Remembered before the first step, because what a restart brings back is compared with it.
  await rememberIfFollowed(ports, before);

  yield {type: 'plan', steps: steps.map(({name}) => name)};
  const copies = new AbortController();
  if (parameters.readReplicaCount > viewOf(before).streaming)
    void ports.checkpointForBaseBackups(AbortSignal.any([copies.signal, signal]));
  const storage = beingDeletedBefore(before);
  const limits = {deadline, signal, judge: true, holdsLease: true, ignoresCause: storage.isOneOf};
  let ending: Ending;
  try {
    ending = yield* converge(steps, desired, ports, {...limits, tracks: (snapshot) => changeTracks(snapshot, desired)});
  } finally {
    copies.abort();
  }
  const writesOut = await watch.end(base.began);
  const isDone = ending.how === 'done';
  await rememberDatabase(ports, isDone ? ending.snapshot : null);
  const endsLease = isDone ? !prepared.movesRole : isUntouched(found, prepared, ending.snapshot);
  await (endsLease ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
  const unchanged = isDone && nothingToDo && !ending.changed && !survey.operation;
  return endOf({
    ...base,
    warnings: mergeWarnings(warnings, ending.snapshot ? findWarnings(ending.snapshot, parameters) : []),
    ending: withRollbackRemedy(ending, kind, before),
    outcome: unchanged ? 'unchanged' : outcomeOf(ending),
    notes: [...(request.notes ?? []), ...ending.notes, ...storage.notes],
    parameters,
    checksMs,
    writesOut,
    // Lists the volumes of readers that are not wanted, because those that stay cost their space.
    ledger: claimsLedger(
      ports.target,
      surplusClaims(before, parameters.readReplicaCount),
      isLeftIn(ending.snapshot ?? before),
      retained,
    ),
  });
}

/** Whether nothing was begun, so that nobody has to go on with anything. */
function isUntouched({survey, before}: Found, {applied, grows}: Prepared, after: Snapshot | null): boolean {
  if (survey.operation || applied || grows || after === null) return false;
  const {newest, desiredReaders} = viewOf(before);
  return viewOf(after).newest?.revision === newest?.revision && !isDrifted(after, desiredReaders);
}
