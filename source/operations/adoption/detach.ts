// Takes a database out of the release of an application and makes it a release of its own. Each step can be seen on the
// cluster, so that after a killed run the next one goes on where it stopped.
import {setTimeout as pause} from 'node:timers/promises';
import {at} from '../../chart/tree.ts';
import {cause, type Cause} from '../../core/cause.ts';
import {nextDetachStep, oldSets, type DetachStep, type SubChart} from '../../observation/sub-chart.ts';
import type {Revision, Target} from '../../observation/snapshot.ts';
import {detachConsequences, detachedNotes, detachedValues, detachRefusal, parentHasIt} from '../../plan/detach.ts';
import {objectsOfKind} from '../../plan/manifests.ts';
import {operationLine} from '../announcements.ts';
import {changeBetween} from '../changed-meanwhile.ts';
import {permissionRefusal} from '../permission-refusal.ts';
import {endAtPlan, type PlannedRequest} from '../planned-request.ts';
import type {Chart} from '../ports/helm.ts';
import type {Ports} from '../ports/index.ts';
import type {Plan, Progress, Result} from '../../plan/progress.ts';
import {withRenewedLease} from '../renewed-lease.ts';
import {causeIn, endOf, refused, type Beginning} from '../result.ts';
import {helmMayWorkMs, leavePending} from '../steps/leave-pending.ts';
import {notTaken, takeLease} from '../take-lease.ts';

export interface DetachRequest extends PlannedRequest {
  /** The release of the application. */
  readonly parent: Target;
  readonly seen: SubChart | null;
  readonly chart: Chart;
}

const betweenMs = 300;
const words: Readonly<Record<DetachStep, string>> = {
  keep: 'objects that stay are marked',
  parent: 'the application is upgraded without the database',
  orphan: 'StatefulSets go, their pods run on',
  relabel: 'pods, volumes and Services get their new label',
  complete: 'the revision that was cut off is completed',
  take: 'helm makes the release, and the StatefulSets take their pods over',
  settle: 'the StatefulSets have their pods',
  release: 'the marks go',
};

/** `ports` are of the release that the database becomes. Throws only what is a bug. */
export async function* detach(
  request: DetachRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  const {parent, seen} = request;
  const base = {operation: 'adopt', target: parent, began: ports.now(), now: () => ports.now(), warnings: []};
  const refusal =
    detachRefusal(seen, parent) ??
    (await permissionRefusal(ports, {command: 'adopt', extras: ['detach']}).catch(causeIn)) ??
    (seen && (await differs(request, seen, ports, signal).catch(causeIn)));
  if (refusal || seen === null) return refused({...base, cause: refusal ?? cause('CANCELLED', 'Nothing was changed.')});
  const {operation} = await ports.look();
  const whyChanged = () => changedMeanwhile(request, seen, ports);
  const ended = await endAtPlan(request, planOf(request, seen), base, whyChanged);
  if (ended) return ended;
  const deadline = ports.now() + request.timeoutMs;
  const startedAt = new Date(ports.now()).toISOString();
  const held = yield* takeLease({kind: 'adopt', startedAt, wanted: null, detaches: parent.release}, ports, {
    deadline,
    signal,
    over: operation,
  });
  if (held) return notTaken(base, held);
  let endsLease = false;
  try {
    const changed = await whyChanged().catch(causeIn);
    const result = changed
      ? refused({...base, cause: changed})
      : yield* runDetach(request, ports, {base, deadline, signal});
    // As long as the application has the database, nothing is half done.
    endsLease = result.outcome === 'succeeded' || (await isWhole(parent, ports));
    return result;
  } finally {
    // The Lease that stays says that the same command has to go on.
    await (endsLease ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
  }
}

/** Whether the application has its database still. Not known: it has not. */
async function isWhole({release}: Target, ports: Ports): Promise<boolean> {
  const seen = await ports.subChart(release).catch(() => null);
  return seen?.parent.hasDatabase === true;
}

function planOf({parent, command}: DetachRequest, seen: SubChart): Plan {
  return {
    consequences: detachConsequences(seen, parent),
    steps: (Object.keys(words) as DetachStep[])
      .filter((name) => name !== 'complete')
      .map((name) => ({name: words[name], command: null})),
    values: detachedValues(seen),
    manifests: '',
    command,
  };
}

/** What others changed after the plan was made. Null: the application and the database are as they were. */
async function changedMeanwhile({parent}: DetachRequest, seen: SubChart, ports: Ports): Promise<Cause | null> {
  const now = await ports.subChart(parent.release);
  const state = (newest: Revision | null | undefined) => ({release: {revisions: newest ? [newest] : [], values: null}});
  return (
    changeBetween(state(seen.parent.newest), {...state(now?.parent.newest), target: parent}) ??
    changeBetween(state(seen.newest), {...state(now?.newest), target: ports.target})
  );
}

interface Run {
  readonly base: Beginning;
  readonly deadline: number;
  readonly signal: AbortSignal;
}

async function* runDetach(request: DetachRequest, ports: Ports, run: Run): AsyncGenerator<Progress, Result> {
  const {parent} = request;
  const began = ports.now();
  let told: DetachStep | null = null;
  for (;;) {
    const seen = await ports.subChart(parent.release);
    const step = seen && nextDetachStep(seen);
    if (seen === null || step === null) return done(run, seen, parent);
    if (step !== told) yield operationLine(words[step], ports);
    told = step;
    const ended = endBefore(step, seen, parent, ports, run);
    if (ended) return {...endOf({...run.base, outcome: ended.outcome}), cause: ended.cause};
    const failed = await withRenewedLease(ports, () =>
      carryOut(step, seen, {...request, began}, ports, run.signal),
    ).catch(causeIn);
    // helm says of itself that it was stopped; the look that follows says before which step.
    if (failed && !run.signal.aborted) return {...endOf({...run.base, outcome: 'failed'}), cause: failed};
  }
}

function done({base}: Run, seen: SubChart | null, parent: Target): Result {
  return endOf({...base, outcome: 'succeeded', notes: seen ? detachedNotes(seen, parent) : []});
}

/** How the run ends before this step: others have to act first, it was stopped, or time is up. Null: it goes on. */
function endBefore(
  step: DetachStep,
  seen: SubChart,
  parent: Target,
  ports: Ports,
  {deadline, signal}: Run,
): {readonly outcome: 'detached' | 'cancelled'; readonly cause: Cause} | null {
  if (step === 'parent') return {outcome: 'detached', cause: parentHasIt(seen, parent)};
  const where = `It stopped before this: ${words[step]}. The same command goes on.`;
  if (signal.aborted) return {outcome: 'cancelled', cause: cause('CANCELLED', where)};
  return ports.now() > deadline ? {outcome: 'detached', cause: cause('TIMEOUT', where)} : null;
}

async function carryOut(
  step: DetachStep,
  seen: SubChart,
  {chart, began}: Pick<DetachRequest, 'chart'> & {readonly began: number},
  ports: Ports,
  signal: AbortSignal,
): Promise<null> {
  switch (step) {
    case 'keep':
      await ports.keepObjects(
        seen.objects.filter(({isKept}) => !isKept),
        true,
      );
      return null;
    case 'orphan':
      await ports.orphanPods(oldSets(seen), {dryRun: false});
      await pause(betweenMs);
      return null;
    case 'relabel':
      await ports.moveLabels(seen);
      return null;
    case 'complete':
      // The clock that wrote the time of the record may differ, so each run waits.
      if (ports.now() - began < helmMayWorkMs) await pause(betweenMs);
      else await complete(ports, signal);
      return null;
    case 'take': {
      const asked = {chart, values: detachedValues(seen), takeOwnership: true};
      await (seen.newest === null ? ports.helm.install(asked, signal) : ports.helm.upgrade(asked, signal));
      return null;
    }
    case 'release':
      await ports.keepObjects(seen.objects, false);
      return null;
    case 'settle':
    case 'parent':
      await pause(betweenMs);
      return null;
  }
}

async function complete(ports: Ports, signal: AbortSignal): Promise<void> {
  const revisions = await ports.revisions();
  const newest = revisions.at(-1);
  if (!newest?.status.startsWith('pending')) return;
  const good = revisions.findLast(({status}) => status === 'deployed' || status === 'superseded');
  await leavePending(ports, newest, (good ?? newest).revision, signal);
}

/**
 * The cause where helm would make other objects than there are, asked before anything is changed. Null: they are the
 * same.
 */
async function differs(
  {parent, chart}: DetachRequest,
  seen: SubChart,
  ports: Ports,
  signal: AbortSignal,
): Promise<Cause | null> {
  const manifests = await ports.helm.render({chart, values: detachedValues(seen)}, signal);
  const losses = (['StatefulSet', 'Service'] as const).flatMap((kind) => {
    const rendered = objectsOfKind(manifests, kind).map((one) => String(at(one, ['metadata', 'name'])));
    const there = seen.objects.filter((one) => one.kind === kind).map(({name}) => name);
    const gone = there.filter((name) => !rendered.includes(name)).map((name) => `${kind} ${name} would not be made`);
    const isFirst = kind === 'StatefulSet' && there.length > 0;
    const fresh = isFirst
      ? rendered.filter((name) => !there.includes(name)).map((name) => `${kind} ${name} would be new`)
      : [];
    return [...gone, ...fresh];
  });
  const governing = seen.sets.flatMap(({metadata, spec}) => {
    const same = objectsOfKind(manifests, 'StatefulSet').find((one) => at(one, ['metadata', 'name']) === metadata.name);
    const name = at(same, ['spec', 'serviceName']);
    return same && name !== spec.serviceName
      ? [`StatefulSet ${metadata.name} would have the Service ${String(name)}`]
      : [];
  });
  if (losses.length + governing.length === 0) return null;
  return cause(
    'NOT_ADOPTABLE',
    `The database of ${parent.release} cannot be taken out: chart ${chart.version} makes other objects of its ` +
      'values. Nothing was changed.',
    {
      object: {kind: 'Release', namespace: parent.namespace, name: parent.release},
      evidence: [...losses, ...governing],
      remedies: [{title: 'Copy the data into a release of another name (pg_dump and psql)'}],
    },
  );
}
