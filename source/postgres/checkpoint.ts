// A checkpoint before a restart: what the shutdown then still has to write is little, so that it takes as long as on an
// idle server.
import {administer, type Administration} from './administer.ts';

/** A large cache on a slow disk; the database serves meanwhile. */
const timeoutMs = 120_000;

/**
 * Never throws: without it the shutdown only takes longer. Ends early with the signal, and the checkpoint goes on
 * alone.
 */
export async function checkpoint(administration: Administration, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await Promise.race([
    administer(administration, 'checkpoint', timeoutMs).catch(() => undefined),
    new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true})),
  ]);
}
