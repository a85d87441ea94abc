// Before a change or an uninstall that was interrupted goes on, the Secret of the database gets back what it lacks.
import {cause, UserError, type Cause} from '../../core/cause.ts';
import {objectNames} from '../../chart/names.ts';
import {fromValues} from '../../chart/values.ts';
import {operationAtWork} from '../../observation/checks/existing-release.ts';
import {isNeverMade} from '../../observation/no-database-yet.ts';
import {isBetweenPasswords} from '../../observation/rotation.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {OperationRecord, Snapshot, Target} from '../../observation/snapshot.ts';
import type {Ending} from '../converge.ts';
import type {Plan, Progress, Result} from '../../plan/progress.ts';
import {rememberRestored} from '../remember-identifier.ts';
import {
  isEmpty,
  lostCause,
  recoverPasswords,
  recoverySentences,
  writeRecovered,
  type RecoveredPasswords,
} from './recovered-passwords.ts';
import {endOf, refused, type Beginning} from '../result.ts';
import {confirmRefusal, notTaken, type NotTaken} from '../take-lease.ts';
import type {Ports, Scope} from '../ports/index.ts';
import type {LeasePort, WatchLimits} from '../ports/lease.ts';

export interface SecretRestoreRequest {
  /** The release as it was found. */
  readonly before: Snapshot;
  /** Says what is to be restored and asks; false leaves everything as it is. */
  readonly confirm: (sentence: string) => Promise<boolean>;
  /** What goes on afterwards, and needs no passwords to be prepared. */
  readonly rest: (isRestored: boolean) => Promise<AsyncGenerator<Progress, Result>>;
  /**
   * In a dry run: nothing changes, and the plan only says that the Secret is restored, by this command. Null: it is
   * carried out.
   */
  readonly planned: {readonly command: string} | null;
  readonly limits: WatchLimits;
}

/**
 * Nothing else begins where a missing password can be found nowhere. The search comes first, before a chart is pulled,
 * say, because the files of the pods may not stay. For the same reason a missing password that is proven is written
 * although another is lost, and before it is known whether somebody else is at work: it takes nothing away from
 * anybody.
 */
export async function* restoreSecretFirst(
  {before, confirm, rest, planned, limits}: SecretRestoreRequest,
  ports: Ports,
): AsyncGenerator<Progress, Result> {
  const {target} = ports;
  const base = {operation: 'recover', target, began: ports.now(), now: () => ports.now(), warnings: []};
  const values = viewOf(before).newest ? before.release.values : null;
  const username = fromValues(values)?.username;
  if (username === undefined || before.unreadable.includes('secrets')) return yield* await rest(false);
  // While passwords change, the database may refuse what clients are told; the new ones are in the Secret as well.
  const recovered = await recoverPasswords(ports, {username, replaces: !isBetweenPasswords(before)});
  if (isEmpty(recovered)) {
    const lost = isNeverMade(before) ? null : lostCause(target, recovered, {isWritten: false});
    return lost ? refused({...base, cause: lost}) : yield* await rest(false);
  }
  if (planned) return endOf({...base, outcome: 'planned', plan: restorePlan(target, recovered, planned)});
  const ended = yield* restored({before, confirm, limits}, recovered, ports, base);
  if (ended) return ended;

  await rememberRestored(ports);
  const result = yield* failureAsResult(rest, base);
  if (result.outcome === 'succeeded' || result.outcome === 'unchanged') await rememberRestored(ports);
  return afterSecret(result, recoverySentences(target, recovered).done);
}

function restorePlan(target: Target, recovered: RecoveredPasswords, {command}: {readonly command: string}): Plan {
  const object = `Secret/${objectNames(target).secret}`;
  return {
    consequences: [{code: 'PASSWORD_CHANGE', object, sentence: recoverySentences(target, recovered).plan}],
    steps: [{name: 'secret', command: null}],
    values: {},
    manifests: '',
    command,
  };
}

/** What follows may throw before it has begun; the Secret was changed by then. */
async function* failureAsResult(rest: SecretRestoreRequest['rest'], base: Beginning): AsyncGenerator<Progress, Result> {
  try {
    return yield* await rest(true);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return endOf({...base, outcome: 'failed', ending: failed(error.reason)});
  }
}

/** Writes what was found, when that is wanted. @returns why nothing may follow; null when something may */
async function* restored(
  {before, confirm, limits}: Omit<SecretRestoreRequest, 'rest' | 'planned'>,
  recovered: RecoveredPasswords,
  ports: Ports,
  base: Beginning,
): AsyncGenerator<Progress, Result | null> {
  const {target} = ports;
  const added: RecoveredPasswords = {...recovered, refused: {}};
  const locked = isEmpty(added) ? yield* stillHeld(before.operation, ports, limits) : null;
  if (locked) return notTaken(base, locked);
  if (!(await confirm(recoverySentences(target, recovered).plan)))
    return refused({...base, cause: cause('CANCELLED', 'Nothing was changed.')});
  if (!isEmpty(added)) {
    const note = await writeRecovered(ports, added);
    const held = yield* stillHeld(before.operation, ports, limits);
    if (held) return afterSecret(notTaken(base, held), note);
  }
  await writeRecovered(ports, {...recovered, missing: {}});
  const lost = lostCause(target, recovered, {isWritten: true});
  return lost ? afterSecret(refused({...base, cause: lost}), recoverySentences(target, recovered).done) : null;
}

/** @returns null where nobody holds the Lease, or its holder is dead */
async function* stillHeld(
  operation: OperationRecord | null,
  ports: LeasePort & Scope,
  limits: WatchLimits,
): AsyncGenerator<Progress, NotTaken | null> {
  if (!operation?.holderIsAlive) return null;
  const stands = yield* confirmRefusal(operationAtWork(operation, ports.target), operation, ports, limits);
  return stands === 'dead' ? null : stands;
}

/** The Secret was changed, whatever became of the rest. */
function afterSecret(result: Result, note: string): Result {
  const outcomes: Partial<Record<Result['outcome'], Result['outcome']>> = {unchanged: 'succeeded', refused: 'failed'};
  const {cause: why} = result;
  return {
    ...result,
    operation: 'recover',
    outcome: outcomes[result.outcome] ?? result.outcome,
    notes: [note, ...result.notes],
    ...(why
      ? {cause: {...why, message: why.message.replace(/Nothing was changed\.$/, 'Nothing else was changed.')}}
      : {}),
  };
}

/** The ending where what was to follow the Secret could not begin. */
function failed(why: Cause): Ending {
  return {how: 'failed', snapshot: null, cause: why, phases: [], notes: [], changed: true};
}
