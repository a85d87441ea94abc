// Install: look at the place, resolve what is wanted, check, plan, then converge to a proven writer and reader.
import {cause, UserError, type Cause} from '../cause.ts';
import {fromValues, toValues, type Values} from '../chart/values.ts';
import {sameValues} from '../chart/same-values.ts';
import {runChecks} from '../observation/checks/index.ts';
import type {Survey} from '../observation/survey.ts';
import {tracksOf} from '../observation/tracks.ts';
import {findWarnings} from '../observation/warnings.ts';
import {mergeAnswers, type Answers} from '../parameters/answers.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {generatePassword} from '../parameters/password.ts';
import {answersFrom, explicitKeys, placeOf, resolve} from '../parameters/resolve.ts';
import {planInstall} from '../plan/install.ts';
import {converge, type Ending} from './converge.ts';
import type {Plan, Progress, Result} from './progress.ts';
import {forgetIdentifier, rememberIdentifier} from './remember-identifier.ts';
import {endOf, lockedBy, mergeWarnings, refused} from './result.ts';
import {installSteps, namespace, type WantedRelease} from './steps/install-steps.ts';
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
  if (refusal) return refused({...base, warnings, cause: refusal});
  await request.onResolved(parameters);

  const values = toValues(parameters, target.fullname);
  const wanted: WantedRelease = {
    chart: request.chart,
    values,
    readReplicaCount: parameters.readReplicaCount,
    passwords: () => newPasswords(request, parameters),
  };
  const checksMs = world.now() - began;
  yield* warnings.map((warning): Progress => ({type: 'warning', ...warning}));

  if (request.dryRun || !isUnchanged(survey, values)) {
    const run = {chart: request.chart, values};
    const isShown = request.dryRun || request.confirm !== null;
    let manifests = '';
    try {
      // Helm renders nothing for a release that is locked; its chart and values were rendered once already.
      if (isShown && !isPending(survey))
        manifests = await world.helm.dryRun(run, survey.release.revisions.length > 0, signal);
      else if (!isShown) await world.helm.render(run, signal);
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
  const startedAt = new Date(world.now()).toISOString();
  const record = {
    kind: request.operation,
    startedAt,
    wanted: {parameters, chart: {source: request.chart.source, version: request.chart.version}},
  };
  const holder = await world.takeLease(record);
  if (holder) return refused({...base, warnings, cause: lockedBy(holder, target)});
  // Nothing depends on such a Secret yet: the checks refused where a volume or a release does.
  if (survey.secret?.passwordMatches === false) await world.writePasswords(wanted.passwords());
  await forgetIdentifier(world, survey);

  yield {type: 'plan', steps: installSteps.map(({name}) => name)};
  const ending = yield* converge(installSteps, wanted, world, {
    deadline: world.now() + request.timeoutMs,
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
