// What readers are asked and told while a writer is lost.
import {postgresPort} from '../chart/names.ts';
import type {Answer, ReaderPosition} from '../observation/role/failover.ts';
import {query, type Administration} from './administer.ts';
import {findPrograms, isOneLine, psql, type Exec} from './psql.ts';

const timeoutMs = 5_000;
const answerSeconds = 2;

/**
 * `pg_control` names the timeline of the last restart point, which may be one that the reader has left since. A segment
 * of the WAL is named after its timeline. A `.history` file proves nothing: a reader that cannot follow has it too.
 */
export const newestSegmentSql =
  "select max(('x' || left(name, 8))::bit(32)::int) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'";

const positionSql = [
  "select json_build_object('lsn', p.lsn::text, 'bytes', (p.lsn - '0/0'::pg_lsn)::bigint,",
  `'timeline', coalesce((select received_tli from pg_stat_wal_receiver), (${newestSegmentSql}),`,
  '(select timeline_id from pg_control_checkpoint())),',
  "'receiver', (select json_build_object('writerBytes', (latest_end_lsn - '0/0'::pg_lsn)::bigint,",
  "'lastMessageAt', last_msg_receipt_time) from pg_stat_wal_receiver),",
  "'replayedAt', pg_last_xact_replay_timestamp(), 'slot', current_setting('primary_slot_name'))",
  'from (select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) as lsn) p',
  'where pg_is_in_recovery() and p.lsn is not null',
].join(' ');

/** Null when the server does not answer, or is no reader. Never throws. */
export async function askPosition(reader: Administration): Promise<ReaderPosition | null> {
  return positionIn(reader.pod, await query(reader, positionSql, timeoutMs).catch(() => null));
}

function positionIn(pod: string, answer: string | null): ReaderPosition | null {
  if (!answer?.trim()) return null;
  const said = JSON.parse(answer) as Omit<ReaderPosition, 'pod'>;
  return {
    pod,
    ...said,
    replayedAt: utc(said.replayedAt),
    receiver: said.receiver && {...said.receiver, lastMessageAt: utc(said.receiver.lastMessageAt)},
  };
}

/**
 * `pg_terminate_backend` does not accept a walreceiver ("is not a PostgreSQL backend process"), but a shell that the
 * server starts may end it. It is waited for, but not for more than a second.
 */
const endReceiverSql = [
  "do $$ declare receivers int[] := array(select pid from pg_stat_activity where backend_type = 'walreceiver');",
  "begin execute format('copy (select unnest(%L::int[])) to program %L', receivers,",
  `'while read -r pid; do kill "$pid"; done; exit 0');`,
  'for i in 1..50 loop perform pg_stat_clear_snapshot();',
  'exit when not exists (select from pg_stat_activity where pid = any(receivers));',
  'perform pg_sleep(0.02); end loop; end $$',
].join(' ');

/**
 * Ends the reader's connection to its writer, so that its position stands still and it looks for the writer again.
 * @returns the reader's position afterwards; null when it does not answer. Never throws.
 */
export async function endReceiver(reader: Administration): Promise<ReaderPosition | null> {
  // In one session, because whoever waits for a writer waits for each exec.
  return positionIn(reader.pod, await query(reader, [endReceiverSql, positionSql], timeoutMs).catch(() => null));
}

/**
 * Where that timeline forked off, by its history file, whose last line is the newest: `1\t0/5014B40\tno recovery
 * target specified`. Null when the server does not answer. Never throws.
 */
export async function askFork(writer: Administration, timeline: number): Promise<string | null> {
  const file = `pg_wal/${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`;
  const answer = await query(writer, `select pg_read_file('${file}')`, timeoutMs).catch(() => null);
  return forkIn(answer ?? '');
}

export function forkIn(history: string): string | null {
  const lines = history.split('\n').filter((line) => /^\d+\s+[0-9A-F]+\/[0-9A-F]+/.test(line));
  return lines.at(-1)?.split(/\s+/)[1] ?? null;
}

/** What pg_isready in that pod says of a server at `host`. Never throws. */
export async function askAnswer(exec: Exec, pod: string, container: string, host: string): Promise<Answer> {
  const words = ['-h', host, '-p', String(postgresPort), '-U', 'postgres', '-t', String(answerSeconds), '-q'];
  const command = ['sh', '-c', `${findPrograms}; exec pg_isready "$@"`, 'pg_isready', ...words];
  const {exitCode} = await exec(pod, container, command, '', timeoutMs).catch(() => ({exitCode: null}));
  // PostgreSQL manual, pg_isready: exit code 3 means that no attempt was made.
  return exitCode === null ? null : (answers[exitCode] ?? null);
}

const identitySql = 'select system_identifier::text from pg_control_system()';
const endSql = "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint";

/**
 * Asks the server at `host` from a reader's pod. Null where it does not let the superuser in, is no writer, or is of
 * another database than the reader. Never throws.
 * @returns where its WAL ends, in bytes from the beginning
 */
export async function askWriterFrom(reader: Administration, host: string): Promise<{readonly bytes: number} | null> {
  const said = await tellItsWriter(reader, host, [endSql]);
  return /^\d+$/.test(said ?? '') ? {bytes: Number(said)} : null;
}

/**
 * Stops the writer at `host`, which answers although its node does not. It is told from a reader's pod, and only where
 * it is the reader's own writer. A fast shutdown sends the readers all the WAL that it has. If it is started again it
 * listens on no address, because a kubelet that the cluster cannot reach may start its container.
 * @returns whether the server accepted that. Never throws.
 */
export async function stopFrom(reader: Administration, host: string): Promise<boolean> {
  const stop = 'copy (select 1) to program \'kill -INT "$(head -n 1 postmaster.pid)"\'';
  const took = "select 'taken' from pg_file_settings where name = 'listen_addresses' and setting = '' limit 1";
  const said = await tellItsWriter(reader, host, ["alter system set listen_addresses = ''", took, stop]);
  return said?.includes('taken') ?? false;
}

/** Takes back what `stopFrom` set, where the server kept running all the same. Never throws. */
export async function unstopFrom(reader: Administration, host: string): Promise<void> {
  await tell(reader, host, 'alter system reset listen_addresses;\n');
}

/**
 * Runs the statements only where the server at `host` is a writer, and of the reader's own database. Null: no answer.
 */
async function tellItsWriter(
  reader: Administration,
  host: string,
  statements: readonly string[],
): Promise<string | null> {
  const own = (await query(reader, identitySql, timeoutMs).catch(() => null))?.trim();
  if (!own) return null;
  const ifItIs =
    '\\set ON_ERROR_STOP 1\n' +
    `select system_identifier::text = '${own}' and not pg_is_in_recovery() as is_it from pg_control_system() ` +
    '\\gset\n\\if :is_it\n';
  return tell(reader, host, `${ifItIs}${statements.map((one) => `${one};\n`).join('')}\\endif\n`);
}

/** Null: the server did not answer. What it is told may itself cut the connection. */
async function tell({password, ...place}: Administration, host: string, script: string): Promise<string | null> {
  try {
    const secret = await password();
    if (secret === null || !isOneLine(secret)) return null;
    // Standard input of a container is never closed, so `\q` tells psql where the script ends.
    const whole = `${script}\\q\n`;
    const {stdout} = await psql(place, {host, password: secret, connectTimeoutSeconds: 3, script: whole, timeoutMs});
    return stdout.trim();
  } catch {
    return null;
  }
}

/** PostgreSQL writes the zone of its session: `2026-01-02T03:04:05.678+00:00`. */
function utc(instant: string | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

const answers: readonly Exclude<Answer, null>[] = ['accepting connections', 'rejecting connections', 'no response'];
