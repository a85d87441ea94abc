// Change: a release that is there becomes what is wanted. scale, resize, upgrade, set, restart and rollback only say
// what that is and call this.
import {cause, UserError, type Cause, type Warning} from '../core/cause.ts';
import {sameValues} from '../chart/same-values.ts';
import {fromValues, toValues} from '../chart/values.ts';
import {placeProblem} from '../observation/checks/placement.ts';
import type {CheckContext} from '../observation/checks/rule.ts';
import {clusterTime} from '../observation/cluster-time.ts';
import {hasCurrentTemplate, incarnationOf} from '../observation/pod-template.ts';
import {isReady, proofOf, viewOf} from '../observation/release-view.ts';
import type {ChangeKind, OperationRecord, Snapshot, Target} from '../observation/snapshot.ts';
import {retainedVolumes, setsOfOtherSize, smallClaims, unwantedClaims, wantedClaims} from '../observation/storage.ts';
import type {Survey} from '../observation/survey.ts';
import {findWarnings} from '../observation/warnings.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {changeConsequences} from '../plan/change.ts';
import type {ChangeConsequence} from '../plan/change-facts.ts';
import {restarts, type PodUpdatePlan} from '../plan/pod-update-plan.ts';
import {replacedObjects} from '../plan/replaced-objects.ts';
import {assessChange, type Assessment} from './assess-change.ts';
import {converge, type Ending} from './converge.ts';
import {refusedPods, refusedReader} from './judge-pods.ts';
import {growthRefused, judgeChange, judgeWays, moversOf} from './judge-change.ts';
import {claimsLedger, isLeftIn} from './ledger.ts';
import {heldIn, ownershipRefusal} from './ownership.ts';
import type {Plan, Progress, Result} from './progress.ts';
import {rememberIdentifier, rememberIfFollowed} from './remember-identifier.ts';
import {endOf, mergeWarnings, refused} from './result.ts';
import {settingsOrder, type SettingsOrder} from './settings-order.ts';
import {replicasDrifted} from './steps/install-steps.ts';
import {goingBefore} from './storage-guard.ts';
import {changeSteps, changeTracks, spareReaders, type WantedChange} from './steps/change-steps.ts';
import {confirmRefusal, notTaken, takeLease} from './take-lease.ts';
import {withRollbackRemedy} from './with-rollback-remedy.ts';
import type {Chart} from './ports/helm.ts';
import type {Ports} from './ports/index.ts';

export interface ChangeRequest {
  /** As the result names it. */
  readonly operation: ChangeKind | 'recover';
  /** What it is, and what the Lease records: a scale never restarts a pod, a restart restarts each. */
  readonly kind: ChangeKind;
  /** All of them: those of the release, edited. */
  readonly parameters: Parameters;
  readonly chart: Chart;
  /** Volumes of readers that are not wanted are deleted. */
  readonly deleteVolumes: boolean;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  /** The equivalent command, for the plan. */
  readonly command: string;
  /** What helm's history is to say about it; helm's own words without it. */
  readonly description?: string;
  /** Of a rollback: the revision that it goes back to, so that another run goes on with it. */
  readonly rollbackTo?: number;
  /** What is said with the result. */
  readonly notes?: readonly string[];
  /** Consequences that are told before the others: of a rollback, what does not come back. */
  readonly preface?: readonly ChangeConsequence[];
  /** The release as it was found just now; null: it is looked at first. */
  readonly before: Snapshot | null;
  /** Shows the plan to a person; false leaves everything as it is. Null: nobody is to be asked. */
  readonly confirm: ((plan: Plan) => Promise<boolean>) | null;
}

/** The helm of a run that was interrupted may be at work still: so often one begins anew with what it left. */
const maxAttempts = 5;

export async function* change(
  request: ChangeRequest,
  ports: Ports,
  signal: AbortSignal,
  attempt = 1,
): AsyncGenerator<Progress, Result> {
  const again = (rest: Partial<ChangeRequest> = {}) =>
    change({...request, ...rest, before: null}, ports, signal, attempt + 1);
  const began = ports.now();
  const {target} = ports;
  const {parameters, chart, kind} = request;
  const base = {operation: request.operation, target, began, now: () => ports.now()};
  const [survey, before] = await Promise.all([
    ports.survey({password: null, pullSecret: parameters.images.pullSecret}),
    request.before ?? ports.look(),
  ]);
  const foreign = await ownershipRefusal(heldIn(before), (revision) => ports.record(revision), chart.source);
  if (foreign) return refused({...base, warnings: [], cause: foreign});
  const existing = survey.release.values ? fromValues(survey.release.values) : null;
  const running = proofOf(before, 'writer')?.result.serverVersion ?? null;
  const judged: CheckContext = {
    parameters,
    target,
    existing,
    chart: {source: chart.source, version: chart.version},
  };
  const first = judgeChange({
    ...{kind, survey, before, wanted: judged, running, chartAppVersion: chart.appVersion},
    deleteVolumes: request.deleteVolumes,
  });
  const [refusal] = first.refusals;
  if (refusal) {
    const limits = {deadline: began + request.timeoutMs, signal};
    const stands = yield* confirmRefusal(refusal, survey.operation, ports, limits);
    return stands === 'dead' ? yield* again() : notTaken({...base, warnings: first.warnings}, stands);
  }

  const mayOutlive = survey.operation !== null && !survey.operation.holderIsAlive && attempt < maxAttempts;
  const values = toValues(parameters, target.fullname);
  let assessed: Assessed;
  try {
    assessed = await assess({request, survey, before, wanted: judged, values}, ports, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.reason.code === 'RELEASE_LOCKED' && mayOutlive) return yield* again();
    return refused({...base, warnings: first.warnings, cause: error.reason});
  }
  const {assessment, ways, second, settings} = assessed;
  const warnings = mergeWarnings(first.warnings, second.warnings);
  const [later] = second.refusals;
  if (later) return refused({...base, warnings, cause: later});
  yield* warnings.map((warning): Progress => ({type: 'warning', ...warning}));

  const view = viewOf(before);
  const {newest} = view;
  const {readReplicaCount, storageSize} = parameters;
  const grows =
    smallClaims(wantedClaims(before, readReplicaCount), storageSize).length > 0 ||
    setsOfOtherSize(before, storageSize).length > 0;
  const applied =
    newest?.status === 'deployed' &&
    newest.chartVersion === chart.version &&
    sameValues(survey.release.values, values) &&
    !grows &&
    !replicasDrifted(before, readReplicaCount);
  const lives = kind === 'restart' ? livesOf(ways, survey.operation) : null;
  const wanted: WantedChange = {
    chart,
    values,
    readReplicaCount,
    storageSize,
    ...(request.description === undefined ? {} : {description: request.description}),
    images: assessment.images,
    pullSecret: parameters.images.pullSecret,
    postgresVersion: running,
    tried: new Set(),
    needsTrialStart: false,
  };
  const steps = changeSteps({
    target,
    ways,
    lives,
    writerServes: isReady(view.writerPod),
    publishesNotReady: view.writerService?.spec.publishNotReadyAddresses === true,
    grows,
    order: settings.order,
    between: settings.between,
    needsTrialStart: needsTrialStart(ways, before, settings) ? assessment.fresh : null,
    addsReaders: addsReadersAlone(request, before),
    readersGo: spareReaders(before, readReplicaCount).length > 0,
    deleteVolumes: request.deleteVolumes,
    readReplicaCount,
    now: () => ports.now(),
  });
  const going = request.deleteVolumes ? unwantedClaims(before, readReplicaCount) : [];
  const retained = retainedVolumes(going, going.length > 0 ? await ports.volumes(going) : {});
  const plan: Plan = {
    consequences: changeConsequences({
      before,
      readersBefore: view.readersWanted,
      wanted: parameters,
      existing,
      ways,
      order: settings.order,
      preface: request.preface ?? [],
      deleteVolumes: request.deleteVolumes,
      retained,
      applied,
    }),
    steps: steps.map((step) => ({name: step.name, command: step.command?.(ports, wanted) ?? null})),
    values,
    diff: assessment.diff,
    command: request.command,
  };
  const checksMs = ports.now() - began;
  if (request.dryRun) return endOf({...base, warnings, outcome: 'planned', plan, checksMs});
  const nothingToDo =
    applied &&
    ways.length === 0 &&
    settings.between === null &&
    plan.consequences.every(({code}) => code === 'NO_CHANGE');
  if (!nothingToDo && request.confirm !== null && !(await request.confirm(plan)))
    return refused({...base, warnings, cause: cause('CANCELLED', 'Nothing was changed.')});

  const record = {
    parameters,
    chart: {source: chart.source, version: chart.version},
    ...(lives ? {restart: lives} : {}),
    ...(request.description === undefined ? {} : {description: request.description}),
    ...(request.rollbackTo === undefined ? {} : {rollbackTo: request.rollbackTo}),
  };
  const startedAt = new Date(clusterTime(ports.now(), survey)).toISOString();
  const deadline = ports.now() + request.timeoutMs;
  const held = yield* takeLease({kind, startedAt, wanted: record}, ports, {deadline, signal});
  if (held) return notTaken({...base, warnings}, held);
  const latest = (await ports.revisions()).at(-1)?.revision;
  if (latest !== newest?.revision) {
    if (mayOutlive) {
      await ports.pauseLease();
      // What is wanted was confirmed.
      return yield* again({confirm: null});
    }
    await ports.endLease().catch(() => undefined);
    return refused({...base, warnings, cause: changedMeanwhile(target, latest)});
  }

  // Before the first step: what a restart brings back is compared with it.
  await rememberIfFollowed(ports, before);

  yield {type: 'plan', steps: steps.map(({name}) => name)};
  const copies = new AbortController();
  if (readReplicaCount > view.streaming) void ports.checkpointForBaseBackups(AbortSignal.any([copies.signal, signal]));
  const storage = goingBefore(before);
  const limits = {deadline, signal, judge: true, holdsLease: true, tolerates: storage.isOneOf};
  let ending: Ending;
  try {
    ending = yield* converge(steps, wanted, ports, {...limits, tracks: (snapshot) => changeTracks(snapshot, wanted)});
  } finally {
    copies.abort();
  }
  await rememberIdentifier(ports, ending.how === 'done' ? ending.snapshot : null);
  // Where nothing was begun, there is nothing that somebody would have to go on with.
  const isOfBefore =
    ending.snapshot !== null &&
    viewOf(ending.snapshot).newest?.revision === newest?.revision &&
    !replicasDrifted(ending.snapshot, view.readersWanted);
  const untouched = !survey.operation && !applied && !grows && isOfBefore;
  await (ending.how === 'done' || untouched ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
  const unchanged = ending.how === 'done' && nothingToDo && !ending.changed && !survey.operation;
  return endOf({
    ...base,
    warnings: mergeWarnings(warnings, ending.snapshot ? findWarnings(ending.snapshot, parameters) : []),
    ending: withRollbackRemedy(ending, kind, before),
    outcome: unchanged ? 'unchanged' : ending.how === 'done' ? 'succeeded' : ending.how,
    notes: [...(request.notes ?? []), ...ending.notes, ...storage.notes],
    parameters,
    checksMs,
    // Volumes of readers that are not wanted: those that stay cost their space.
    ledger: claimsLedger(unwantedClaims(before, readReplicaCount), isLeftIn(ending.snapshot ?? before), retained),
  });
}

interface Assessed {
  readonly assessment: Assessment;
  readonly ways: readonly PodUpdatePlan[];
  readonly settings: SettingsOrder;
  readonly second: {readonly refusals: readonly Cause[]; readonly warnings: readonly Warning[]};
}

interface Asked {
  readonly request: ChangeRequest;
  readonly survey: Survey;
  readonly before: Snapshot;
  readonly wanted: CheckContext;
  readonly values: WantedChange['values'];
}

/** @throws UserError as helm and the cluster refuse it */
async function assess(
  {request, survey, before, wanted, values}: Asked,
  ports: Ports,
  signal: AbortSignal,
): Promise<Assessed> {
  const {kind, parameters, chart} = request;
  if (request.confirm === null && !request.dryRun && survey.operation === null && addsReadersAlone(request, before)) {
    // What helm would change is known, and nobody reads it: whether the chart fits and the cluster takes the number is
    // found out in a fifth of the time.
    const recorded = survey.release.values;
    const {readReplicaCount} = parameters;
    const [settings, refused, manifests] = await Promise.all([
      settingsOrder({before, ways: [], readReplicaCount, recorded, values}, ports),
      refusedReader(before, ports),
      ports.helm.render({chart, values}, signal),
      ports.setReaders(parameters.readReplicaCount, {dryRun: true}),
    ]);
    keepObjects(before, manifests, wanted);
    const rendering = {sets: {}, made: new Set<string>()};
    return {
      assessment: {manifests, diff: '', images: {writer: [], reader: []}, ways: [], fresh: null, rendering},
      ways: [],
      settings,
      second: {refusals: [settings.refusal, refused].filter((one) => one !== null), warnings: []},
    };
  }
  const refusal = await growthRefused(before, wanted, ports);
  if (refusal) throw new UserError(refusal);
  const {writerPod, readerPods} = viewOf(before);
  const pods = [
    ...readerPods.map((pod) => ({pod, isWriter: false})),
    ...(writerPod ? [{pod: writerPod, isWriter: true}] : []),
  ];
  const movers = await moversOf(before, pods, ports);
  const problem = (pod: PodUpdatePlan['pod']) => {
    const mover = movers.find((one) => one.pod === pod);
    const neighbours = pods.flatMap((other) => (other.pod === pod ? [] : (other.pod.spec.nodeName ?? [])));
    return mover ? placeProblem(survey, wanted, mover, neighbours) : null;
  };
  const assessment = await assessChange(
    {parameters, chart, values, survey, before, placeProblem: problem},
    ports,
    signal,
  );
  // Helm renders nothing with the cluster's answers for a release that is locked, but without them it does.
  keepObjects(before, assessment.manifests || (await ports.helm.render({chart, values}, signal)), wanted);
  const ways = waysOf(kind, assessment.ways, survey);
  const {readReplicaCount} = parameters;
  const [settings, second, refused] = await Promise.all([
    settingsOrder({before, ways, readReplicaCount, recorded: survey.release.values, values}, ports),
    judgeWays({survey, before, wanted}, ways, ports),
    refusedPods(before, ways, assessment.rendering, readReplicaCount, ports),
  ]);
  const refusals = [settings.refusal, refused].filter((one) => one !== null);
  return {assessment, ways, settings, second: {...second, refusals: [...second.refusals, ...refusals]}};
}

/** @throws UserError CHART_REJECTED where the rendering would take the database away from its data or its clients */
function keepObjects(before: Snapshot, manifests: string, {existing, parameters}: CheckContext): void {
  const refusal = replacedObjects(before, manifests, existing?.exposure === parameters.exposure);
  if (refusal) throw new UserError(refusal);
}

/**
 * More readers, and nothing else that helm would change: its record is of this chart, and differs from what is wanted
 * in their number alone.
 */
function addsReadersAlone({kind, parameters, chart}: ChangeRequest, before: Snapshot): boolean {
  const {newest, readerSet} = viewOf(before);
  const {values} = before.release;
  const recorded = values ? fromValues(values)?.readReplicaCount : undefined;
  if (kind !== 'scale' || recorded === undefined || recorded >= parameters.readReplicaCount) return false;
  const others = toValues({...parameters, readReplicaCount: recorded}, before.target.fullname);
  return (
    readerSet !== null &&
    newest?.status === 'deployed' &&
    newest.chartVersion === chart.version &&
    sameValues(values, others)
  );
}

/**
 * A scale leaves the pods as they are, and other settings those that they do not concern; a restart makes each anew.
 */
function waysOf(kind: ChangeKind, ways: readonly PodUpdatePlan[], {operation}: Survey): readonly PodUpdatePlan[] {
  if (kind === 'scale') return [];
  if (kind === 'restart') return ways.map((way) => ({...way, renewal: 'recreate', why: null}));
  return ways.filter(
    ({renewal, isConcerned}) => renewal !== 'none' && (kind !== 'set' || isConcerned || operation !== null),
  );
}

/** Of a restart that was interrupted: those that it had begun with, so that no pod goes twice. */
function livesOf(ways: readonly PodUpdatePlan[], operation: OperationRecord | null): Readonly<Record<string, string>> {
  const begun = operation?.kind === 'restart' && !operation.holderIsAlive ? operation.wanted?.restart : undefined;
  return begun ?? Object.fromEntries(ways.map(({pod}) => [pod.metadata.name, incarnationOf(pod)]));
}

/** Where no reader goes first, the writer's new definition is tried by itself before the writer depends on it. */
function needsTrialStart(ways: readonly PodUpdatePlan[], before: Snapshot, {order}: SettingsOrder): boolean {
  const {writerPod, writerSet} = viewOf(before);
  const writer = ways.find((way) => way.isWriter && restarts(way));
  const readerTriesIt = order === 'readers first' && ways.some((way) => !way.isWriter && restarts(way));
  if (!writer || !isReady(writerPod) || readerTriesIt) return false;
  return writer.isConcerned || !hasCurrentTemplate(writer.pod, writerSet);
}

function changedMeanwhile(target: Target, revision: number | undefined): Cause {
  return cause(
    'RELEASE_LOCKED',
    `Somebody changed ${target.release} meanwhile: it is at revision ${revision ?? 'none'} now. Nothing was changed.`,
    {
      object: {kind: 'Release', namespace: target.namespace, name: target.release},
      remedies: [{title: 'Run the same command again: it starts from what is there now'}],
    },
  );
}
