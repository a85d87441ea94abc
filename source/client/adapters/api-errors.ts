// Turns what the API server refuses, and a connection that breaks off, into a cause.
import {UserError} from '../../core/cause.ts';
import {isRaced} from '../../cluster/switchover-actions.ts';
import {causeOfApiError} from '../../cluster/api-cause.ts';
import {ApiError, ConnectionError} from '../../cluster/api.ts';

/** Ignores a change that somebody else was faster with: the next look sees it. */
export async function unlessRaced(changed: Promise<void>): Promise<void> {
  await changed.catch((error: unknown) => {
    if (!isRaced(error)) throw error;
  });
}

/** @throws UserError with what the API server's refusal, or the broken connection, means */
export async function translateApiError<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    throw translation(error);
  });
}

/** The same ports, whose promises fail with a UserError where the cluster or the connection is to blame. */
export function withTranslatedErrors<Ports extends object>(ports: Ports): Ports {
  const wrapped = Object.entries(ports).map(([name, member]: [string, unknown]) => [
    name,
    typeof member !== 'function'
      ? member
      : (...args: unknown[]) => {
          const answer: unknown = Reflect.apply(member, ports, args);
          return answer instanceof Promise ? translateApiError(answer) : answer;
        },
  ]);
  return Object.fromEntries(wrapped) as Ports;
}

/** The same for what is read one after the other. */
export async function* translatedEach<T>(all: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* all;
  } catch (error) {
    throw translation(error);
  }
}

function translation(error: unknown): unknown {
  const isTheirs = error instanceof ApiError || error instanceof ConnectionError;
  return isTheirs ? new UserError(causeOfApiError(error)) : error;
}
