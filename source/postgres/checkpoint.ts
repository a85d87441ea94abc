// A checkpoint before a restart leaves the shutdown little to write, so that it takes no longer than on an idle server.
import {administer, type Administration} from './administer.ts';

/** Long enough for a large cache on a slow disk; the database serves meanwhile. */
const timeoutMs = 120_000;

/**
 * Never throws: without the checkpoint the shutdown only takes longer. Returns early when the signal aborts; the server
 * then finishes the checkpoint by itself.
 */
export async function checkpoint(administration: Administration, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await Promise.race([
    administer(administration, 'checkpoint', timeoutMs).catch(() => undefined),
    new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true})),
  ]);
}
