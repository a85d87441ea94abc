// recover: goes on with what was interrupted, from what the release or the operation's Lease says was wanted.
import {operationNoun} from '../../commands/operation-words.ts';
import {randomBytes} from 'node:crypto';
import {fromValues} from '../../chart/values.ts';
import {cause, UserError, type Cause} from '../../core/cause.ts';
import {adoptAsIs, asItIs, releaseRef} from '../../commands/operation.ts';
import {propose, renderForScript, template} from '../../commands/command-line.ts';
import {toTheSecond} from '../../core/time.ts';
import {requiredByReaders} from '../../observation/causes/reader-below-writer.ts';
import {rotationIn} from '../../observation/rotation.ts';
import {
  isChange,
  type ChangeKind,
  type OperationRecord,
  type Snapshot,
  type Target,
} from '../../observation/snapshot.ts';
import {change} from '../../operations/change/change.ts';
import {countLostLater} from '../../operations/role/count-lost-later.ts';
import {failover} from '../../operations/role/failover.ts';
import {install} from '../../operations/install.ts';
import {heldIn, ownershipRefusal} from '../../operations/ownership.ts';
import type {LookOptions} from '../../operations/ports/observation.ts';
import type {Progress, Result} from '../../plan/progress.ts';
import {restoreSecretFirst, type SecretRestoreRequest} from '../../operations/passwords/restore-secret.ts';
import {rotatePasswords} from '../../operations/passwords/rotate-passwords.ts';
import {changeEnded, switchover} from '../../operations/role/switchover.ts';
import {uninstall} from '../../operations/uninstall.ts';
import {watchRelease} from '../../operations/watch.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {completedThere} from '../../plan/steering.ts';
import {answersFrom} from '../../parameters/resolve.ts';
import {adoptRequest} from './adopt-request.ts';
import {accessOf, defaultChart} from '../cluster-flags.ts';
import {notFound} from '../questions/existing-release.ts';
import {findChart, installRequest} from './install-request.ts';
import {moveRoleOf} from './switchover-request.ts';
import {chartGiven, timeoutOf, type ReleaseSession, type Settings} from '../settings.ts';

export interface RecoverOptions {
  /** Asks before it restores or goes on; null: nobody is asked. `facts`: what was begun, as one line. */
  readonly ask: ((question: string, facts: string | null) => Promise<boolean>) | null;
  /** Only plans: shows what it would go on with, asks nothing and changes nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** What was begun, as its Lease says. */
  readonly begun: OperationRecord['kind'] | null;
  /** The session with which an adoption goes on, where helm may have no record yet. */
  readonly adopted: () => Promise<ReleaseSession>;
}

/** What was interrupted, and what is needed to go on with it. */
interface Interrupted extends RecoverOptions {
  readonly settings: Settings;
  readonly session: ReleaseSession;
  readonly before: Snapshot;
  readonly timeoutMs: number;
  /** The equivalent command, for the plan. */
  readonly command: string;
}

/** What goes on once the database's Secret is complete again. */
type Rest = SecretRestoreRequest['rest'];

interface UnfinishedChange {
  readonly kind: ChangeKind;
  readonly desired: NonNullable<OperationRecord['wanted']>;
}

/** @throws UserError RELEASE_NOT_FOUND, NOT_OURS, FORBIDDEN, and as the chart is found */
export async function* recover(
  settings: Settings,
  session: ReleaseSession,
  {ask, dryRun, signal, begun, adopted}: RecoverOptions,
): AsyncGenerator<Progress, Result> {
  const timeoutMs = timeoutOf(settings.options);
  const {target, ports} = session;
  const before = await ports.look(lookFor(begun));
  if (before.operation?.detaches !== undefined) throw new UserError(detachFirst(target, before.operation.detaches));
  if (before.operation?.kind === 'adopt')
    return yield* goOnAdopting(
      {settings, session, ask, dryRun, signal, begun, adopted, before, timeoutMs, command: ''},
      before.operation,
    );
  const foreign = await ownershipRefusal(heldIn(before), (revision) => ports.record(revision), chartGiven(settings));
  if (foreign) throw new UserError(foreign);
  const isOthers = completedThere(before);
  if (isOthers) throw new UserError(isOthers);
  if (!dryRun) yield* countLostLater(ports, before);
  const command = renderForScript({kind: 'recover', ...target}, accessOf(settings));
  const rest = restOf({settings, session, ask, dryRun, signal, begun, adopted, before, timeoutMs, command});
  return yield* restoreSecretFirst(
    {
      before,
      confirm: async (sentence) => ask === null || ask(`${sentence} Restore it?`, null),
      rest,
      planned: dryRun ? {command} : null,
      limits: {deadline: ports.now() + timeoutMs, signal},
    },
    ports,
  );
}

/** Nobody can write until a failover has ended, so what a lost writer's node would have to answer is not waited for. */
function lookFor(begun: OperationRecord['kind'] | null): LookOptions {
  return begun === 'failover' ? {mayLackWriter: true} : {};
}

/**
 * Goes on with what was begun: a removal, a rotation of passwords, a change, or else an install.
 * @throws UserError RELEASE_NOT_FOUND, and NOT_OURS where nobody knows what is wanted
 */
function restOf(found: Interrupted): Rest {
  const {before, session} = found;
  const {operation, release} = before;
  if (operation?.kind === 'uninstall') return goOnRemoving(found, operation);
  const isThere = release.revisions.length > 0;
  if (!isThere && !operation) throw notFound(session.target);
  const parameters = desiredParameters(before);
  const rest = isThere ? restOfRelease(found, parameters) : null;
  if (rest) return rest;
  if (!parameters) throw unknownParameters(session.target);
  return goOnInstalling(found, parameters);
}

/** How to go on with a release that exists; null: its install goes on. */
function restOfRelease(found: Interrupted, parameters: Parameters | null): Rest | null {
  const {before} = found;
  if (before.operation?.kind === 'switchover') return goOnSwitching(found);
  if (before.operation?.kind === 'failover') return goOnFailingOver(found);
  if (isRotating(before)) return goOnRotating(found);
  const begun = unfinishedChange(before, parameters);
  return begun && goOnChanging(found, begun);
}

/** A database is taken out of an application by a command for the application. */
function detachFirst(target: Target, parent: string): Cause {
  return cause(
    'RELEASE_LOCKED',
    `${target.release} is being taken out of ${parent}, and that was not finished. Nothing was changed.`,
    {
      object: {kind: 'Release', namespace: target.namespace, name: target.release},
      remedies: [propose('Go on with it', {...adoptAsIs(releaseRef({...target, release: parent})), detach: true})],
    },
  );
}

/** Goes on with an adoption, which has a session of its own: until helm has applied it, the release is not ours. */
async function* goOnAdopting(
  found: Interrupted,
  {wanted: desired, adopts}: OperationRecord,
): AsyncGenerator<Progress, Result> {
  const {settings, ask, dryRun, signal} = found;
  const session = await found.adopted();
  const {release, namespace} = session.target;
  const question = `Go on with the adoption of ${release} in ${namespace}?`;
  // Where nothing says what was asked for, nothing restarts unasked.
  const asked = {...asItIs, restartsLater: desired === null || desired.restartsLater === true, ...adopts};
  const request = await adoptRequest(settings, session, asked, {
    operation: 'recover',
    dryRun,
    confirm: ask === null ? null : () => confirmContinue(found, question),
  });
  return yield* change(request, session.ports, signal);
}

/** Where a dump was asked for first, nothing is removed without it. */
function goOnRemoving(found: Interrupted, operation: OperationRecord): Rest {
  const {session, dryRun, signal, timeoutMs, command} = found;
  const {dumpTo = null, isDumping = false} = operation;
  const untouched = isDumping ? 'Nothing is removed yet. ' : '';
  const dumped = dumpTo === null ? '' : `, and it is dumped to ${dumpTo} first`;
  const question = `${untouched}Go on with removing ${session.target.release}? Its data stays${dumped}.`;
  const confirm = () => confirmContinue(found, question);
  return async () => uninstall({deleteData: false, dumpTo, dryRun, timeoutMs, command, confirm}, session.ports, signal);
}

/**
 * Whether the rotation of passwords goes on next. New passwords that the database may already accept come before
 * everything else; old ones that it may still accept wait for an operation that was begun since.
 */
function isRotating(before: Snapshot): boolean {
  const {next, previous} = rotationIn(before);
  if (next.length > 0 || before.operation?.kind === 'rotate-password') return true;
  return before.operation === null && previous.length > 0;
}

function goOnRotating(found: Interrupted): Rest {
  const {session, dryRun, signal, timeoutMs, command} = found;
  const {release, namespace} = session.target;
  return async () =>
    rotatePasswords(
      {
        operation: 'recover',
        role: null,
        password: null,
        dryRun,
        timeoutMs,
        command,
        random: (count) => randomBytes(count),
        before: await session.ports.look(),
        confirm: () => confirmContinue(found, `Go on with the rotation of passwords of ${release} in ${namespace}?`),
      },
      session.ports,
      signal,
    );
}

function goOnSwitching(found: Interrupted): Rest {
  const {session, dryRun, signal, timeoutMs, command} = found;
  const {release, namespace} = session.target;
  const desired = changeEnded(found);
  return async (isRestored) => {
    const before = await session.ports.look();
    // The reader that was chosen, or asked for. Where a change ends in it, any reader will do that has what is wanted.
    const chosen = before.operation?.switchover?.pod.name ?? null;
    const to = chosen === null ? '' : ` to ${chosen}`;
    const question = `Go on with the switchover of ${release} in ${namespace}${to}?`;
    const confirm = found.ask === null ? null : () => confirmContinue(found, question);
    const asked = {
      operation: 'recover',
      to: desired ? null : chosen,
      dryRun,
      timeoutMs,
      command,
      before,
      confirm,
    } as const;
    const moved = switchover(asked, session.ports, signal);
    return desired ? thenChanging(moved, goOnChanging(found, {kind: 'resize', desired}), isRestored) : moved;
  };
}

/**
 * Where the role went back to the earlier writer, the change that was to end in this switchover is carried out again.
 */
async function* thenChanging(
  move: AsyncGenerator<Progress, Result>,
  rest: Rest,
  isRestored: boolean,
): AsyncGenerator<Progress, Result> {
  const moved = yield* move;
  if (moved.outcome !== 'succeeded' || moved.switchover) return moved;
  return yield* await rest(isRestored);
}

/** Whoever began the failover has already said what had to be said about the node. */
function goOnFailingOver(found: Interrupted): Rest {
  const {session, dryRun, signal, timeoutMs, command} = found;
  const {release, namespace} = session.target;
  const question = `Go on with the failover of ${release} in ${namespace}?`;
  return async () =>
    failover(
      {
        operation: 'recover',
        to: null,
        nodeIsOff: false,
        dryRun,
        timeoutMs,
        command,
        before: await session.ports.look(lookFor('failover')),
        confirm: found.ask === null ? null : () => confirmContinue(found, question),
      },
      session.ports,
      signal,
    );
}

/**
 * Carries the change out again with what its Lease says was desired; steps that are done are skipped. A revision that
 * helm left pending is rolled back first, by the step `release` (operations/steps/install-steps.ts, leave-pending.ts).
 */
function goOnChanging(found: Interrupted, {kind, desired}: UnfinishedChange): Rest {
  const {settings, session, ask, before, dryRun, signal, timeoutMs, command} = found;
  const {target, ports, helmProgram} = session;
  const question = `Go on with the ${operationNoun(kind)} of ${target.release} in ${target.namespace}?`;
  return async () =>
    change(
      {
        operation: 'recover',
        kind,
        parameters: desired.parameters,
        ...(desired.description === undefined ? {} : {description: desired.description}),
        ...(desired.rollbackTo === undefined ? {} : {rollbackTo: desired.rollbackTo}),
        chart: await findChart(settings, helmProgram, desired.chart),
        // Data is deleted only where somebody names it again.
        deleteVolumes: false,
        dryRun,
        timeoutMs,
        command,
        ...(desired.movesRole ? {moveRole: moveRoleOf(settings, session, signal)} : {}),
        // The files of the change were written before anything else began.
        ...(before.steering ? {patch: {folder: null, write: async () => []}} : {}),
        before: null,
        confirm: ask === null ? null : () => confirmContinue(found, question),
      },
      ports,
      signal,
    );
}

function goOnInstalling(found: Interrupted, parameters: Parameters): Rest {
  const {settings, session, before, dryRun, signal, timeoutMs, command} = found;
  const {target, ports, helmProgram} = session;
  const newest = before.release.revisions.at(-1);
  const question = `Go on with ${target.release} in ${target.namespace}?`;
  return async (isRestored) => {
    // Only the Secret was missing: what is left is to prove the release, which takes no chart.
    if (isRestored && newest?.status === 'deployed' && !before.operation)
      return watchRelease(ports, ports.now() + timeoutMs, signal);
    return install(
      {
        ...installRequest({
          settings,
          target,
          password: null,
          dryRun,
          answers: newest ? {} : answersFrom(parameters),
          chart: await findChart(settings, helmProgram, chartBegunWith(before)),
        }),
        operation: 'recover',
        requireEncryption: false,
        confirm: () => confirmContinue(found, question),
        commandFor: () => command,
      },
      ports,
      signal,
    );
  };
}

/** Asks whether to go on; where nobody is to be asked, it goes on. */
async function confirmContinue({ask, before}: Interrupted, question: string): Promise<boolean> {
  return ask === null || ask(question, factsOf(before));
}

/** The desired parameters; null: neither a release nor an operation says what they are. */
function desiredParameters(snapshot: Snapshot): Parameters | null {
  return fromValues(snapshot.release.values) ?? snapshot.operation?.wanted?.parameters ?? null;
}

/** The chart with which the operation began, in the version that the release has; empty where nothing says so. */
function chartBegunWith({operation, release}: Snapshot): {readonly source?: string; readonly version?: string} {
  const desired = operation?.wanted?.chart;
  const version = release.revisions.at(-1)?.chartVersion || desired?.version;
  return {...(desired ? {source: desired.source} : {}), ...(version ? {version} : {})};
}

/** The change that was begun on a release that exists. Null: an install goes on from there. */
function unfinishedChange(snapshot: Snapshot, parameters: Parameters | null): UnfinishedChange | null {
  const {operation} = snapshot;
  if (!operation || !isChange(operation.kind)) return changeOfReaders(snapshot, parameters);
  return operation.wanted && {kind: operation.kind, desired: operation.wanted};
}

/**
 * Where no Lease says what was begun, readers that cannot start with less than their writer had are brought up by a
 * change to what the release already has. Null: there are no such readers.
 */
function changeOfReaders(snapshot: Snapshot, parameters: Parameters | null): UnfinishedChange | null {
  const newest = snapshot.release.revisions.at(-1);
  if (newest?.status !== 'deployed' || !parameters || Object.keys(requiredByReaders(snapshot)).length === 0)
    return null;
  return {kind: 'set', desired: {parameters, chart: {source: defaultChart.source, version: newest.chartVersion}}};
}

function unknownParameters(target: Target): UserError {
  return new UserError(
    cause('NOT_OURS', `What is wanted of ${target.release} is not known: no release says so, and no operation.`, {
      remedies: [
        {
          title: 'Install it, with the parameters that are wanted',
          command: template('install', releaseRef(target), ''),
        },
      ],
    }),
  );
}

/** What is seen of the interrupted operation, as one sentence. */
function factsOf({operation, release}: Snapshot): string {
  const newest = release.revisions.at(-1);
  const by = operation
    ? `begun by ${operation.holder.split('/')[0] || 'somebody'} at ${toTheSecond(operation.startedAt)}`
    : 'begun by another helm';
  if (!newest) return `An operation was ${by}.`;
  const since = newest.updatedAt === null ? 'unknown' : toTheSecond(newest.updatedAt);
  return `Revision ${newest.revision} is ${newest.status} since ${since}, ${by}.`;
}
