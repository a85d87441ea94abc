// The beginning of an operation on an existing release: makes sure that it is ours, and that nobody is at work on it.
import {leftByOperation, operationAtWork} from '../observation/checks/existing-release.ts';
import {yieldsToFailover} from '../observation/may-begin.ts';
import {viewOf} from '../observation/release-view.ts';
import type {OperationRecord, Snapshot} from '../observation/snapshot.ts';
import type {Cause} from '../core/cause.ts';
import {heldIn, ownershipRefusal} from './ownership.ts';
import type {Ports} from './ports/index.ts';
import type {Progress, Result} from '../plan/progress.ts';
import {refused, type Beginning} from './result.ts';
import {refuseInTerminatingNamespace} from './storage-guard.ts';
import {confirmRefusal, notTaken} from './take-lease.ts';

interface Request {
  /** The operation's name in the result. */
  readonly operation: string;
  /** The release as it was found just now; only an uninstall also begins where it is gone. */
  readonly before: Snapshot;
  readonly timeoutMs: number;
  /** When it was asked for, by now() of the ports; absent: now. */
  readonly askedAt?: number;
}

/**
 * Where the run that was at work is dead, the release is looked at again.
 * @param begin gets the request with the newest look
 */
export async function* whenFree<Asked extends Request>(
  request: Asked,
  ports: Ports,
  signal: AbortSignal,
  begin: (request: Asked, base: Beginning) => AsyncGenerator<Progress, Result>,
): AsyncGenerator<Progress, Result> {
  const {operation, before, timeoutMs, askedAt: began = ports.now()} = request;
  const base = {operation, target: ports.target, began, now: () => ports.now(), warnings: []};
  const foreign = await ownershipRefusal(heldIn(before), (revision) => ports.record(revision));
  if (foreign) return refused({...base, cause: foreign});
  if (!before.operation?.holderIsAlive) return yield* begin(request, base);
  const limits = {deadline: ports.now() + timeoutMs, signal};
  const atWork = operationAtWork(before.operation, ports.target);
  const stands = yield* confirmRefusal(atWork, before.operation, ports, limits);
  if (stands !== 'dead') return notTaken(base, stands);
  return yield* whenFree({...request, before: await ports.look()}, ports, signal, begin);
}

/**
 * What has to be finished before an operation of that kind, which goes on with one of its own kind. A failover begins
 * before what needs a writer to end. Null: nothing.
 */
export function leftBehind(before: Snapshot, kind: OperationRecord['kind']): Cause | null {
  const {operation, target} = before;
  const isPassed = operation?.kind === kind || (kind === 'failover' && yieldsToFailover(before));
  const left = isPassed ? null : leftByOperation(operation, viewOf(before).newest ?? undefined, {target});
  return left?.severity === 'refuse' ? left.cause : (refuseInTerminatingNamespace(before)[0] ?? null);
}
