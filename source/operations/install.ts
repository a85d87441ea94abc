// Install: look at the place, resolve what is wanted, check, plan, then converge to a proven writer and reader.
import {cause, UserError, type Cause} from '../core/cause.ts';
import {fromValues, toValues, type Values} from '../chart/values.ts';
import {sameValues} from '../chart/same-values.ts';
import {missingKeys} from '../observation/checks/collisions.ts';
import {releaseExists} from '../observation/checks/existing-release.ts';
import {runChecks} from '../observation/checks/index.ts';
import {isNeverMade} from '../observation/never-made.ts';
import {placeOf} from '../observation/place.ts';
import {clusterTime} from '../observation/cluster-time.ts';
import type {Survey} from '../observation/survey.ts';
import {tracksOf} from '../observation/tracks.ts';
import {findWarnings} from '../observation/warnings.ts';
import {mergeAnswers, type Answers} from '../parameters/answers.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {generatePassword} from '../parameters/password.ts';
import {answersFrom, explicitKeys, resolve} from '../parameters/resolve.ts';
import {planInstall} from '../plan/install.ts';
import {replacedObjects} from '../plan/replaced-objects.ts';
import {converge, type Ending} from './converge.ts';
import {heldIn, ownershipRefusal} from './ownership.ts';
import type {Plan, Progress, Result} from './progress.ts';
import {isStale, rememberIdentifier} from './remember-identifier.ts';
import {endOf, mergeWarnings, refused} from './result.ts';
import {isEmpty, lostCause, rescuePasswords, rescueSentences, type Rescue} from './rescue-secret.ts';
import {installSteps, namespace, type WantedInstall} from './steps/install-steps.ts';
import {confirmRefusal, notTaken, takeLease} from './take-lease.ts';
import type {Chart, Passwords, World} from './world.ts';

export interface InstallRequest {
  readonly operation: 'install' | 'recover';
  readonly answers: Answers;
  readonly chart: Chart;
  /** The operator's own; null: the one of a Secret that is there, else a generated one. */
  readonly password: string | null;
  readonly requireEncryption: boolean;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  /** Random bytes for passwords. */
  readonly random: (count: number) => Uint8Array;
  /**
   * Shows the plan to a person; false leaves everything as it is. Null: nobody is asked, and no plan is made for
   * nobody.
   */
  readonly confirm: ((plan: Plan) => Promise<boolean>) | null;
  /** The equivalent command, for the plan. */
  readonly commandFor: (parameters: Parameters) => string;
  /** Told once what was resolved, for --save-answers. */
  readonly onResolved: (parameters: Parameters) => Promise<void>;
}

export async function* install(
  request: InstallRequest,
  world: World,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  const began = world.now();
  const {target} = world;
  const base = {operation: request.operation, target, began, now: () => world.now()};

  const survey = await world.survey({
    password: request.password,
    pullSecret: request.answers.images?.pullSecret ?? null,
  });
  const foreign = await ownershipRefusal(heldIn(survey), (revision) => world.record(revision), request.chart.source);
  if (foreign) return refused({...base, warnings: [], cause: foreign});
  const existing = survey.release.values ? fromValues(survey.release.values) : null;
  const parameters = resolve(
    existing ? mergeAnswers(request.answers, answersFrom(existing)) : request.answers,
    placeOf(survey),
  );
  const explicit = new Set(explicitKeys(request.answers));
  const {refusals, warnings} = runChecks(survey, {
    parameters,
    target,
    explicit,
    requireEncryption: request.requireEncryption,
    passwordGiven: request.password !== null,
    existing,
    chart: {source: request.chart.source, version: request.chart.version},
  });
  // Recovering is what a locked release asks for, when nobody alive holds it.
  const abandoned = request.operation === 'recover' && !survey.operation?.holderIsAlive;
  const refusal = refusals.find(({code}) => !(abandoned && code === 'RELEASE_LOCKED'));
  if (refusal) {
    const limits = {deadline: began + request.timeoutMs, signal};
    const stands = yield* confirmRefusal(refusal, survey.operation, world, limits);
    return stands === 'dead' ? yield* install(request, world, signal) : notTaken({...base, warnings}, stands);
  }
  // Before anybody is asked: what the pods have of a deleted key is gone within a minute.
  const rescue = await rescueFor(survey, parameters, world);
  if (rescue !== null && 'code' in rescue) return refused({...base, warnings, cause: rescue});
  await request.onResolved(parameters);

  const values = toValues(parameters, target.fullname);
  const wanted: WantedInstall = {
    chart: request.chart,
    values,
    readReplicaCount: parameters.readReplicaCount,
    secret: {
      username: parameters.username,
      fresh: () => newPasswords(request, parameters),
      rescue,
      // Nothing depends on such a Secret yet: the checks refused where a volume or a release does.
      replaces: survey.secret?.passwordMatches === false,
      forgets: isStale(survey),
    },
  };
  const checksMs = world.now() - began;
  yield* warnings.map((warning): Progress => ({type: 'warning', ...warning}));

  if (request.dryRun || rescue !== null || !isUnchanged(survey, values)) {
    const run = {chart: request.chart, values};
    const isShown = request.dryRun || request.confirm !== null;
    const exists = survey.release.revisions.length > 0;
    let manifests = '';
    try {
      // Helm renders nothing with the cluster's answers for a release that is locked, nor for one without its Secret.
      const isRendered = isShown && !isPending(survey) && !(releaseExists(survey) && lacksPasswords(survey));
      const rendering = isRendered ? world.helm.dryRun(run, exists, signal) : world.helm.render(run, signal);
      const [rendered, before] = await Promise.all([rendering, exists ? world.look() : null]);
      manifests = rendered;
      const replaced = before && replacedObjects(before, rendered, existing?.exposure === parameters.exposure);
      if (replaced) return refused({...base, warnings, cause: replaced});
    } catch (error) {
      if (error instanceof UserError) return refused({...base, warnings, cause: error.reason});
      throw error;
    }
    if (isShown) {
      const plan = planInstall({
        survey,
        parameters,
        values,
        manifests,
        restores: rescue && rescueSentences(target, rescue).plan,
        command: request.commandFor(parameters),
        steps: [...(survey.namespace.state === 'absent' ? [namespace] : []), ...installSteps].map((step) => ({
          name: step.name,
          command: step.command?.(world, wanted) ?? null,
        })),
      });
      if (request.dryRun) return endOf({...base, warnings, outcome: 'planned', plan, checksMs});
      if (request.confirm && !(await request.confirm(plan))) return refused({...base, warnings, cause: declined()});
    }
  }

  if (survey.namespace.state === 'absent') await world.createNamespace();
  const startedAt = new Date(clusterTime(world.now(), survey)).toISOString();
  const deadline = world.now() + request.timeoutMs;
  const record = {
    kind: request.operation,
    startedAt,
    wanted: {parameters, chart: {source: request.chart.source, version: request.chart.version}},
  };
  const held = yield* takeLease(record, world, {deadline, signal});
  if (held) return notTaken({...base, warnings}, held);

  yield {type: 'plan', steps: installSteps.map(({name}) => name)};
  const ending = yield* converge(installSteps, wanted, world, {
    deadline,
    signal,
    judge: true,
    tracks: tracksOf,
    holdsLease: true,
  });
  await rememberIdentifier(world, ending.how === 'done' ? ending.snapshot : null);
  await (ending.how === 'done' ? world.endLease() : world.pauseLease()).catch(() => undefined);
  return endOf({
    ...base,
    warnings: mergeWarnings(warnings, ending.snapshot ? findWarnings(ending.snapshot, parameters) : []),
    ending,
    // What was interrupted has now been brought to its end, even where the cluster had finished it alone.
    outcome:
      ending.how === 'done' && isUnchanged(survey, values) && !ending.changed && !survey.operation
        ? 'unchanged'
        : outcomeOf(ending),
    notes: notesOf(survey, ending),
    parameters,
    checksMs,
  });
}

/**
 * @returns null where the Secret of a release that is there, or the lack of one, needs nothing; a cause that forbids
 * it
 */
async function rescueFor(survey: Survey, {username}: Parameters, world: World): Promise<Rescue | Cause | null> {
  if (!releaseExists(survey) || !lacksPasswords(survey)) return null;
  const rescue = await rescuePasswords(world, {username, replaces: false});
  const lost = lostCause(world.target, rescue, {isWritten: false});
  if (lost) return isNeverMade(await world.look()) ? null : lost;
  return isEmpty(rescue) ? null : rescue;
}

function lacksPasswords({secret}: Survey): boolean {
  return missingKeys(secret?.keys ?? []).length > 0;
}

function newPasswords(request: InstallRequest, {username}: Parameters): Passwords {
  const user = request.password ?? generatePassword(request.random);
  return {
    user,
    // The administrator is the user, or nobody's business.
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

function outcomeOf({how}: Ending): Result['outcome'] {
  return how === 'done' ? 'succeeded' : how;
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

function declined(): Cause {
  return cause('CANCELLED', 'Nothing was changed.');
}
