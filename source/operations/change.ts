// Change: a release that is there becomes what is wanted. scale and upgrade only say what that is and call this.
import {cause, UserError, type Cause, type Warning} from '../cause.ts';
import {imageReference} from '../chart/image.ts';
import {majorProblem} from '../chart/postgres-major.ts';
import {objectNames} from '../chart/names.ts';
import {sameValues} from '../chart/same-values.ts';
import {fromValues, toValues} from '../chart/values.ts';
import {existingRelease} from '../observation/checks/existing-release.ts';
import {room, roomForMore} from '../observation/checks/room.ts';
import type {Finding, Wanted} from '../observation/checks/rule.ts';
import {allImages, hasDefinition, isRunning, renewalBetween, revisionLabel, worse, type Renewal} from '../observation/definition.ts';
import {isReady, proofOf, viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Survey} from '../observation/survey.ts';
import {findWarnings} from '../observation/warnings.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {changeConsequences, sizeOf, unwantedClaims} from '../plan/change.ts';
import {diffManifests, templatesIn} from '../plan/manifests.ts';
import {converge, type Ending} from './converge.ts';
import type {LedgerEntry, Plan, Progress, Result} from './progress.ts';
import {endOf, lockedBy, refused} from './result.ts';
import {changeSteps, changeTracks, type WantedChange} from './steps/change-steps.ts';
import type {Chart, World} from './world.ts';

export interface ChangeRequest {
  /** As the result names it. */
  readonly operation: 'scale' | 'upgrade' | 'recover';
  /** What it is, and what the Lease records: a scale never restarts a pod. */
  readonly kind: 'scale' | 'upgrade';
  /** All of them: those of the release, edited. */
  readonly parameters: Parameters;
  readonly chart: Chart;
  /** Volumes of readers that are not wanted are deleted. */
  readonly deleteVolumes: boolean;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  /** The equivalent command, for the plan. */
  readonly command: string;
  /** Shows the plan to a person; false leaves everything as it is. */
  readonly confirm: (plan: Plan) => Promise<boolean>;
}

export async function* change(request: ChangeRequest, world: World, signal: AbortSignal): AsyncGenerator<Progress, Result> {
  const began = world.now();
  const {target} = world;
  const {parameters, chart, kind} = request;
  const base = {operation: request.operation, target, began, now: () => world.now()};
  const [survey, before] = await Promise.all([world.survey({password: null, pullSecret: parameters.images.pullSecret}), world.look()]);
  const existing = survey.release.values ? fromValues(survey.release.values) : null;
  const postgresVersion = proofOf(before, 'writer')?.result.serverVersion ?? null;
  const {refusals, warnings} = judge(request, survey, before, existing, postgresVersion);
  const [refusal] = refusals;
  if (refusal) return refused({...base, warnings, cause: refusal});
  yield* warnings.map((warning): Progress => ({type: 'warning', ...warning}));

  const values = toValues(parameters, target.fullname);
  const newest = viewOf(before).newest;
  const applied = newest?.status === 'deployed' && newest.chartVersion === chart.version && sameValues(survey.release.values, values);
  let rendered: Rendered;
  try {
    rendered = await render(request, world, before, values, signal);
  } catch (error) {
    if (error instanceof UserError) return refused({...base, warnings, cause: error.reason});
    throw error;
  }
  const {readReplicaCount} = parameters;
  const wanted: WantedChange = {
    chart,
    values,
    readReplicaCount,
    // The Secret is there, and no step of a change writes it.
    passwords: () => ({admin: '', user: '', replication: ''}),
    images: rendered.images,
    pullSecret: parameters.images.pullSecret,
    postgresVersion,
    tried: new Set(),
  };
  const {renewals} = rendered;
  const renews = {writer: kind === 'upgrade' && renewals.writer !== 'none', readers: kind === 'upgrade' && renewals.reader !== 'none'};
  const steps = changeSteps({target, renews, writerServes: isReady(viewOf(before).writerPod), deleteVolumes: request.deleteVolumes, readReplicaCount, now: () => world.now()});
  const plan: Plan = {
    consequences: changeConsequences({
      before,
      readersBefore: viewOf(before).readersWanted,
      wanted: parameters,
      renewals: kind === 'upgrade' ? renewals : null,
      deleteVolumes: request.deleteVolumes,
      applied,
    }),
    steps: steps.map((step) => ({name: step.name, command: step.command?.(world, wanted) ?? null})),
    values,
    diff: rendered.diff,
    command: request.command,
  };
  const checksMs = world.now() - began;
  if (request.dryRun) return endOf({...base, warnings, outcome: 'planned', plan, checksMs});
  const nothingToDo = applied && !renews.writer && !renews.readers && plan.consequences.every(({code}) => code === 'NO_CHANGE');
  if (!nothingToDo && !(await request.confirm(plan))) return refused({...base, warnings, cause: cause('CANCELLED', 'Nothing was changed.')});

  const wantedRecord = {parameters, chart: {source: chart.source, version: chart.version}};
  const holder = await world.takeLease({kind, startedAt: new Date(world.now()).toISOString(), wanted: wantedRecord});
  if (holder) return refused({...base, warnings, cause: lockedBy(holder, target)});
  const since = await world.look();
  if (viewOf(since).newest?.revision !== newest?.revision) {
    await world.endLease().catch(() => undefined);
    return refused({...base, warnings, cause: changedMeanwhile(since)});
  }

  yield {type: 'plan', steps: steps.map(({name}) => name)};
  const copies = new AbortController();
  if (readReplicaCount > viewOf(before).streaming) void world.hastenCopies(AbortSignal.any([copies.signal, signal]));
  const limits = {deadline: world.now() + request.timeoutMs, signal, judge: true, holdsLease: true};
  let ending: Ending;
  try {
    ending = yield* converge(steps, wanted, world, {...limits, tracks: (snapshot) => changeTracks(snapshot, wanted)});
  } finally {
    copies.abort();
  }
  // Where nothing was begun, there is nothing that somebody would have to go on with.
  const untouched = !survey.operation && !applied && ending.snapshot !== null && viewOf(ending.snapshot).newest?.revision === newest?.revision;
  await (ending.how === 'done' || untouched ? world.endLease() : world.pauseLease()).catch(() => undefined);
  const unchanged = ending.how === 'done' && nothingToDo && !ending.changed && !survey.operation;
  return endOf({
    ...base,
    warnings: mergeWarnings(warnings, ending.snapshot ? findWarnings(ending.snapshot, parameters) : []),
    ending,
    outcome: unchanged ? 'unchanged' : ending.how === 'done' ? 'succeeded' : ending.how,
    parameters,
    checksMs,
    ledger: ledgerOf(before, ending.snapshot, readReplicaCount),
  });
}

interface Rendered {
  readonly diff: string;
  readonly images: WantedChange['images'];
  readonly renewals: {readonly writer: Renewal; readonly reader: Renewal};
}

/** What helm would apply, against what it applied and against the pods that are older than that. */
async function render({parameters, chart}: ChangeRequest, world: World, before: Snapshot, values: WantedChange['values'], signal: AbortSignal): Promise<Rendered> {
  const names = objectNames(world.target.fullname);
  const view = viewOf(before);
  const main = [imageReference(parameters.images)];
  // Helm renders nothing for a release that is locked; what is missing then is the words of the plan alone.
  if (view.newest?.status.startsWith('pending')) {
    return {diff: '', images: {writer: main, reader: main}, renewals: {writer: 'recreate', reader: 'recreate'}};
  }
  const [is, will, definitions] = await Promise.all([world.manifest(), world.helm.dryRun({chart, values}, true, signal), world.definitions()]);
  const [old, fresh] = [templatesIn(is), templatesIn(will)];
  const ofRole = (set: typeof view.writerSet, name: string, pods: readonly (typeof view.writerPod)[]): Renewal =>
    pods.reduce(
      (worst, pod) => {
        if (!pod || hasDefinition(pod, set)) return worst;
        const own = definitions[pod.metadata.labels?.[revisionLabel] ?? ''] ?? null;
        return worse(worst, renewalBetween(own, definitions[set?.status?.updateRevision ?? ''] ?? null));
      },
      renewalBetween(old[name] ?? null, fresh[name] ?? null),
    );
  // A pod that does not run is made anew in any case.
  const asIs = (renewal: Renewal, pods: readonly (typeof view.writerPod)[]): Renewal => (renewal !== 'none' && pods.some((pod) => pod && !isRunning(pod)) ? 'recreate' : renewal);
  const imagesOf = (name: string): readonly string[] => (fresh[name] ? allImages(fresh[name]) : main);
  return {
    diff: diffManifests(is, will),
    images: {writer: imagesOf(names.writer), reader: imagesOf(names.reader)},
    renewals: {
      writer: asIs(ofRole(view.writerSet, names.writer, [view.writerPod]), [view.writerPod]),
      reader: asIs(ofRole(view.readerSet, names.reader, view.readerPods), view.readerPods),
    },
  };
}

function judge(
  request: ChangeRequest,
  survey: Survey,
  before: Snapshot,
  existing: Parameters | null,
  running: string | null,
): {refusals: readonly Cause[]; warnings: readonly Warning[]} {
  const {parameters, chart, kind} = request;
  const wanted: Wanted = {
    parameters,
    target: survey.target,
    explicit: new Set(),
    requireEncryption: false,
    passwordGiven: false,
    existing,
    chart: {source: chart.source, version: chart.version},
  };
  const {readersWanted, writerPod, readerPods} = viewOf(before);
  const taken = [writerPod, ...readerPods].flatMap((pod) => pod?.spec.nodeName ?? []);
  const more = parameters.readReplicaCount - readersWanted;
  const findings: readonly Finding[] = [
    ...existingRelease(survey, wanted).filter((finding) => !(finding.severity === 'refuse' && finding.cause.code === 'RELEASE_LOCKED' && continues(survey, kind))),
    ...(more > 0 ? [...room(survey, wanted), ...roomForMore(survey, wanted, more, taken)] : []),
  ];
  const guard = existing
    ? majorProblem({target: survey.target, running, existing: existing.images, wanted: parameters.images, chartAppVersion: chart.appVersion})
    : null;
  return {
    refusals: [...findings.flatMap((finding) => (finding.severity === 'refuse' ? [finding.cause] : [])), ...(guard ? [guard] : [])],
    warnings: findings.flatMap((finding) => (finding.severity === 'warn' ? [finding.warning] : [])),
  };
}

/** What somebody began and nobody finished is not mixed with something else; the same kind says anew what is wanted. */
function continues({operation, release}: Survey, kind: ChangeRequest['kind']): boolean {
  if (!operation || operation.holderIsAlive) return false;
  const isInstalled = release.revisions.at(-1)?.status === 'deployed';
  return operation.kind === kind || (isInstalled && (operation.kind === 'install' || operation.kind === 'recover'));
}

function changedMeanwhile({target, ...snapshot}: Snapshot): Cause {
  const newest = snapshot.release.revisions.at(-1);
  return cause('RELEASE_LOCKED', `Somebody changed ${target.release} meanwhile: it is at revision ${newest?.revision ?? 'none'} now. Nothing was changed.`, {
    object: {kind: 'Release', namespace: target.namespace, name: target.release},
    remedies: [{title: 'Run the same command again: it starts from what is there now'}],
  });
}

/** Volumes of readers that are not wanted: those that stay cost their space. */
function ledgerOf(before: Snapshot, after: Snapshot | null, readersWanted: number): LedgerEntry[] {
  const left = new Set((after ?? before).claims.filter(({metadata}) => !metadata.deletionTimestamp).map(({metadata}) => metadata.name));
  return unwantedClaims(before, readersWanted).map((claim) => ({
    kind: 'PersistentVolumeClaim',
    name: claim.metadata.name,
    fate: left.has(claim.metadata.name) ? 'kept' : 'deleted',
    bytes: sizeOf(claim),
  }));
}

function mergeWarnings(before: readonly Warning[], after: readonly Warning[]): Warning[] {
  const codes = new Set(after.map(({code}) => code));
  return [...before.filter(({code}) => !codes.has(code)), ...after];
}
