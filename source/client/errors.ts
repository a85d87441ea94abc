// Turns what the adapters throw into causes, for a screen to show. An error that is none of theirs is a bug and stays
// as it is.
import {cause, UserError, type Cause} from '../core/cause.ts';
import {causeOfApiError} from '../cluster/api-cause.ts';
import type {Result} from '../plan/progress.ts';
import {reachableCause, reachableResult, type Reach} from './reachable-commands.ts';

/**
 * The same client, but its promises fail with a UserError where the cluster is to blame, and the commands that it
 * proposes reach the cluster.
 */
export function translated<Client extends object>(client: Client, reach: () => Reach | null): Client {
  const wrapped = Object.entries(client).map(([name, member]: [string, unknown]) => [
    name,
    typeof member !== 'function'
      ? member
      : (...args: unknown[]) => {
          const answer: unknown = Reflect.apply(member, client, args);
          return answer instanceof Promise
            ? answer.catch((error: unknown) => Promise.reject(reachable(userError(error), reach())))
            : answer;
        },
  ]);
  return Object.fromEntries(wrapped) as Client;
}

/** `signal`: what ends early because of it was stopped on request. */
export async function* known<T, R>(steps: AsyncGenerator<T, R>, signal: AbortSignal): AsyncGenerator<T, R> {
  try {
    return yield* steps;
  } catch (error) {
    // What is stopped breaks off its requests.
    const isBroken = !(error instanceof UserError) || error.reason.code === 'CONNECTION_LOST';
    if (!signal.aborted || !isBroken) throw userError(error);
    throw new UserError(
      cause('CANCELLED', 'Stopped on request, before anything was changed.', {
        remedies: [{title: 'Try again', again: true}],
      }),
    );
  }
}

/** The same steps, but the commands that their result or failure proposes reach the cluster. */
export async function* reaching<T>(
  steps: AsyncGenerator<T, Result>,
  reach: () => Reach | null,
): AsyncGenerator<T, Result> {
  try {
    const result = yield* steps;
    const by = reach();
    return by ? reachableResult(result, by) : result;
  } catch (error) {
    throw reachable(error, reach());
  }
}

/** What `get` returns, or the cause for which it refused the user's own words. */
export function orCause<T>(get: () => T): {readonly value: T} | {readonly cause: Cause} {
  try {
    return {value: get()};
  } catch (error) {
    if (error instanceof UserError) return {cause: error.reason};
    throw error;
  }
}

function reachable(error: unknown, reach: Reach | null): unknown {
  return reach && error instanceof UserError ? new UserError(reachableCause(error.reason, reach)) : error;
}

function userError(error: unknown): unknown {
  const reason = error instanceof UserError ? null : causeIn(error);
  return reason ? new UserError(reason) : error;
}

/** What the cluster is to blame for; null: the error is none of its own, but a bug or a cause already. */
export function causeIn(error: unknown): Cause | null {
  return error instanceof Error && ['ApiError', 'ConnectionError'].includes(error.name) ? causeOfApiError(error) : null;
}
