// A fast shutdown of a server: sessions end, nothing is lost. PostgreSQL manual, 18.5: SIGINT.
import type {PsqlPlace} from './psql.ts';

const command = 'kill -INT "$(head -1 "$PGDATA/postmaster.pid")"';
const timeoutMs = 5000;

/**
 * For a pod that is already being deleted: the SIGTERM that it got lets the server wait for every session to end. Never
 * throws.
 */
export async function shutDownFast({exec, pod, container}: PsqlPlace): Promise<void> {
  await exec(pod, container, ['sh', '-c', command], '', timeoutMs).catch(() => undefined);
}
