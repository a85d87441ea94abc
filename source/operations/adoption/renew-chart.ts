// Brings a release of chart 10 to the chart of today, around its running pod: the first half of its adoption. Each step
// can be seen on the cluster, so that after a killed run the next one goes on where it stopped.
import {setTimeout as pause} from 'node:timers/promises';
import type {Values} from '../../chart/tree.ts';
import type {RequestOf} from '../../commands/operation.ts';
import {cause, UserError, type Cause} from '../../core/cause.ts';
import {unfinished} from '../../observation/may-begin.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {
  isRenewing,
  labelsOfPod,
  nextRenewStep,
  notRenewable,
  renewalConsequences,
  renewalLosses,
  renewalLost,
  renewalOf,
  renewalRefusal,
  withoutSet,
  type Renewal,
  type RenewStep,
} from '../../plan/before-chart-11.ts';
import {steeredRefusal} from '../../plan/steered-adoption.ts';
import {operationLine} from '../announcements.ts';
import {changedSince, changedSinceAsked} from '../changed-meanwhile.ts';
import {isConnectionLoss} from '../converge.ts';
import {permissionRefusal} from '../permission-refusal.ts';
import {endAtPlan, type PlannedRequest} from '../planned-request.ts';
import type {Chart} from '../ports/helm.ts';
import type {Ports} from '../ports/index.ts';
import type {WatchLimits} from '../ports/lease.ts';
import type {Plan, Progress, Result} from '../../plan/progress.ts';
import {provenLogins} from './read-adoptable.ts';
import {withRenewedLease} from '../renewed-lease.ts';
import {causeIn, endOf, refused, type Beginning} from '../result.ts';
import {leavePending} from '../steps/leave-pending.ts';
import {notTaken, takeLease} from '../take-lease.ts';

export interface RenewRequest extends PlannedRequest {
  readonly before: Snapshot;
  readonly chart: Chart;
  /** What the whole adoption is asked for. */
  readonly asked: RequestOf<'adopt'>;
  /** Why it cannot be taken over afterwards as it was asked for; null: as far as is known, it can. */
  readonly lacking: (renewal: Renewal) => Cause | null;
}

const betweenMs = 300;
const words: Readonly<Record<RenewStep, string>> = {
  complete: 'the revision that was cut off is completed',
  label: 'the pod gets the labels by which the chart of today finds it',
  orphan: 'the StatefulSet goes, its pod runs on',
  upgrade: 'helm makes the release with the chart of today',
  settle: 'the StatefulSet has its pod',
};

/** `outcome` is `succeeded` where the release can be adopted now. Throws only what is a bug. */
export async function* renewChart(
  request: RenewRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  const {before, chart, asked} = request;
  const {sizes, readReplicas, restartsLater} = asked;
  const base = {operation: 'adopt', target: ports.target, began: ports.now(), now: () => ports.now(), warnings: []};
  const renewal = await preparedFor(request, ports, signal).catch(causeIn);
  if ('code' in renewal) return refused({...base, cause: renewal});
  const plan: Plan = {
    consequences: renewalConsequences(before, renewal.secret, chart.version, restartsLater),
    steps: (['label', 'orphan', 'upgrade', 'settle'] as const).map((name) => ({
      name: words[name],
      command: name === 'upgrade' ? ports.helm.describe(chart, 'upgrade', false) : null,
    })),
    values: renewal.values,
    manifests: '',
    command: request.command,
  };
  const ended = await endAtPlan(request, plan, base, () => changedSinceAsked(before, ports));
  if (ended) return ended;
  const deadline = ports.now() + request.timeoutMs;
  const startedAt = new Date(ports.now()).toISOString();
  const held = yield* takeLease(
    {kind: 'adopt', startedAt, wanted: null, adopts: {sizes, readReplicas, restartsLater}},
    ports,
    {deadline, signal, over: before.operation},
  );
  if (held) return notTaken(base, held);
  let endsLease = false;
  try {
    const changed = await changedSince(before, ports).catch(causeIn);
    endsLease = changed !== null && unfinished(before.operation) === null;
    if (changed) return refused({...base, cause: changed});
    const result = yield* runRenewal(renewal, request, ports, {base, deadline, signal});
    endsLease = result.outcome === 'succeeded';
    return result;
  } finally {
    // The Lease that stays says that the same command has to go on.
    await (endsLease ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
  }
}

/** What is to be applied, or why not. After an interrupted upgrade its record has the values. */
async function preparedFor(
  {before, chart, lacking}: RenewRequest,
  ports: Ports,
  signal: AbortSignal,
): Promise<Renewal | Cause> {
  const refusal =
    steeredRefusal(before) ??
    renewalRefusal(before) ??
    (await permissionRefusal(ports, {command: 'adopt', extras: []}));
  if (refusal) return refusal;
  const renewal = await renewalIn(before, ports);
  const lacks = lacking(renewal);
  if (lacks) return lacks;
  // They were proven before the StatefulSet went; without it, the pod may be gone too.
  if (!isRenewing(before) || viewOf(before).writerSet !== null) await provenLogins(before.target, ports);
  const manifest = await ports.manifest();
  if (!isOfChart10(before)) return renewal;
  const rendered = await ports.helm.render({chart, values: renewal.values}, signal);
  const losses = renewalLosses(manifest, rendered, before.target);
  return losses.length > 0 ? renewalLost(before, losses) : renewal;
}

function isOfChart10(snapshot: Snapshot): boolean {
  return viewOf(snapshot).newest?.chartVersion.startsWith('10.') === true;
}

/** @throws UserError NOT_ADOPTABLE */
async function renewalIn(snapshot: Snapshot, ports: Ports): Promise<Renewal> {
  if (!isOfChart10(snapshot)) return {values: recorded(snapshot), secret: secretIn(snapshot), hasMemoryLimit: true};
  const found = renewalOf(await ports.manifest(), snapshot);
  if (typeof found === 'string') throw new UserError(notRenewable(snapshot, found));
  return found;
}

const recorded = ({release}: Snapshot): Values => release.values ?? {};

function secretIn({target}: Snapshot): string {
  return target.given?.secret?.name ?? target.fullname;
}

interface Run {
  readonly base: Beginning;
  readonly deadline: number;
  readonly signal: AbortSignal;
}

async function* runRenewal(
  renewal: Renewal,
  {before, chart}: RenewRequest,
  ports: Ports,
  {base, deadline, signal}: Run,
): AsyncGenerator<Progress, Result> {
  let seen = before;
  let told: RenewStep | null = null;
  const end = ({outcome, cause: why}: Stopped): Result => ({...endOf({...base, outcome}), cause: why});
  for (;;) {
    try {
      seen = await ports.look();
      const step = nextRenewStep(seen);
      if (step === null) return endOf({...base, outcome: 'succeeded'});
      if (step !== told) yield operationLine(words[step], ports);
      told = step;
      const stopped = stoppedAt(seen, {deadline, signal}, ports);
      if (stopped) return end(stopped);
      await withRenewedLease(ports, () => carryOut(step, seen, {renewal, chart, signal}, ports));
    } catch (error) {
      const isLost = isConnectionLoss(error);
      // Where no look is possible, what the step was to do counts as done.
      seen = (isLost ? null : await ports.look().catch(() => null)) ?? afterStep(seen, told);
      const stopped = stoppedBy(error, seen, {deadline, signal}, ports);
      if (stopped) return end(stopped);
      await pause(betweenMs);
    }
  }
}

interface Stopped {
  readonly outcome: 'failed' | 'detached' | 'cancelled';
  readonly cause: Cause;
}

function afterStep(seen: Snapshot, step: RenewStep | null): Snapshot {
  return step === 'orphan' ? {...seen, statefulSets: []} : seen;
}

/** How the run ends before its next step: somebody stopped it, or time is up. Null: it goes on. */
function stoppedAt(seen: Snapshot, {deadline, signal}: WatchLimits, ports: Ports): Stopped | null {
  if (signal.aborted) return {outcome: 'cancelled', cause: withWhere(cause('CANCELLED', 'Stopped on request.'), seen)};
  if (ports.now() <= deadline) return null;
  return {outcome: 'detached', cause: withWhere(cause('TIMEOUT', 'Time is up.'), seen)};
}

/** How the run ends by a failure. Null: it was a lost connection, and there is time left. @throws what is a bug */
function stoppedBy(error: unknown, seen: Snapshot, limits: WatchLimits, ports: Ports): Stopped | null {
  const failure = causeIn(error);
  const isLost = isConnectionLoss(error);
  const stopped = stoppedAt(seen, limits, ports);
  // helm fails too where somebody stops it.
  if (stopped?.outcome === 'cancelled') return stopped;
  if (isLost && stopped === null) return null;
  return {outcome: isLost ? 'detached' : 'failed', cause: withWhere(failure, seen)};
}

/** The cause, and where that leaves the release. */
function withWhere(why: Cause, seen: Snapshot): Cause {
  const step = nextRenewStep(seen);
  if (step === null) return why;
  const without = withoutSet(seen);
  const where = `It stopped before this: ${words[step]}. The same command goes on.`;
  const sentences = [why.message, ...(without ? [without.sentence] : []), where];
  return {...why, message: sentences.join(' '), remedies: [...why.remedies, ...(without?.remedies ?? [])]};
}

async function carryOut(
  step: RenewStep,
  seen: Snapshot,
  {renewal, chart, signal}: {readonly renewal: Renewal; readonly chart: Chart; readonly signal: AbortSignal},
  ports: Ports,
): Promise<null> {
  const {newest, writerSet} = viewOf(seen);
  switch (step) {
    case 'complete': {
      const good = seen.release.revisions.findLast(({status}) => status === 'deployed' || status === 'superseded');
      if (newest) await leavePending(ports, newest, good?.revision ?? newest.revision, signal);
      return null;
    }
    case 'label':
      await ports.labelWriterPod(labelsOfPod(seen.target));
      return null;
    case 'orphan':
      // Before anything else of the old release goes: without this mark helm removes the Secret.
      await ports.keepSecrets([renewal.secret]);
      if (writerSet) await ports.orphanPods([writerSet], {dryRun: false});
      await pause(betweenMs);
      return null;
    case 'upgrade':
      await ports.keepSecrets([renewal.secret]);
      await ports.helm.upgrade({chart, values: renewal.values, isOurs: false}, signal);
      return null;
    case 'settle':
      await pause(betweenMs);
      return null;
  }
}
