// A reader's copy begins with a checkpoint on the writer, which takes its time (minutes, by default) unless somebody asks for it to be done at once.
import {setTimeout as pause} from 'node:timers/promises';
import {conninfoValue} from './connection-strings.ts';
import {findPsql, type Exec} from './prove-in-cluster.ts';

const everyMs = 1500;
const timeoutMs = 20_000;
/** Only while a copy waits: a checkpoint that nobody waits for would be work for nothing. PostgreSQL: pg_stat_progress_basebackup, since 13. */
const sql =
  "do $$ begin if exists (select from pg_stat_progress_basebackup where phase = 'waiting for checkpoint to finish') then checkpoint; end if; end $$";

/** Until the signal aborts. Never throws: without it a copy only begins later. */
export async function hastenCopies(
  {exec, pod, container, password}: {readonly exec: Exec; readonly pod: string; readonly container: string; readonly password: () => Promise<string | null>},
  signal: AbortSignal,
): Promise<void> {
  const conninfo = Object.entries({host: '127.0.0.1', user: 'postgres', dbname: 'postgres', connect_timeout: '3', application_name: 'pg-helm-install'})
    .map(([key, value]) => `${key}=${conninfoValue(value)}`)
    .join(' ');
  while (!signal.aborted) {
    try {
      const secret = await password();
      if (secret === null || /[\0\n\r]/.test(secret)) return;
      await exec(pod, container, ['sh', '-c', findPsql, 'psql', '-W', '-X', '-q', '-d', conninfo, '-c', sql], `${secret}\n`, timeoutMs);
    } catch {
      // The writer is away, or nothing may be run in it.
    }
    await pause(everyMs, undefined, {signal}).catch(() => undefined);
  }
}
