// Makes an object whose name an earlier run of ours may still hold.
import {setTimeout as pause} from 'node:timers/promises';
import {ApiError, type Api} from './api.ts';

const everyMs = 250;
/** Ten seconds: a pod that is deleted without grace is gone much sooner. */
const maxTries = 40;

/**
 * Waits until the name is free: the object that has it must already be on its way out.
 * @throws ApiError and ConnectionError
 */
export async function createWhenNameFree(
  api: Api,
  collection: string,
  body: object,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await api.create(collection, body);
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists' || tries > maxTries) throw error;
      await pause(everyMs, undefined, {signal});
    }
  }
}
