// What a change would do, and how: found out before anybody is asked, and before anything changes.
import {UserError, type Cause, type Warning} from '../../core/cause.ts';
import {isStale, type SortedText} from '../../chart/collations.ts';
import {canonical, sameValues} from '../../chart/same-values.ts';
import {certificateSecretOf} from '../../chart/parameters/tls.ts';
import {fromValues, toValues, type Values} from '../../chart/values.ts';
import {extrasWhere, type Extra} from '../../commands/permissions.ts';
import {placeProblem} from '../../observation/checks/placement.ts';
import type {CheckContext} from '../../observation/checks/rule.ts';
import {networkAsked} from '../../observation/network.ts';
import {hasCurrentTemplate, incarnationOf, schedulerOf} from '../../observation/pods/pod-template.ts';
import {versionOfPod} from '../../observation/postgres-version.ts';
import {isReady, proofOf, viewOf} from '../../observation/release-view.ts';
import type {ChangeKind, OperationRecord, Snapshot} from '../../observation/snapshot.ts';
import {
  retainedVolumes,
  setsOfOtherSize,
  smallClaims,
  surplusClaims,
  type RetainedVolume,
} from '../../observation/storage.ts';
import {isSteered} from '../../observation/steering.ts';
import {commitsWaitWarning} from '../../observation/synchronous.ts';
import type {Survey} from '../../observation/survey.ts';
import {isStartedByUs} from '../../parameters/image-source.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {diskSizesOf, isSameExposure} from '../../parameters/readers.ts';
import {lost} from '../../plan/adoption.ts';
import {adoptionLosses} from '../../plan/adoption-losses.ts';
import {changeConsequences} from '../../plan/change.ts';
import {objectsOfKind} from '../../plan/manifests.ts';
import {restarts, type PodUpdatePlan} from '../../plan/pod-update-plan.ts';
import {appliedLost} from '../../plan/without-record.ts';
import {isRecordedAsApplied} from '../../plan/recorded-as-applied.ts';
import {replacedObjects} from '../../plan/replaced-objects.ts';
import {assessChange, type Assessment} from './assess-change.ts';
import {isThroughFiles, type ChangeRequest} from './change-request.ts';
import {growthRefused, judgePodUpdates, replacedPodsOf} from './judge-change.ts';
import {refusedPods, refusedReader} from './judge-pods.ts';
import {movesRole} from './move-role-after.ts';
import type {DatabasePort} from '../ports/database.ts';
import type {Ports} from '../ports/index.ts';
import type {Plan} from '../../plan/progress.ts';
import {settingsOrder, type SettingsOrder} from './settings-order.ts';
import {adoptionSteps, noAdoption} from '../steps/adoption-steps.ts';
import {certificateSteps} from '../steps/certificate-steps.ts';
import {
  changeSteps,
  surplusReaders,
  stepsBeforeFiles,
  untried,
  type ChangeShape,
  type ChangeStep,
  type DesiredChange,
} from '../steps/change-steps.ts';
import {mayHaveMetricsRole, metricsSteps} from '../steps/metrics-steps.ts';
import {commitsWaitFor, type FirstValues} from '../steps/synchronous-steps.ts';
import {isDrifted} from '../steps/install-steps.ts';
import {WriterWatch} from '../writer-watch.ts';

/** What is there, and what is wanted in the chart's words. */
export interface Found {
  readonly survey: Survey;
  readonly before: Snapshot;
  readonly context: CheckContext;
  readonly values: Values;
  /** Values that are applied first, where not everything may change at once; null: all is applied at once. */
  readonly first: FirstValues | null;
  /** The version that the server reports; null when it could not be asked. */
  readonly running: string | null;
}

export async function lookAround(request: ChangeRequest, ports: Ports): Promise<Found> {
  const {parameters, chart, before: known, kind} = request;
  const {target} = ports;
  const [surveyed, before] = await Promise.all([
    ports.survey({
      password: null,
      pullSecret: parameters.images.pullSecret,
      certificate: certificateSecretOf(parameters.tls, target),
      namespaces: networkAsked(parameters.allowNamespaces, parameters.serviceMesh),
      permissions: {command: kind, extras: extrasOf(request)},
    }),
    known ?? ports.look(),
  ]);
  // The tool that steers a release may have its values elsewhere than in a record of helm.
  const survey = before.steering ? {...surveyed, release: before.release} : surveyed;
  const existing = fromValues(survey.release.values);
  return {
    survey,
    before,
    context: {parameters, target, existing, chart: {source: chart.source, version: chart.version}},
    values: valuesOf(parameters, existing, before),
    first: firstValues(parameters, existing, before),
    running: proofOf(before, 'writer')?.result.serverVersion ?? (kind === 'adopt' ? versionOfWriter(before) : null),
  };
}

/** Before an adoption nobody can prove the writer, and the image that comes is compared with the one that runs. */
function versionOfWriter(before: Snapshot): string | null {
  const {writerPod} = viewOf(before);
  return writerPod && versionOfPod(writerPod, before.target);
}

/** What is there and goes needs the same as what is there to be. */
function extrasOf({parameters, before, deleteVolumes}: ChangeRequest): readonly Extra[] {
  const existing = fromValues(before?.release.values ?? null);
  const both = [parameters, ...(existing ? [existing] : [])];
  return extrasWhere({
    backups: both.some(({backup}) => backup.schedule !== null),
    'service monitor': both.some(({metrics}) => metrics === 'service-monitor'),
    volumes: deleteVolumes,
    // By what is asked, not by the claims, which a user who may not list them would not see.
    disks: existing !== null && canonical(diskSizesOf(existing)) !== canonical(diskSizesOf(parameters)),
  });
}

/** Values that somebody else wrote stay as they are written where they mean what is wanted. */
function valuesOf(desired: Parameters, existing: Parameters | null, {target, release, steering}: Snapshot): Values {
  const isMeant = steering && existing !== null && canonical(existing) === canonical(desired);
  return isMeant && release.values ? release.values : toValues(desired, target);
}

/** Commits wait for more readers when all stream, and for fewer before a reader goes. */
function firstValues(desired: Parameters, existing: Parameters | null, before: Snapshot): FirstValues | null {
  const {synchronousReplicas = 0} = existing ?? {};
  const {desiredReaders} = viewOf(before);
  const of = (changes: Partial<Parameters>): FirstValues => {
    const parameters = {...desired, ...changes};
    return {values: toValues(parameters, before.target), readReplicaCount: parameters.readReplicaCount};
  };
  if ((desired.synchronousReplicas ?? 0) > synchronousReplicas) return of({synchronousReplicas});
  const isFewer =
    synchronousNow(before, existing) > (desired.synchronousReplicas ?? 0) && desired.readReplicaCount < desiredReaders;
  return isFewer ? of({readReplicaCount: desiredReaders}) : null;
}

/**
 * How many readers commits wait for. An interrupted run may have told helm but not the writer, so the larger number
 * counts.
 */
function synchronousNow(before: Snapshot, existing: Parameters | null): number {
  return Math.max(existing?.synchronousReplicas ?? 0, commitsWaitFor(before) ?? 0);
}

export interface Assessed {
  readonly assessment: Assessment;
  readonly podUpdates: readonly PodUpdatePlan[];
  readonly settings: SettingsOrder;
  /** Whether the writer's role moves at the end, so that the writer is not among the pods that are updated. */
  readonly movesRole: boolean;
  readonly second: {readonly refusals: readonly Cause[]; readonly warnings: readonly Warning[]};
}

/** All that is known before the first step. */
export interface Prepared {
  readonly desired: DesiredChange;
  /** Watches the restarts of the writer that the steps make. */
  readonly watch: WriterWatch;
  readonly steps: readonly ChangeStep[];
  /** Those of the steps that have to be done before somebody else applies the change. */
  readonly stepsBefore: readonly ChangeStep[];
  readonly plan: Plan;
  readonly grows: boolean;
  /** Helm has the chart and the values already, and the cluster is as they say. */
  readonly applied: boolean;
  readonly nothingToDo: boolean;
  /** In a restart for its own sake: the incarnations that end, by pod. */
  readonly incarnations: Readonly<Record<string, string>> | null;
  /** Volumes that stay although their claims are deleted. */
  readonly retained: readonly RetainedVolume[];
  readonly movesRole: boolean;
}

export async function prepare(
  request: ChangeRequest,
  found: Found,
  assessed: Assessed,
  ports: Ports,
): Promise<Prepared> {
  const {before, survey} = found;
  const {podUpdates, settings, movesRole: isMoved} = assessed;
  const {readReplicaCount} = request.parameters;
  const disks = diskSizesOf(request.parameters);
  const grows =
    smallClaims(before, readReplicaCount, disks).length > 0 ||
    setsOfOtherSize(before, disks).length > 0 ||
    lacksSet(request, before);
  const applied = !grows && isApplied(request, found);
  const incarnations = request.kind === 'restart' ? incarnationsToEnd(podUpdates, survey.operation) : null;
  const stale = await staleTexts(found, assessed, ports);
  const desired = {...desiredOf(request, found, assessed), rebuildsIndexes: stale.length > 0};
  const watch = new WriterWatch();
  const shape = {incarnations, grows, rebuildsIndexes: stale.length > 0, watch, now: () => ports.now()};
  const {steps, stepsBefore} = stepsOf(request, found, assessed, shape);
  const deleting = request.deleteVolumes ? surplusClaims(before, readReplicaCount) : [];
  const retained = retainedVolumes(deleting, deleting.length > 0 ? await ports.volumes(deleting) : {});
  const consequences = changeConsequences({
    before,
    readersBefore: viewOf(before).desiredReaders,
    desired: request.parameters,
    existing: found.context.existing,
    podUpdates,
    order: settings.order,
    movesRole: isMoved,
    preface: request.preface ?? [],
    deleteVolumes: request.deleteVolumes,
    retained,
    certificate: survey.certificate ?? null,
    stale,
    applied,
  });
  const isUnchanged = podUpdates.length === 0 && settings.between === null;
  return {
    desired,
    watch,
    steps,
    stepsBefore,
    grows,
    applied,
    incarnations,
    retained,
    movesRole: isMoved,
    nothingToDo: applied && isUnchanged && consequences.every(({code}) => code === 'NO_CHANGE'),
    plan: {
      consequences,
      steps: steps.map((step) => ({name: step.name, command: step.command?.(ports, desired) ?? null})),
      values: found.values,
      diff: assessed.assessment.diff,
      command: request.command,
    },
  };
}

/**
 * Whether a StatefulSet is missing, because a run was killed while it made it again. Where we run helm, helm makes it.
 */
function lacksSet(request: ChangeRequest, before: Snapshot): boolean {
  const {writerSet, readerSet} = viewOf(before);
  return isThroughFiles(request, before) && (writerSet === null || readerSet === null);
}

function isApplied({chart, parameters}: ChangeRequest, {before, survey, values}: Found): boolean {
  const {newest} = viewOf(before);
  return (
    newest?.status === 'deployed' &&
    newest.chartVersion === chart.version &&
    sameValues(survey.release.values, values) &&
    !isDrifted(before, parameters.readReplicaCount)
  );
}

function desiredOf(request: ChangeRequest, {values, running}: Found, {assessment}: Assessed): DesiredChange {
  const {chart, description, parameters} = request;
  return {
    chart,
    values,
    readReplicaCount: parameters.readReplicaCount,
    disks: diskSizesOf(parameters),
    ...(description === undefined ? {} : {description}),
    images: assessment.images,
    pullSecret: parameters.images.pullSecret,
    postgresVersion: running,
    tried: new Set(),
    isTryingStart: false,
    rebuildsIndexes: false,
    libraries: {library: null, icu: null},
  };
}

/** What was sorted by another version than the server has, where pods are going to run another image. */
async function staleTexts(
  {before}: Found,
  {assessment, podUpdates}: Assessed,
  ports: DatabasePort,
): Promise<readonly SortedText[]> {
  const isMoved = untried(before, {images: assessment.images, tried: new Set()}).length > 0;
  if (!isMoved || !podUpdates.some(restarts) || !isReady(viewOf(before).writerPod)) return [];
  return (await ports.sorting())?.texts.filter(isStale) ?? [];
}

function stepsOf(
  request: ChangeRequest,
  {before, survey, first, context: {existing}}: Found,
  {assessment, podUpdates, settings}: Assessed,
  rest: Pick<ChangeShape, 'incarnations' | 'grows' | 'rebuildsIndexes' | 'watch' | 'now'>,
): Pick<Prepared, 'steps' | 'stepsBefore'> {
  const {readReplicaCount} = request.parameters;
  const {writerPod, writerService} = viewOf(before);
  const readersGo = surplusReaders(before, readReplicaCount).length > 0;
  const shape: ChangeShape = {
    ...rest,
    appliedBy: before.steering?.tool ?? null,
    rendered: objectsOfKind(assessment.manifests, 'StatefulSet'),
    target: before.target,
    certificate: certificateSteps(request.parameters, before.target),
    adoption: request.adoption ? adoptionSteps(request.adoption) : noAdoption,
    metrics: metricsSteps(request.parameters.metrics, {
      isProven: (existing?.metrics ?? 'off') !== 'off' && survey.operation === null,
      mayBeThere: mayHaveMetricsRole(before),
    }),
    podUpdates,
    writerServes: isReady(writerPod),
    publishesNotReady: writerService?.spec.publishNotReadyAddresses === true,
    order: settings.order,
    between: settings.between,
    first,
    ...synchronousOf(request, before, existing),
    trialStartTemplate: needsTrialStart(podUpdates, before, {...settings, ...assessment}) ? assessment.fresh : null,
    addsReaders: !isSteered(before) && addsReadersAlone(request, before),
    readersGo,
    slotsGoFrom: slotsGoFrom({
      existing,
      desired: request.parameters,
      readersGo,
      // The tool that steers the release has removed the readers already.
      goesOn: survey.operation !== null || (isSteered(before) && request.kind === 'scale'),
    }),
    deleteVolumes: request.deleteVolumes,
    readReplicaCount,
  };
  return {steps: changeSteps(shape), stepsBefore: stepsBeforeFiles(shape)};
}

function synchronousOf(
  {parameters}: ChangeRequest,
  before: Snapshot,
  existing: Parameters | null,
): Pick<ChangeShape, 'synchronousReplicas' | 'commitsWaitForFewer' | 'commitsHang'> {
  const synchronousReplicas = parameters.synchronousReplicas ?? 0;
  return {
    synchronousReplicas,
    commitsHang: existing !== null && commitsWaitWarning(before, existing) !== null,
    commitsWaitForFewer: synchronousReplicas < synchronousNow(before, existing),
  };
}

/** Only readers that we start have slots. `goesOn`: an earlier run may have left some. */
function slotsGoFrom({
  existing,
  desired,
  readersGo,
  goesOn,
}: {
  readonly existing: Parameters | null;
  readonly desired: Parameters;
  readonly readersGo: boolean;
  readonly goesOn: boolean;
}): number | null {
  if (isStartedByUs(desired.images.source)) return readersGo || goesOn ? desired.readReplicaCount : null;
  return (existing && isStartedByUs(existing.images.source)) || goesOn ? 0 : null;
}

/** @throws UserError where helm or the cluster refuses the change */
export async function assess(
  request: ChangeRequest,
  found: Found,
  ports: Ports,
  signal: AbortSignal,
): Promise<Assessed> {
  const nobodyReadsIt = request.confirm === null && !request.dryRun && found.survey.operation === null;
  return nobodyReadsIt && addsReadersAlone(request, found.before)
    ? assessMoreReaders(request, found, ports, signal)
    : assessAll(request, found, ports, signal);
}

/**
 * What helm would change is known, and nobody reads it, so only whether the chart fits and the cluster takes the number
 * is found out, in a fifth of the time.
 */
async function assessMoreReaders(
  {chart, parameters}: ChangeRequest,
  {survey, before, context, values, first}: Found,
  ports: Ports,
  signal: AbortSignal,
): Promise<Assessed> {
  const recorded = survey.release.values;
  const {readReplicaCount} = parameters;
  const [settings, refused, manifests] = await Promise.all([
    settingsOrder({before, podUpdates: [], readReplicaCount, recorded, values: first?.values ?? values}, ports),
    refusedReader(before, ports),
    ports.helm.render({chart, values}, signal),
    ports.setReaders(readReplicaCount, {dryRun: true}),
  ]);
  keepObjects(before, manifests, context, 'scale');
  const rendering = {sets: {}, made: new Set<string>()};
  return {
    assessment: {manifests, diff: '', images: {writer: [], reader: []}, podUpdates: [], fresh: null, rendering},
    podUpdates: [],
    settings,
    movesRole: false,
    second: {refusals: [settings.refusal, refused].filter((one) => one !== null), warnings: []},
  };
}

async function assessAll(
  {kind, chart, parameters, adoption, restartsLater = false, moveRole, patch}: ChangeRequest,
  {survey, before, context, values, first}: Found,
  ports: Ports,
  signal: AbortSignal,
): Promise<Assessed> {
  const refusal = await growthRefused(before, context, ports);
  if (refusal) throw new UserError(refusal);
  const {writerPod, readerPods} = viewOf(before);
  const pods = [
    ...readerPods.map((pod) => ({pod, isWriter: false})),
    ...(writerPod ? [{pod: writerPod, isWriter: true}] : []),
  ];
  const replacedPods = await replacedPodsOf(before, pods, ports);
  const problem = (pod: PodUpdatePlan['pod']) => {
    const replaced = replacedPods.find((one) => one.pod === pod);
    const neighbours = pods.flatMap((other) => (other.pod === pod ? [] : (other.pod.spec.nodeName ?? [])));
    return replaced ? placeProblem(survey, context, replaced, neighbours) : null;
  };
  const assessment = await assessChange(
    {parameters, chart, values, survey, before, lacksSecret: adoption !== undefined, placeProblem: problem},
    ports,
    signal,
  );
  // Helm renders nothing with the cluster's answers for a release that is locked, but without them it does.
  const rendered = assessment.manifests || (await ports.helm.render({chart, values}, signal));
  keepObjects(before, rendered, context, kind);
  if (adoption) loseNothing(before, await ports.manifest(), rendered);
  const podUpdates = restartsLater ? [] : podUpdatesOf(kind, assessment.podUpdates, survey, before);
  const {readReplicaCount} = parameters;
  const [settings, second, refused] = await Promise.all([
    settingsOrder(
      {before, podUpdates, readReplicaCount, recorded: survey.release.values, values: first?.values ?? values},
      ports,
    ),
    judgePodUpdates({survey, before, desired: context}, podUpdates, ports),
    refusedPods(before, podUpdates, assessment.rendering, readReplicaCount, ports),
  ]);
  const refusals = [settings.refusal, refused].filter((one) => one !== null);
  const throughFiles = patch !== undefined || isSteered(before);
  const asked = {before, readReplicaCount, podUpdates, order: settings.order, throughFiles};
  const isMoved = moveRole !== undefined && (await movesRole(asked, ports));
  return {
    assessment,
    settings,
    movesRole: isMoved,
    podUpdates: isMoved ? podUpdates.filter(({isWriter}) => !isWriter) : podUpdates,
    second: {...second, refusals: [...second.refusals, ...refusals]},
  };
}

/** @throws UserError CHART_REJECTED where the rendering would take the database away from its data or its clients */
function keepObjects(
  before: Snapshot,
  manifests: string,
  {existing, parameters}: CheckContext,
  kind: ChangeKind,
): void {
  const keepsExposure = kind === 'adopt' || isSameExposure(existing, parameters);
  const refusal = replacedObjects(before, manifests, keepsExposure);
  if (refusal) throw new UserError(refusal);
}

/** @throws UserError NOT_ADOPTABLE where something of the present manifest would not be in ours */
function loseNothing(before: Snapshot, was: string, will: string): void {
  const losses = adoptionLosses(was, will);
  if (losses.length === 0) return;
  const isApplied = isRecordedAsApplied(viewOf(before).newest);
  throw new UserError(isApplied ? appliedLost(before, losses) : lost(before.target, losses));
}

/**
 * Whether helm would add readers and change nothing else: its record is of this chart, and differs from what is wanted
 * only in the number of readers.
 */
function addsReadersAlone({kind, parameters, chart}: ChangeRequest, before: Snapshot): boolean {
  const {newest, readerSet} = viewOf(before);
  const {values} = before.release;
  const recorded = fromValues(values)?.readReplicaCount;
  if (kind !== 'scale' || recorded === undefined || recorded >= parameters.readReplicaCount) return false;
  const others = toValues({...parameters, readReplicaCount: recorded}, before.target);
  return (
    readerSet !== null &&
    newest?.status === 'deployed' &&
    newest.chartVersion === chart.version &&
    sameValues(values, others)
  );
}

/**
 * The pods that are updated: a scale leaves all of them as they are, a set those that it does not concern, and a
 * restart recreates each.
 */
function podUpdatesOf(
  kind: ChangeKind,
  podUpdates: readonly PodUpdatePlan[],
  {operation}: Survey,
  {steering}: Snapshot,
): readonly PodUpdatePlan[] {
  if (kind === 'scale') return [];
  if (kind === 'restart') return podUpdates.map((podUpdate) => ({...podUpdate, update: 'recreate', why: null}));
  // Where somebody else has applied the change already, the rendering no longer concerns any pod, but the pods are
  // behind.
  const isBehind = operation !== null || Boolean(steering);
  return podUpdates.filter(({update, isConcerned}) => update !== 'none' && (kind !== 'set' || isConcerned || isBehind));
}

/**
 * The incarnations that a restart ends. An interrupted restart keeps those that it began with, so that no pod restarts
 * twice.
 */
function incarnationsToEnd(
  podUpdates: readonly PodUpdatePlan[],
  operation: OperationRecord | null,
): Readonly<Record<string, string>> {
  const begun = operation?.kind === 'restart' && !operation.holderIsAlive ? operation.wanted?.restart : undefined;
  return begun ?? Object.fromEntries(podUpdates.map(({pod}) => [pod.metadata.name, incarnationOf(pod)]));
}

/**
 * Where no reader goes first, the writer's new pod template is tried by itself before the writer depends on it; so is
 * another scheduler, which readers need not have.
 */
function needsTrialStart(
  podUpdates: readonly PodUpdatePlan[],
  before: Snapshot,
  {order, fresh}: SettingsOrder & Pick<Assessment, 'fresh'>,
): boolean {
  const {writerPod, writerSet} = viewOf(before);
  const writer = podUpdates.find((podUpdate) => podUpdate.isWriter && restarts(podUpdate));
  const readerTriesIt =
    order === 'readers first' && podUpdates.some((podUpdate) => !podUpdate.isWriter && restarts(podUpdate));
  if (!writer || !isReady(writerPod)) return false;
  const isOtherScheduler = fresh !== null && schedulerOf(fresh.template.spec) !== schedulerOf(writer.pod.spec);
  if (readerTriesIt && !isOtherScheduler) return false;
  return writer.isConcerned || !hasCurrentTemplate(writer.pod, writerSet);
}
