// Turns what the API server refuses into a cause.
import {UserError} from '../../core/cause.ts';
import {isRaced} from '../../cluster/switchover-actions.ts';
import {causeOfApiError} from '../../cluster/api-cause.ts';
import {ApiError} from '../../cluster/api.ts';

/** Ignores a change that somebody else was faster with: the next look sees it. */
export async function unlessRaced(changed: Promise<void>): Promise<void> {
  await changed.catch((error: unknown) => {
    if (!isRaced(error)) throw error instanceof ApiError ? new UserError(causeOfApiError(error)) : error;
  });
}

/** @throws UserError with what the API server's refusal means */
export async function translateApiError<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    throw error instanceof ApiError ? new UserError(causeOfApiError(error)) : error;
  });
}
