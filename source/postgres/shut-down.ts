// A fast shutdown of a server: sessions end, nothing is lost. PostgreSQL manual, 18.5: SIGINT.
import type {PsqlPlace} from './psql.ts';

const command = 'kill -INT "$(head -1 "$PGDATA/postmaster.pid")"';
const timeoutMs = 5000;

/** The pod is told to go already: SIGTERM alone waits for every session. Never throws. */
export async function shutDownFast({exec, pod, container}: PsqlPlace): Promise<void> {
  await exec(pod, container, ['sh', '-c', command], '', timeoutMs).catch(() => undefined);
}
