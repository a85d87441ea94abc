// Carries out an operation that is given as data: makes the request for its kind, and runs it.
import {objectNames} from '../../chart/names.ts';
import {readLease} from '../../cluster/lease.ts';
import {ifAllowed} from '../../cluster/readable.ts';
import {readTarget} from '../../cluster/target.ts';
import {renderForScript} from '../../commands/command-line.ts';
import {adoptAsIs, releaseRef, type Operation, type OperationOf} from '../../commands/operation.ts';
import {backup} from '../../operations/backups/backup.ts';
import {change, type ChangeRequest} from '../../operations/change/change.ts';
import {detach} from '../../operations/adoption/detach.ts';
import {failover} from '../../operations/role/failover.ts';
import {assertNotReadOnly} from '../../core/read-only.ts';
import {install} from '../../operations/install.ts';
import type {OperationRecord} from '../../observation/snapshot.ts';
import type {Plan, Progress, Result} from '../../plan/progress.ts';
import {refused} from '../../operations/result.ts';
import {renewChart} from '../../operations/adoption/renew-chart.ts';
import {restoreBackup} from '../../operations/backups/restore-backup.ts';
import {rotatePasswords} from '../../operations/passwords/rotate-passwords.ts';
import {switchover} from '../../operations/role/switchover.ts';
import {uninstall} from '../../operations/uninstall.ts';
import type {AnswersFile} from '../../parameters/answers-file.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {adoptRequest, type AskMemory} from './adopt-request.ts';
import {translateApiError} from '../adapters/api-errors.ts';
import {createAdapters} from '../adapters/index.ts';
import {appliedSession} from '../applied-session.ts';
import {backupRequest, assertValidBackupRequest} from './backup-request.ts';
import {changeRequest} from './change-request.ts';
import {detachRequest} from './detach-request.ts';
import {dumpPath} from '../dump-path.ts';
import {accessOf} from '../cluster-flags.ts';
import {changed, resized, restarted, scaled, upgraded, type Edit} from './edits.ts';
import {orCause} from '../errors.ts';
import {failoverRequest} from './failover-request.ts';
import {helmOnce} from '../helm-once.ts';
import {findChart, installRequest} from './install-request.ts';
import {changedSincePlanned, withMadeFrom} from './planned.ts';
import {recover, type RecoverOptions} from './recover.ts';
import {renewRequest} from './renew-request.ts';
import {rolledBack} from './rollback-edit.ts';
import {rotationRequest} from './rotation-request.ts';
import type {Session} from '../session.ts';
import {timeoutOf, type Settings} from '../settings.ts';
import {moveRoleOf, switchoverRequest} from './switchover-request.ts';

export interface BeginOptions {
  /** Only plans: nothing is changed. */
  readonly dryRun: boolean;
  /** The new password, for an install or for the rotation of one role's password; null: generated. */
  readonly password: string | null;
  readonly signal: AbortSignal;
  /**
   * Called with the plan, where there is one to confirm; absent: the caller has already seen the plan. Null:
   * nobody reads one, so what only a plan needs is not found out (which saves half a second when adding a reader).
   */
  readonly confirm?: ((plan: Plan) => Promise<boolean>) | null;
  /** For a recover: asks what it must know before it goes on; null or absent: nobody is asked. */
  readonly ask?: RecoverOptions['ask'];
  /** In a dry run: whether the plan is carried out later, as `planned`. */
  readonly startsLater?: boolean;
  /** The plan that was shown: where the release is another one by now, nothing is done. Absent: none was. */
  readonly planned?: Pick<Plan, 'madeFrom'> | null;
  /** When it was asked for, by now() of the ports; absent: now. */
  readonly askedAt?: number;
  /** For an adoption: asks for the limit of memory that the release does not have; null or absent: nobody is asked. */
  readonly askMemory?: AskMemory | null;
  /** An upgrade that names no version of the chart takes the one that is there. */
  readonly anyChartVersion?: boolean;
  /** For an install: the chart of the answers file, which settings take precedence over. */
  readonly chartOfFile?: AnswersFile['chart'];
  /** For an install: called with what the answers become, and with the chart, once no check refuses them. */
  readonly onResolved?: (parameters: Parameters, chart: {source: string; version: string}) => Promise<void>;
}

type Steps = AsyncGenerator<Progress, Result>;

/**
 * Used by the command line, the screens and other programs. `session` is for the operation's release.
 * @throws UserError as the operation does; anything else is a bug
 */
export async function* begin(operation: Operation, settings: Settings, session: Session, how: BeginOptions): Steps {
  if (!how.dryRun) assertNotReadOnly(settings.environment, operation.kind);
  const steps = begun(operation, settings, session, how);
  // A failover looks for itself: whoever asks for one waits for a writer.
  if (operation.kind === 'failover') return yield* steps;
  if (how.startsLater) return yield* withMadeFrom(session, operation, steps);
  const {target, ports} = session;
  const base = {operation: operation.kind, target, began: ports.now(), now: () => ports.now(), warnings: []};
  // An install goes on where the release is as it asks for by now, and refuses any other one with what differs.
  const isCompared = how.planned && operation.kind !== 'install';
  const changed = isCompared ? await changedSincePlanned(how.planned, session) : null;
  return changed ? refused({...base, cause: changed}) : yield* steps;
}

async function* begun(operation: Operation, settings: Settings, session: Session, how: BeginOptions): Steps {
  switch (operation.kind) {
    case 'install':
      return yield* installing(operation, settings, session, how);
    case 'uninstall':
      return yield* removing(operation, settings, session, how);
    case 'rotate-password':
      return yield* rotating(operation, settings, session, how);
    case 'switchover':
    case 'failover':
      return yield* movingTheRole(operation, settings, session, how);
    case 'backup':
      return yield* withBackup(operation, settings, session, how);
    case 'adopt':
      return yield* (operation.detach ? detaching : adopting)(operation, settings, session, how);
    case 'recover':
      return yield* recovering(settings, session, how);
    default:
      return yield* changing(operation, settings, session, how);
  }
}

async function* rotating(
  {role}: OperationOf<'rotate-password'>,
  settings: Settings,
  session: Session,
  {dryRun, password, confirm = null, signal}: BeginOptions,
): Steps {
  const request = await rotationRequest(settings, session, {role, password}, {dryRun, confirm});
  return yield* rotatePasswords(request, session.ports, signal);
}

async function* detaching(
  operation: OperationOf<'adopt'>,
  settings: Settings,
  session: Session,
  {dryRun, confirm = null, signal}: BeginOptions,
): Steps {
  const {request, ports} = await detachRequest(settings, session, operation, {dryRun, confirm});
  return yield* detach(request, ports, signal);
}

async function* recovering(settings: Settings, session: Session, how: BeginOptions): Steps {
  const {ask = null, dryRun, signal} = how;
  const {release, namespace} = session.target;
  const begun = await operationNow(session);
  const adoption = {...adoptAsIs(releaseRef(session.target)), ...begun?.adopts};
  if (begun?.adopts && (await renewRequest(settings, session, adoption, {...how, askMemory: null}))) {
    const question = `Go on with the adoption of ${release} in ${namespace}?`;
    const confirm = ask === null ? null : () => ask(question, null);
    return yield* adopting(adoption, settings, session, {...how, confirm});
  }
  return yield* recover(settings, session, {
    ask,
    dryRun,
    signal,
    begun: begun?.kind ?? null,
    adopted: () => appliedSession(settings, session),
  });
}

/** What the release's Lease records; null: nothing, or it may not be read. */
async function operationNow({connection: {api}, target}: Session): Promise<OperationRecord | null> {
  const read = readLease(api, target.namespace, objectNames(target).lease);
  return (await translateApiError(ifAllowed(read)))?.operation ?? null;
}

/** One of chart 10 is first brought to the chart of today: one plan and one question for both. */
async function* adopting(
  operation: OperationOf<'adopt'>,
  settings: Settings,
  session: Session,
  how: BeginOptions,
): Steps {
  const request = await renewRequest(settings, session, operation, how);
  if (request === null) return yield* changing(operation, settings, session, how);
  const renewed = yield* renewChart(request, session.ports, how.signal);
  if (renewed.outcome !== 'succeeded') return renewed;
  const target = await readTarget(session.connection.api, session.target);
  const ports = createAdapters(session.connection, helmOnce(settings).commands, target);
  return yield* changing(
    {...operation, ...request.asked},
    settings,
    {...session, target, ports},
    {...how, confirm: null},
  );
}

async function* changing(operation: Change, settings: Settings, seen: Session, how: BeginOptions): Steps {
  const session = operation.kind === 'adopt' ? await appliedSession(settings, seen) : seen;
  const request = await requestOf(operation, settings, session, how);
  return yield* change(request, session.ports, how.signal);
}

async function requestOf(
  operation: Change,
  settings: Settings,
  session: Session,
  how: BeginOptions,
): Promise<ChangeRequest> {
  const {dryRun, confirm = async () => true, askMemory = null} = how;
  if (operation.kind === 'adopt')
    return adoptRequest(settings, session, operation, {operation: 'adopt', dryRun, confirm, askMemory});
  const patchTo = 'patchTo' in operation ? (operation.patchTo ?? null) : null;
  const edit = await editOf(operation, session, how);
  const request = await changeRequest(settings, session, edit, {dryRun, confirm}, patchTo);
  const mayMove = operation.kind === 'resize' && operation.switchover !== 'never';
  return mayMove ? {...request, moveRole: moveRoleOf(settings, session, how.signal)} : request;
}

async function* movingTheRole(
  operation: OperationOf<'switchover'> | OperationOf<'failover'>,
  settings: Settings,
  session: Session,
  {dryRun, confirm = null, signal, askedAt = session.ports.now()}: BeginOptions,
): Steps {
  if (operation.kind === 'failover') {
    const request = await failoverRequest(settings, session, operation, {dryRun, confirm, askedAt});
    return yield* failover(request, session.ports, signal);
  }
  const request = await switchoverRequest(settings, session, operation, {dryRun, confirm});
  return yield* switchover(request, session.ports, signal);
}

type Change = Exclude<
  Operation,
  {readonly kind: 'install' | 'uninstall' | 'recover' | 'rotate-password' | 'switchover' | 'failover' | 'backup'}
>;

function editOf(
  operation: Exclude<Change, {readonly kind: 'adopt'}>,
  {connection, target}: Session,
  {anyChartVersion = false}: BeginOptions,
): Edit | Promise<Edit> {
  switch (operation.kind) {
    case 'scale':
      return scaled(operation.readReplicas, operation.deleteVolumes);
    case 'resize':
      return resized(operation.sizes, operation.switchover);
    case 'upgrade':
      return {
        ...upgraded(operation.images, operation.chartVersion),
        ...(anyChartVersion && operation.chartVersion === null ? {chartVersion: 'any'} : {}),
      };
    case 'set':
      return changed(operation.answers, operation.valuesFile);
    case 'restart':
      return restarted();
    case 'rollback':
      return rolledBack(connection.api, target, operation.revision);
  }
}

async function* withBackup(
  operation: OperationOf<'backup'>,
  settings: Settings,
  session: Session,
  {dryRun, confirm = null, signal}: BeginOptions,
): Steps {
  assertValidBackupRequest(operation);
  const {action} = operation;
  if (action === 'restore')
    return yield* restoring(operation, settings, session, {dryRun, confirm, signal, password: null});
  const request = await backupRequest(settings, session, {...operation, action}, {dryRun, confirm});
  return yield* backup(request, session.ports, signal);
}

async function* restoring(
  operation: OperationOf<'backup'>,
  settings: Settings,
  {connection, target, ports, helmProgram}: Session,
  {dryRun, confirm = null, signal}: BeginOptions,
): Steps {
  const {backup: name, as, answers: given} = operation;
  const release = as ?? '';
  const there = await readTarget(connection.api, {...target, release});
  const fresh = createAdapters(connection, helmOnce(settings).commands, there);
  const chart = await findChart(settings, helmProgram);
  return yield* restoreBackup(
    {
      backup: name,
      dryRun,
      confirm,
      timeoutMs: timeoutOf(settings.options),
      source: await ports.look(),
      answers: given ?? {},
      command: renderForScript({...operation, ...target}, accessOf(settings)),
      install: (answers, {dryRun: isPlan, planned}) =>
        install(
          {...installRequest({settings, target: there, answers, chart, password: null, dryRun: isPlan}), planned},
          fresh,
          signal,
        ),
    },
    ports,
    fresh,
    signal,
  );
}

async function* installing(
  {answers}: OperationOf<'install'>,
  settings: Settings,
  {target, ports, helmProgram}: Session,
  {dryRun, password, signal, chartOfFile, onResolved, confirm = null}: BeginOptions,
): Steps {
  const chart = await findChart(settings, helmProgram, chartOfFile);
  const request = installRequest({settings, target, answers, chart, password, dryRun});
  const resolved = async (parameters: Parameters) => onResolved?.(parameters, chart);
  return yield* install({...request, confirm, onResolved: resolved}, ports, signal);
}

async function* removing(
  {deleteData, dumpTo}: OperationOf<'uninstall'>,
  settings: Settings,
  {target, ports}: Session,
  {dryRun, signal, confirm}: BeginOptions,
): Steps {
  const path = orCause(() => dumpPath(dumpTo));
  // Ends as a refusal, which the screen of the file shows; an error would be a screen of its own.
  if ('cause' in path)
    return refused({
      operation: 'uninstall',
      target,
      began: ports.now(),
      now: () => ports.now(),
      warnings: [],
      cause: path.cause,
    });
  const command = renderForScript({kind: 'uninstall', ...target, deleteData, dumpTo: path.value}, accessOf(settings));
  const asked = {deleteData, dumpTo: path.value, dryRun, timeoutMs: timeoutOf(settings.options), command};
  return yield* uninstall({...asked, confirm: confirm ?? (async () => true)}, ports, signal);
}
