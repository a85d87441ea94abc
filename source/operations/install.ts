// Install: look at the place, resolve what is wanted, check, plan, then converge to a proven writer and reader.
import {UserError, type Cause, type Warning} from '../core/cause.ts';
import {fromValues, toValues, type Values} from '../chart/values.ts';
import {certificateSecretOf} from '../chart/parameters/tls.ts';
import {sameValues} from '../chart/same-values.ts';
import {extrasWhere, type Extra} from '../commands/permissions.ts';
import {keepsData} from '../observation/checks/claims.ts';
import {missingKeys} from '../observation/checks/collisions.ts';
import {releaseExists} from '../observation/checks/existing-release.ts';
import {steeredBy} from '../observation/steering.ts';
import {installedThere} from '../plan/steering.ts';
import {runChecks} from '../observation/checks/index.ts';
import type {InstallContext} from '../observation/checks/rule.ts';
import {unfinished} from '../observation/may-begin.ts';
import {networkAsked} from '../observation/network.ts';
import {isNeverMade} from '../observation/no-database-yet.ts';
import {placeOf, podPlacement, type PodPlacement} from '../observation/place.ts';
import {clusterTime} from '../observation/cluster-time.ts';
import type {Survey} from '../observation/survey.ts';
import {tracksOf} from '../observation/tracks.ts';
import {findWarnings} from '../observation/warnings.ts';
import {allowNamespaces} from '../parameters/descriptors/allow-namespaces.ts';
import {backup} from '../parameters/descriptors/backup.ts';
import {metrics} from '../parameters/descriptors/metrics.ts';
import {tls} from '../parameters/descriptors/tls.ts';
import {mergeAnswers, type Answers} from '../parameters/answers.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {generatePassword} from '../parameters/password.ts';
import {nowhere} from '../parameters/place.ts';
import {nodeSelector} from '../parameters/descriptors/node-selector.ts';
import {tolerations as tolerationsDescriptor} from '../parameters/descriptors/tolerations.ts';
import {answersFrom, explicitKeys, resolve} from '../parameters/resolve.ts';
import {isSameExposure} from '../parameters/readers.ts';
import {planInstall} from '../plan/install.ts';
import {replacedObjects} from '../plan/replaced-objects.ts';
import {changeBetween, changedSince, changedSinceAsked} from './changed-meanwhile.ts';
import {converge, type Ending} from './converge.ts';
import {withKeptSettings} from './kept-settings.ts';
import {heldIn, ownershipRefusal} from './ownership.ts';
import {whyNotConfirmed} from './planned-request.ts';
import type {Plan, Progress, Result} from '../plan/progress.ts';
import {isStale, rememberDatabase} from './remember-identifier.ts';
import {causeIn, endOf, mergeWarnings, outcomeOf, refused, type Beginning} from './result.ts';
import {
  isEmpty,
  lostCause,
  recoverPasswords,
  recoverySentences,
  type RecoveredPasswords,
} from './passwords/recovered-passwords.ts';
import {installSteps, isDrifted, namespace, type DesiredInstall} from './steps/install-steps.ts';
import {confirmRefusal, notTaken, takeLease} from './take-lease.ts';
import {valuesFindings, type ValuesFindings} from './values-findings.ts';
import type {Chart} from './ports/helm.ts';
import type {Ports} from './ports/index.ts';
import type {Passwords} from './ports/secret.ts';

export interface InstallRequest {
  readonly operation: 'install' | 'recover';
  readonly answers: Answers;
  readonly chart: Chart;
  /** The password that the operator gave; null: the one of an existing Secret, else a generated one. */
  readonly password: string | null;
  readonly requireEncryption: boolean;
  /** Whether extra values that nothing reads are refused. */
  readonly isStrict?: boolean;
  readonly dryRun: boolean;
  /** The release as it was when somebody said yes: another one is refused. Null, or absent: the plan is made now. */
  readonly planned?: Pick<Survey, 'release'> | null;
  readonly timeoutMs: number;
  /** Random bytes for passwords. */
  readonly random: (count: number) => Uint8Array;
  /** Shows the plan to a person; false leaves everything as it is. Null: nobody is asked, and no plan is made. */
  readonly confirm: ((plan: Plan) => Promise<boolean>) | null;
  /** The equivalent command, for the plan. */
  readonly commandFor: (parameters: Parameters) => string;
  /** Called once with what was resolved, for --save-answers. */
  readonly onResolved: (parameters: Parameters) => Promise<void>;
}

/** What was found, and what becomes of the request there. */
interface Found {
  readonly survey: Survey;
  /** Read back from the release's values; null when there is none. */
  readonly existing: Parameters | null;
  readonly parameters: Parameters;
  readonly values: Values;
  readonly recovered: RecoveredPasswords | null;
  /** What the existing volumes need of the new release, as a sentence; null: nothing. */
  readonly needs: string | null;
}

/** One install on its way, with how it began. */
interface Attempt extends Found {
  readonly request: InstallRequest;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly base: Beginning;
  /** Begins again with what an interrupted run left; null: there was no such run, or this is the last attempt. */
  readonly again: ((rest?: Partial<InstallRequest>) => AsyncGenerator<Progress, Result>) | null;
}

/** How often an install begins again with what an interrupted run left: that run's helm may still be at work. */
const maxAttempts = 5;

/** Looks, checks, shows the plan, takes the Lease, and converges. Throws only what is a bug. */
export async function* install(
  request: InstallRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  return yield* attempted(request, ports, signal, 1);
}

async function* attempted(
  request: InstallRequest,
  ports: Ports,
  signal: AbortSignal,
  attempt: number,
): AsyncGenerator<Progress, Result> {
  const began = ports.now();
  const {target} = ports;
  const base = {operation: request.operation, target, began, now: () => ports.now()};
  const pullSecret = request.answers.images?.pullSecret ?? null;
  const certificate = certificateSecretOf(tls.resolve(request.answers.tls, {}, nowhere), target);
  const named = allowNamespaces.resolve(request.answers.allowNamespaces, {}, nowhere);
  const namespaces = networkAsked(named, request.answers.serviceMesh);
  const {storageClass = null} = request.answers;
  const permissions = {command: 'install', extras: extrasIn(request.answers)} as const;
  const survey = await ports.survey({
    password: request.password,
    pullSecret,
    certificate,
    namespaces,
    storageClass,
    permissions,
  });
  const others = await ofOthers(request, survey, ports);
  if (others) return refused({...base, warnings: [], cause: others});
  const existing = fromValues(survey.release.values);
  const answers = existing ? mergeAnswers(request.answers, answersFrom(existing)) : request.answers;
  const resolved = resolve(answers, placeOf(survey, placementIn(answers)));
  const findings = await valuesFindings(resolved, request.chart, ports, {isStrict: request.isStrict === true});
  const {refusal, warnings: found} = checked(request, survey, {parameters: resolved, target, existing}, findings);
  if (refusal) {
    const limits = {deadline: began + request.timeoutMs, signal};
    const stands = yield* confirmRefusal(refusal, survey.operation, ports, limits);
    return stands === 'dead'
      ? yield* attempted(request, ports, signal, attempt)
      : notTaken({...base, warnings: found}, stands);
  }
  const kept = await withKeptSettings({...request, survey, parameters: resolved}, ports);
  const {parameters} = kept;
  const warnings = [...found, ...kept.warnings];
  if (kept.refusal) return refused({...base, warnings, cause: kept.refusal});
  // Read before anybody is asked, because the pods lose the file of a deleted key within a minute.
  const recovered = await recoveredFor(survey, parameters, ports);
  if (recovered !== null && 'code' in recovered) return refused({...base, warnings, cause: recovered});
  await request.onResolved(parameters);
  const values = toValues(parameters, target);
  const again = (rest: Partial<InstallRequest> = {}) =>
    attempted({...request, planned: null, ...rest}, ports, signal, attempt + 1);
  const seen = {survey, existing, parameters, values, recovered, needs: kept.sentence};
  return yield* confirmed({
    ...seen,
    request,
    ports,
    signal,
    base: {...base, warnings},
    again: startingOver(survey, attempt, again),
  });
}

/** Why the release is not for us to install: it is another one than was planned, or somebody else's. */
async function ofOthers({planned, chart}: InstallRequest, survey: Survey, ports: Ports): Promise<Cause | null> {
  const changed = planned ? changeBetween(planned, survey) : null;
  const foreign =
    changed ?? (await ownershipRefusal(heldIn(survey), (revision) => ports.record(revision), chart.source));
  if (foreign) return foreign;
  const steering = survey.sameNames.flatMap((one) => (one.kind === 'StatefulSet' ? (steeredBy(one) ?? []) : []))[0];
  return steering === undefined ? null : installedThere(ports.target, steering);
}

/** Another revision may come from the helm of an interrupted run. */
function startingOver({operation}: Survey, attempt: number, again: Attempt['again']): Attempt['again'] {
  return operation !== null && attempt < maxAttempts ? again : null;
}

/** What a release that exists says of backups where the answers name no schedule is read only later. */
function extrasIn(answers: Answers): readonly Extra[] {
  return extrasWhere({
    backups: backup.resolve({schedule: answers.backup?.schedule ?? 'off'}, {}, nowhere).schedule !== null,
    'service monitor': metrics.resolve(answers.metrics, {}, nowhere) === 'service-monitor',
    TLS: tls.resolve(answers.tls, {}, nowhere).certificate !== 'off',
  });
}

/**
 * Which nodes the pods may run on, found out before all is resolved, because defaults depend on how many nodes there
 * are.
 */
function placementIn({nodeSelector: labels, tolerations, extraValues = {}}: Answers): PodPlacement {
  return podPlacement({
    nodeSelector: nodeSelector.resolve(labels, {}, nowhere),
    tolerations: tolerationsDescriptor.resolve(tolerations, {}, nowhere),
    extraValues,
  });
}

function checked(
  {operation, answers, requireEncryption, password, chart}: InstallRequest,
  survey: Survey,
  context: Pick<InstallContext, 'parameters' | 'target' | 'existing'>,
  ofValues: ValuesFindings,
): {readonly refusal: Cause | undefined; readonly warnings: readonly Warning[]} {
  const {refusals, warnings} = runChecks(survey, {
    ...context,
    explicit: new Set(explicitKeys(answers)),
    requireEncryption,
    passwordGiven: password !== null,
    chart: {source: chart.source, version: chart.version},
  });
  // A release that is locked although nobody alive holds it is just what recover is for.
  const abandoned = operation === 'recover' && !survey.operation?.holderIsAlive;
  const refusal = refusals.find(({code}) => !(abandoned && code === 'RELEASE_LOCKED'));
  return {refusal: refusal ?? ofValues.refusal ?? undefined, warnings: [...warnings, ...ofValues.warnings]};
}

/** Has helm render the release where something is to change, shows the plan, and goes on where nobody says no. */
async function* confirmed(attempt: Attempt): AsyncGenerator<Progress, Result> {
  const {request, survey, values, recovered, ports, base, again} = attempt;
  const desired = desiredOf(attempt);
  const checksMs = ports.now() - base.began;
  yield* base.warnings.map((warning): Progress => ({type: 'warning', ...warning}));
  if (!request.dryRun && recovered === null && isUnchanged(survey, values) && !(await isDriftedNow(attempt)))
    return yield* runInstall(attempt, desired, checksMs);

  const isShown = request.dryRun || request.confirm !== null;
  const manifests = await render(attempt, isShown).catch(causeIn);
  if (typeof manifests !== 'string') return refused({...base, cause: manifests});
  if (isShown) {
    const plan = planOf(attempt, desired, manifests);
    if (request.dryRun) return endOf({...base, outcome: 'planned', plan, checksMs});
    const no = await whyNotConfirmed(request.confirm, plan, () => changedSinceAsked(survey, ports));
    if (no) return no.code === 'RELEASE_LOCKED' && again ? yield* again() : refused({...base, cause: no});
  }
  return yield* runInstall(attempt, desired, checksMs);
}

function desiredOf({request, survey, parameters, values, recovered}: Attempt): DesiredInstall {
  return {
    chart: request.chart,
    values,
    readReplicaCount: parameters.readReplicaCount,
    secret: {
      username: parameters.username,
      fresh: () => newPasswords(request, parameters),
      recovered,
      // Nothing depends on such a Secret yet: the checks refused where a volume or a release does.
      replaces: survey.secret?.passwordMatches === false,
      forgets: isStale(survey),
    },
  };
}

/**
 * The manifests, rendered with the cluster's answers only where somebody reads them.
 * @throws UserError where helm does not render them, or they would take the database away from its data or its clients
 */
async function render(
  {request, survey, existing, parameters, values, ports, signal}: Attempt,
  isShown: boolean,
): Promise<string> {
  const run = {chart: request.chart, values};
  const exists = survey.release.revisions.length > 0;
  // Helm renders nothing with the cluster's answers for a release that is locked, nor for one without its Secret.
  const isWithCluster = isShown && !isPending(survey) && !(releaseExists(survey) && lacksPasswords(survey));
  const rendering = isWithCluster ? ports.helm.dryRun(run, exists, signal) : ports.helm.render(run, signal);
  const [manifests, before] = await Promise.all([rendering, exists ? ports.look() : null]);
  const replaced = before && replacedObjects(before, manifests, isSameExposure(existing, parameters));
  if (replaced) throw new UserError(replaced);
  return manifests;
}

function planOf(
  {request, survey, parameters, values, recovered, needs, ports}: Attempt,
  desired: DesiredInstall,
  manifests: string,
): Plan {
  return planInstall({
    survey,
    parameters,
    values,
    manifests,
    restores: recovered && recoverySentences(ports.target, recovered).plan,
    needs,
    command: request.commandFor(parameters),
    steps: [
      ...(survey.namespace.state === 'absent' ? [namespace] : []),
      ...installSteps(parameters, ports.target, {
        isProven: false,
        keepsData: keepsData(survey),
        now: () => ports.now(),
      }),
    ].map((step) => ({
      name: step.name,
      command: step.command?.(ports, desired) ?? null,
    })),
  });
}

/** Takes the Lease, which needs the namespace first, and runs the steps. */
async function* runInstall(
  attempt: Attempt,
  desired: DesiredInstall,
  checksMs: number,
): AsyncGenerator<Progress, Result> {
  const {request, survey, ports, signal, base, again, parameters} = attempt;
  if (survey.namespace.state === 'absent') await ports.createNamespace();
  const startedAt = new Date(clusterTime(ports.now(), survey)).toISOString();
  const deadline = ports.now() + request.timeoutMs;
  const record = {
    kind: request.operation,
    startedAt,
    wanted: {parameters, chart: {source: request.chart.source, version: request.chart.version}},
  };
  const held = yield* takeLease(record, ports, {deadline, signal, over: survey.operation});
  if (held) return notTaken(base, held);
  const changed = await changedSince(survey, ports).catch(causeIn);
  if (changed === null) return yield* converged(attempt, desired, {deadline, checksMs});
  if (changed.code !== 'RELEASE_LOCKED' || again === null) {
    await (unfinished(survey.operation) ? ports.pauseLease() : ports.endLease()).catch(() => undefined);
    return refused({...base, cause: changed});
  }
  await ports.pauseLease();
  // Nobody is asked again: what is wanted was confirmed a moment ago.
  return yield* again({confirm: null});
}

async function* converged(
  {survey, parameters, values, ports, signal, base}: Attempt,
  desired: DesiredInstall,
  {deadline, checksMs}: {readonly deadline: number; readonly checksMs: number},
): AsyncGenerator<Progress, Result> {
  const {target} = ports;
  const isProven = isUnchanged(survey, values) && !survey.operation;
  const steps = installSteps(parameters, target, {isProven, keepsData: keepsData(survey), now: () => ports.now()});
  yield {type: 'plan', steps: steps.map(({name}) => name)};
  const ending = yield* converge(steps, desired, ports, {
    deadline,
    signal,
    judge: true,
    tracks: tracksOf,
    holdsLease: true,
  });
  const isDone = ending.how === 'done';
  await rememberDatabase(ports, isDone ? ending.snapshot : null);
  await (isDone ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
  // An interrupted install that is finished now counts as a change, even where the cluster had finished it alone.
  const unchanged = isDone && isUnchanged(survey, values) && !ending.changed && !survey.operation;
  return endOf({
    ...base,
    warnings: mergeWarnings(base.warnings, ending.snapshot ? findWarnings(ending.snapshot, parameters) : []),
    ending,
    outcome: unchanged ? 'unchanged' : outcomeOf(ending),
    notes: notesOf(survey, ending),
    parameters,
    checksMs,
  });
}

/**
 * @returns null where there is no release yet, or nothing has to be done about its Secret; the cause where passwords
 * are lost
 */
async function recoveredFor(
  survey: Survey,
  {username}: Parameters,
  ports: Ports,
): Promise<RecoveredPasswords | Cause | null> {
  if (!releaseExists(survey) || !lacksPasswords(survey)) return null;
  const recovered = await recoverPasswords(ports, {username, replaces: false});
  const lost = lostCause(ports.target, recovered, {isWritten: false});
  if (lost) return isNeverMade(await ports.look()) ? null : lost;
  return isEmpty(recovered) ? null : recovered;
}

function lacksPasswords({secret, target}: Survey): boolean {
  return missingKeys(secret?.keys ?? [], target).length > 0;
}

function newPasswords(request: InstallRequest, {username}: Parameters): Passwords {
  const user = request.password ?? generatePassword(request.random);
  return {
    user,
    // The administrator is the user, or has a password that nobody has to know.
    admin: username === 'postgres' ? user : generatePassword(request.random),
    replication: generatePassword(request.random),
  };
}

function isPending({release}: Survey): boolean {
  return release.revisions.at(-1)?.status.startsWith('pending') ?? false;
}

function isUnchanged(survey: Survey, values: Values): boolean {
  return survey.release.revisions.at(-1)?.status === 'deployed' && sameValues(survey.release.values, values);
}

/** Whether the cluster lacks something, although helm has recorded what is wanted. */
async function isDriftedNow({ports, parameters}: Attempt): Promise<boolean> {
  return isDrifted(await ports.look(), parameters.readReplicaCount);
}

function notesOf(survey: Survey, ending: Ending): string[] {
  const newest = survey.release.revisions.at(-1);
  const found =
    newest && newest.status !== 'deployed'
      ? [`An earlier install was found half done (revision ${newest.revision}, ${newest.status}) and continued.`]
      : survey.operation && !newest
        ? ['An earlier install was found begun, without a release yet, and continued.']
        : [];
  return [...found, ...ending.notes];
}
