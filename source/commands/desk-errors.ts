// What the adapters throw, as causes: a screen shows them. What is none of theirs is a bug and stays as it is.
import {cause, UserError} from '../cause.ts';
import {causeOfApiError} from '../cluster/api-cause.ts';
import type {Desk} from '../faces/ink/desk.ts';

/** The same desk, whose promises fail with a UserError where the cluster is to blame. */
export function translated(desk: Desk): Desk {
  const wrapped = Object.entries(desk).map(([name, member]: [string, unknown]) => [
    name,
    typeof member !== 'function'
      ? member
      : (...args: unknown[]) => {
          const answer: unknown = Reflect.apply(member, desk, args);
          return answer instanceof Promise ? answer.catch((error: unknown) => Promise.reject(userError(error))) : answer;
        },
  ]);
  return Object.fromEntries(wrapped) as Desk;
}

/** `signal`: what ends early because of it was stopped on request. */
export async function* known<T, R>(steps: AsyncGenerator<T, R>, signal: AbortSignal): AsyncGenerator<T, R> {
  try {
    return yield* steps;
  } catch (error) {
    if (!signal.aborted || error instanceof UserError) throw userError(error);
    throw new UserError(cause('CANCELLED', 'Stopped on request, before anything was changed.', {remedies: [{title: 'Try again'}]}));
  }
}

function userError(error: unknown): unknown {
  return error instanceof Error && ['ApiError', 'ConnectionError'].includes(error.name) ? new UserError(causeOfApiError(error)) : error;
}
