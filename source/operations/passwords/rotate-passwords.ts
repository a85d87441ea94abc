// New passwords of a release, while it serves: looks, tells for whom they change, takes the Lease, and converges.
import {cause, type Cause} from '../../core/cause.ts';
import {releaseRef, type PasswordRole} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {objectNames} from '../../chart/names.ts';
import {secretKeysOf} from '../../chart/secret-keys.ts';
import {fromValues} from '../../chart/values.ts';
import {findCauses} from '../../observation/causes/index.ts';
import {secretMalformed} from '../../observation/causes/secret-malformed.ts';
import {leftByOperation} from '../../observation/checks/existing-release.ts';
import {object} from '../../observation/checks/messages.ts';
import {clusterTime} from '../../observation/cluster-time.ts';
import {exportersIn, hasMetricsPassword} from '../../observation/metrics-role.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import {passwordsOf, rotationPauses} from '../../observation/rotation.ts';
import type {OperationRecord, PasswordOf, Snapshot} from '../../observation/snapshot.ts';
import {tracksOf} from '../../observation/tracks.ts';
import {findWarnings} from '../../observation/warnings.ts';
import {generatePassword} from '../../parameters/password.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {exportersStay, metricsOn, rotationConsequences} from '../../plan/rotation.ts';
import {changedSince, changedSinceAsked} from '../changed-meanwhile.ts';
import {converge} from '../converge.ts';
import {permissionRefusal} from '../permission-refusal.ts';
import {endAtPlan, type PlannedRequest} from '../planned-request.ts';
import type {Ports} from '../ports/index.ts';
import type {ChangingPasswords, ChartSecret, StoredRotation} from '../ports/secret.ts';
import type {Plan, Progress, Result} from '../../plan/progress.ts';
import {causeIn, endOf, outcomeOf, refused, type Beginning} from '../result.ts';
import {loginsOf, rotationSteps, type DesiredRotation} from '../steps/rotation-steps.ts';
import {refuseInTerminatingNamespace} from '../storage-guard.ts';
import {notTaken, takeLease} from '../take-lease.ts';
import {whenFree} from '../when-free.ts';

export interface RotationRequest extends PlannedRequest {
  /** The operation's name in the result. */
  readonly operation: 'rotate-password' | 'recover';
  /** Null: those of the rotation that was begun. */
  readonly role: PasswordRole | null;
  /** The new password of app or admin; null: it is generated. */
  readonly password: string | null;
  /** Returns so many bytes of a cryptographic source. */
  readonly random: (count: number) => Uint8Array;
  /** The release as it was found just now; it is there. */
  readonly before: Snapshot;
}

/** What is known before the Lease is taken. */
interface Prepared {
  readonly parameters: Parameters;
  readonly roles: readonly PasswordOf[];
  readonly stored: StoredRotation;
  /** The chart's Secret, where it has one of these passwords. */
  readonly chartSecret: ChartSecret | null;
  /** When the rotation was begun that this run goes on with, ISO 8601; null: it begins a new one. */
  readonly startedAt: string | null;
  /** There is nothing to change, for this reason. */
  readonly nothingToDo: string | null;
  readonly plan: Plan;
}

interface Run {
  readonly request: RotationRequest;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly base: Beginning;
}

/** Throws only what is a bug. */
export async function* rotatePasswords(
  request: RotationRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  return yield* whenFree(request, ports, signal, (free, base) => planAndRun({request: free, ports, signal, base}));
}

async function* planAndRun(run: Run): AsyncGenerator<Progress, Result> {
  const {request, ports, base} = run;
  const prepared = await prepare(request, ports).catch(causeIn);
  if ('code' in prepared) return refused({...base, cause: prepared});
  const {plan, nothingToDo} = prepared;
  const confirm = nothingToDo === null ? request.confirm : null;
  const ended = await endAtPlan({...request, confirm}, plan, base, () => changedSinceAsked(request.before, ports));
  return ended ?? (yield* runRotation(run, prepared));
}

/** @returns the cause that forbids it, else all that is known */
async function prepare(request: RotationRequest, ports: Ports): Promise<Prepared | Cause> {
  const {before, password, command} = request;
  const parameters = fromValues(before.release.values);
  if (!parameters) throw new Error(`${before.target.release} is ours and cannot be read back`);
  const forbidden = refusalOf(before) ?? (await permissionRefusal(ports, {command: 'rotate-password', extras: []}));
  if (forbidden) return forbidden;
  const stored = await ports.rotation();
  if (!stored) return cause('SECRET_MALFORMED', `The Secret of ${before.target.release} is gone. Nothing was changed.`);
  const startedAt = startedIn(before, stored);
  const {username} = parameters;
  const roles = rolesOf(request, parameters, stored, startedAt);
  if ('code' in roles) return roles;
  const refusal =
    (await adminRefusal(ports, stored)) ??
    (startedAt === null ? (changesElsewhere(before) ?? unfit(before, roles)) : null);
  if (refusal) return refusal;
  const {desiredReaders} = viewOf(before);
  const chartSecret = await chartSecretOf(ports, roles);
  const consequences = rotationConsequences({
    target: before.target,
    username,
    roles,
    startedAt,
    readers: desiredReaders,
    isGiven: password !== null,
    exportersStay: exportersThatStay(request, roles),
    workloads: await ports.secretReaders(),
    chartSecret: chartSecret && {...chartSecret, workloads: await ports.secretReaders(chartSecret.name)},
  });
  const steps = rotationSteps(before, roles, chartSecret).map(({name}) => ({name, command: null}));
  const nothingToDo = startedAt === null ? await whyNothing(request, ports, {stored, roles, username}) : null;
  const plan = {consequences, steps, values: {}, manifests: '', command};
  return {parameters, roles, stored, chartSecret, startedAt, nothingToDo, plan};
}

/** @returns the cause that forbids it, else whose passwords change */
function rolesOf(
  request: RotationRequest,
  parameters: Parameters,
  stored: StoredRotation,
  startedAt: string | null,
): readonly PasswordOf[] | Cause {
  if (startedAt === null) return metricsRefusal(request, parameters) ?? rolesAsked(request, parameters);
  const roles = rolesStarted(request.before, stored);
  return otherThanBegun(request, stored, {roles, parameters}) ?? roles;
}

async function chartSecretOf(ports: Ports, changing: readonly PasswordOf[]): Promise<ChartSecret | null> {
  const found = await ports.chartSecret();
  return found?.roles.some((role) => changing.includes(role)) ? found : null;
}

function exportersThatStay({role, before}: RotationRequest, roles: readonly PasswordOf[]): readonly string[] {
  return role === 'all' && !roles.includes('metrics') ? exportersIn(before).stay : [];
}

/** What has to be ended or put right first. */
function refusalOf(before: Snapshot): Cause | null {
  const {operation, target} = before;
  const {newest} = viewOf(before);
  const malformed = secretMalformed(before);
  if (malformed) return malformed.cause;
  const left = operation?.kind === 'rotate-password' ? null : leftByOperation(operation, newest ?? undefined, {target});
  if (left?.severity === 'refuse') return left.cause;
  if (operation?.kind === 'install' || operation?.kind === 'recover') return installFirst(before, operation);
  return refuseInTerminatingNamespace(before)[0] ?? null;
}

function changesElsewhere({target, secret: found}: Snapshot): Cause | null {
  const {secret} = objectNames(target);
  const held = found?.heldBy ?? null;
  if (held === null) return null;
  return cause(
    'NOT_OURS',
    `The passwords of ${target.release} are in the Secret ${secret}, and ${held}: what is written into it here would ` +
      'not last. Nothing was changed.',
    {
      object: object('Secret', target, secret),
      remedies: [
        {title: 'Change it where it is made, and in the database with psql (ALTER ROLE), one right after the other'},
      ],
    },
  );
}

function installFirst({target}: Snapshot, {startedAt}: OperationRecord): Cause {
  return cause('RELEASE_LOCKED', `The install of ${target.release} was not finished. Nothing was changed.`, {
    object: object('Release', target, target.release),
    firstSeen: startedAt,
    remedies: [propose('Finish it', {kind: 'recover', ...releaseRef(target)})],
  });
}

/** The cause where the database does not serve as it should: nobody would know which password it takes. */
function unfit(before: Snapshot, roles: readonly PasswordOf[]): Cause | null {
  const {target} = before;
  const {writerPod, streaming, desiredReaders} = viewOf(before);
  const [found] = findCauses(before);
  const evidence = found ? [found.cause.message] : [];
  const remedies = [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})];
  if (!isReady(writerPod))
    return cause('ENDPOINT_UNPROVEN', `The writer of ${target.release} does not serve. Nothing was changed.`, {
      object: object('Pod', target, `${objectNames(target).writer}-0`),
      evidence,
      remedies,
    });
  if (!roles.includes('replication') || streaming >= desiredReaders || found?.cause.code === 'PASSWORD_MISMATCH')
    return null;
  return cause(
    'ENDPOINT_UNPROVEN',
    `${streaming} of ${desiredReaders} readers of ${target.release} stream. Their password changes when all of them ` +
      'do. Nothing was changed.',
    {object: object('StatefulSet', target, objectNames(target).reader), evidence, remedies},
  );
}

/** When the unfinished rotation was begun; null where there is none. */
function startedIn({operation}: Snapshot, {id, next, previous}: StoredRotation): string | null {
  const isWritten = Object.keys({...next, ...previous}).length > 0;
  const isOfLease = operation?.kind === 'rotate-password' && operation.startedAt === id;
  return isWritten || isOfLease ? (id ?? operation?.startedAt ?? new Date(0).toISOString()) : null;
}

function rolesStarted({operation}: Snapshot, {next, previous}: StoredRotation): readonly PasswordOf[] {
  const written = {...next, ...previous};
  const isOf = (role: PasswordOf) => written[role] !== undefined || operation?.rotates?.roles.includes(role) === true;
  return passwordsOf.filter(isOf);
}

function rolesAsked({role, before}: RotationRequest, {username, metrics}: Parameters): readonly PasswordOf[] {
  if (role === null) return before.operation?.rotates?.roles ?? [];
  // Where the user is the administrator, both keys have its password.
  const ofUser: readonly PasswordOf[] = username === 'postgres' ? ['user', 'admin'] : ['user'];
  const ofAdmin: readonly PasswordOf[] = username === 'postgres' ? ['user', 'admin'] : ['admin'];
  const asked = {app: ofUser, admin: ofAdmin, replication: ['replication'], metrics: ['metrics'], all: passwordsOf}[
    role
  ];
  const hasExporters = metrics !== 'off' && hasMetricsPassword(before) && exportersIn(before).stay.length === 0;
  return passwordsOf.filter((one) => asked.includes(one) && (one !== 'metrics' || hasExporters));
}

/** Why the password of the exporters alone cannot change; null: it can, or was not asked for alone. */
function metricsRefusal({role, before}: RotationRequest, {metrics}: Parameters): Cause | null {
  if (role !== 'metrics') return null;
  const {target} = before;
  const on = propose('Turn metrics on', metricsOn(target));
  if (metrics === 'off' || !hasMetricsPassword(before))
    return cause(
      'BAD_INPUT',
      `${target.release} has no metrics, so there is no password of theirs. Nothing was changed.`,
      {
        object: object('Release', target, target.release),
        remedies: [on],
      },
    );
  const {stay} = exportersIn(before);
  if (stay.length === 0) return null;
  return cause('BAD_INPUT', `${exportersStay(stay)} Nothing was changed.`, {
    object: object('Release', target, target.release),
    remedies: [
      {...on, title: 'Have them read it from a file, which takes one restart, then run the same command again'},
    ],
  });
}

/** The cause where something else was asked for than was begun, because that has to be finished as it was begun. */
function otherThanBegun(
  request: RotationRequest,
  {current, next}: StoredRotation,
  {roles, parameters}: {readonly roles: readonly PasswordOf[]; readonly parameters: Parameters},
): Cause | null {
  if (request.role === null) return null;
  const asked = rolesAsked(request, parameters);
  const isSame = asked.length === roles.length && asked.every((role) => roles.includes(role));
  const given = request.password;
  const isOther = given !== null && asked.some((role) => (next[role] ?? current[role]) !== given);
  if (isSame && !isOther) return null;
  const pauses = rotationPauses(request.before);
  const what = isSame ? 'with another password' : 'of other passwords than these';
  return {...pauses, message: `${pauses.message} It was ${what}, so it has to be finished first. Nothing was changed.`};
}

/** The cause where the administrator's password is not proven, without which nothing can be changed. */
async function adminRefusal(ports: Ports, {current, next}: StoredRotation): Promise<Cause | null> {
  const {target} = ports;
  const {secret} = objectNames(target);
  let last = {is: 'unknown', text: ''};
  for (const password of [current.admin, next.admin].filter((one) => one !== undefined)) {
    last = await ports.tryLogin({username: 'postgres', password});
    if (last.is === 'right') return null;
  }
  const isWrong = last.is === 'wrong';
  return cause(
    isWrong ? 'PASSWORD_MISMATCH' : 'ENDPOINT_UNPROVEN',
    isWrong
      ? `The database refuses the password of postgres that the Secret ${secret} has (key ` +
          `${secretKeysOf(target).admin}), and without it no password can be changed. Nothing was changed.`
      : `Whether the database takes the password of postgres could not be found out. Nothing was changed.`,
    {
      object: object('Secret', target, secret),
      evidence: last.text === '' ? [] : [last.text],
      remedies: isWrong
        ? [propose('Restore what the pods still have of it', {kind: 'recover', ...releaseRef(target)})]
        : [{title: 'Run the same command again', again: true}],
    },
  );
}

/** Null: there is something to change. */
async function whyNothing(
  {role, password, before}: RotationRequest,
  ports: Ports,
  {
    stored,
    roles,
    username,
  }: {readonly stored: StoredRotation; readonly roles: readonly PasswordOf[]; readonly username: string},
): Promise<string | null> {
  if (role === null) {
    const {isGiven = true} = before.operation?.rotates ?? {};
    return isGiven
      ? 'The rotation had changed nothing yet, and its new password was given from outside: run rotate-password ' +
          'again with it.'
      : null;
  }
  if (password === null || roles.some((one) => stored.current[one] !== password)) return null;
  for (const login of loginsOf(username, Object.fromEntries(roles.map((one) => [one, password]))))
    if ((await ports.tryLogin(login)).is !== 'right') return null;
  return 'The password that was given is the one that the database and the Secret have already.';
}

async function* runRotation(run: Run, prepared: Prepared): AsyncGenerator<Progress, Result> {
  const {request, ports, signal, base} = run;
  const {roles, stored, startedAt, nothingToDo} = prepared;
  const id = startedAt ?? new Date(clusterTime(ports.now(), request.before)).toISOString();
  const limits = {deadline: ports.now() + request.timeoutMs, signal};
  // A rotation that had changed nothing has left its Lease behind, which is taken and ended below.
  if (nothingToDo !== null && request.before.operation === null)
    return endOf({...base, outcome: 'unchanged', notes: [nothingToDo], parameters: prepared.parameters});
  const rotates = {roles, isGiven: request.password !== null};
  const record = {kind: 'rotate-password', startedAt: id, wanted: null, rotates} as const;
  const held = yield* takeLease(record, ports, {...limits, over: request.before.operation});
  if (held) return notTaken(base, held);
  if (nothingToDo !== null) {
    await ports.endLease().catch(() => undefined);
    return endOf({...base, outcome: 'unchanged', notes: [nothingToDo], parameters: prepared.parameters});
  }
  const changed = await whyChanged(run, stored);
  if (changed) {
    await (startedAt === null ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
    return refused({...base, cause: changed});
  }
  return yield* converged(run, prepared, id, limits.deadline);
}

async function* converged(
  {request, ports, signal, base}: Run,
  {parameters, roles, chartSecret, startedAt}: Prepared,
  id: string,
  deadline: number,
): AsyncGenerator<Progress, Result> {
  const {before} = request;
  const desired: DesiredRotation = {
    id,
    roles,
    username: parameters.username,
    readReplicaCount: viewOf(before).desiredReaders,
    next: startedAt === null ? newPasswords(request, roles, parameters) : {},
    followed: new Set(),
    restarted: new Set(),
  };
  const steps = rotationSteps(before, roles, chartSecret);
  yield {type: 'plan', steps: steps.map(({name}) => name)};
  const ending = yield* converge(steps, desired, ports, {
    deadline,
    signal,
    judge: true,
    tracks: tracksOf,
    holdsLease: true,
    // For a moment clients are told a password that the server no longer takes.
    ignoresCause: ({code}) => code === 'PASSWORD_MISMATCH',
  });
  const isTouched = startedAt !== null || ending.snapshot?.secret?.rotation === id || ending.how === 'cancelled';
  const endsLease = ending.how === 'done' || !isTouched;
  await (endsLease ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
  const notes =
    startedAt === null ? ending.notes : ['The rotation that was begun earlier was finished.', ...ending.notes];
  return endOf({
    ...base,
    ending,
    outcome: outcomeOf(ending),
    parameters,
    notes: ending.how === 'done' ? notes : ending.notes,
    warnings: ending.snapshot ? findWarnings(ending.snapshot, parameters) : [],
  });
}

/** One new password for each user of the database. */
function newPasswords(
  {password, random}: RotationRequest,
  roles: readonly PasswordOf[],
  {username}: Parameters,
): ChangingPasswords {
  const client = password ?? generatePassword(random);
  const made: Required<ChangingPasswords> = {
    user: client,
    admin: username === 'postgres' ? client : (password ?? generatePassword(random)),
    replication: generatePassword(random),
    metrics: generatePassword(random),
  };
  return Object.fromEntries(roles.map((role) => [role, made[role]]));
}

function isSameRotation(a: StoredRotation, b: StoredRotation): boolean {
  const seen = ({id, current, next, previous}: StoredRotation) => JSON.stringify([id, current, next, previous]);
  return seen(a) === seen(b);
}

/** What others changed after the plan was made. Null: the release and its Secret are as they were. */
async function whyChanged({request, ports}: Run, stored: StoredRotation): Promise<Cause | null> {
  const now = await ports.rotation().catch(() => null);
  if (now === null || !isSameRotation(now, stored)) return secretChanged(ports);
  return changedSince(request.before, ports).catch(causeIn);
}

function secretChanged({target}: Ports): Cause {
  const {secret} = objectNames(target);
  return cause('RELEASE_LOCKED', `Somebody changed the Secret ${secret} meanwhile. Nothing was changed.`, {
    object: object('Secret', target, secret),
    remedies: [{title: 'Run the same command again: it starts from what is there now', again: true}],
  });
}
