// Reading where the user may not be allowed to: a refusal is an answer, not an error.
import {ApiError} from './api.ts';

/** @returns null when the user may not read it, or there is nothing of the kind. */
export async function ifAllowed<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return null;
    throw error;
  }
}
