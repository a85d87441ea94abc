// A reader's copy begins with a checkpoint on the writer, which takes its time (minutes, by default) unless somebody
// asks for it to be done at once.
import {setTimeout as pause} from 'node:timers/promises';
import {administer, type Administration} from './administer.ts';

const everyMs = 1500;
const timeoutMs = 20_000;
/**
 * Only while a copy waits: a checkpoint that nobody waits for would be work for nothing. PostgreSQL:
 * pg_stat_progress_basebackup, since 13.
 */
const sql =
  "do $$ begin if exists (select from pg_stat_progress_basebackup where phase = 'waiting for checkpoint to " +
  "finish') then checkpoint; end if; end $$";

/** Runs until the signal aborts. Never throws: without the checkpoint a copy only begins later. */
export async function checkpointForBaseBackups(administration: Administration, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if (!(await administer(administration, sql, timeoutMs))) return;
    } catch {
      // The writer is away, or nothing may be run in it.
    }
    await pause(everyMs, undefined, {signal}).catch(() => undefined);
  }
}
