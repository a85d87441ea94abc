// What the servers are asked and told while the writer's role moves.
import {cause, UserError} from '../core/cause.ts';
import {slotPrefix, type Naming} from '../chart/names.ts';
import type {LastRecord} from '../operations/ports/switchover.ts';
import type {ReplaySpeed} from '../plan/catch-up.ts';
import type {ServerFacts, UnloggedTables} from '../plan/switchover.ts';
import {query, type Administration} from './administer.ts';

const timeoutMs = 10_000;
/** Long enough for a large cache on a slow disk; the database serves meanwhile. */
const checkpointMs = 120_000;

const factsSql = [
  "select json_build_object('timeline', case when pg_is_in_recovery() then",
  '(select timeline_id from pg_control_checkpoint()) else',
  "('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int end,",
  "'isReader', pg_is_in_recovery(), 'isSynchronous', current_setting('synchronous_standby_names') <> '',",
  "'walLevel', current_setting('wal_level'),",
  "'settings', (select coalesce(json_object_agg(name, setting), '{}') from pg_file_settings",
  "where sourcefile like '%/postgresql.auto.conf'),",
  "'slots', (select coalesce(json_agg(json_build_object('name', slot_name, 'type', slot_type) order by slot_name),",
  "'[]') from pg_replication_slots where not temporary))",
].join(' ');

/** Null when the server does not answer. Never throws. */
export async function askServerFacts(server: Administration): Promise<ServerFacts | null> {
  const answer = await query(server, factsSql, timeoutMs).catch(() => null);
  return answer?.trim() ? (JSON.parse(answer) as ServerFacts) : null;
}

/** Asked again and again: an answer that takes longer is no use. */
const startMs = 2000;

/** Null when the server does not answer, or is a reader. Never throws. */
export async function askServerStart(server: Administration): Promise<string | null> {
  const sql = 'select pg_postmaster_start_time()::text where not pg_is_in_recovery()';
  const answer = await query(server, sql, startMs).catch(() => null);
  return answer?.trim() || null;
}

const messageSql = "select pg_logical_emit_message(true, 'pg-helm-install', 'a commit')";

/**
 * Commits something that changes no data, and waits until it is acknowledged: with synchronous readers that is when
 * they have it. A statement timeout would end the wait as if they had.
 * @returns whether it was within `withinMs`. Never throws.
 */
export async function commits(server: Administration, withinMs: number): Promise<boolean> {
  const answer = await query(server, messageSql, withinMs).catch(() => null);
  return Boolean(answer?.trim());
}

const databasesSql = 'select datname from pg_database where datallowconn order by datname';
/**
 * A copy of a server has only the definition of these tables, so that a reader knows all of them, and not which have
 * rows. PostgreSQL manual, CREATE TABLE, UNLOGGED.
 */
const unloggedSql =
  "select oid::regclass || '' from pg_class where relpersistence = 'u' and relkind = 'r' and " +
  '(pg_is_in_recovery() or pg_relation_size(oid) > 0) order by 1';

/** Each as `database: table`. Null when one of the databases does not answer. Never throws. */
export async function askUnloggedTables(server: Administration): Promise<UnloggedTables | null> {
  const lines = (text: string | null) => text?.split('\n').filter((line) => line.trim() !== '') ?? null;
  try {
    const databases = lines(await query(server, databasesSql, timeoutMs));
    if (databases === null) return null;
    const found: string[] = [];
    for (const database of databases) {
      const tables = lines(await query({...server, database}, unloggedSql, timeoutMs));
      if (tables === null) return null;
      found.push(...tables.map((table) => `${database}: ${table}`));
    }
    return found;
  } catch {
    return null;
  }
}

/** Never throws. */
export async function checkpointOn(server: Administration): Promise<void> {
  await query(server, 'checkpoint', checkpointMs).catch(() => undefined);
}

/**
 * Makes physical slots, which keep WAL from now on. Slots that exist already stay. Throws when the command could not be
 * run.
 */
export async function makeReplicationSlots(server: Administration, names: readonly string[]): Promise<void> {
  if (names.length > 0) await query(server, slotsSql(names), timeoutMs);
}

function slotsSql(names: readonly string[]): string {
  const desired = `unnest(array[${names.map(literal).join(', ')}])`;
  return (
    `select pg_create_physical_replication_slot(name, true) from ${desired} as name ` +
    'where name not in (select slot_name from pg_replication_slots)'
  );
}

/**
 * Drops the unused slots of the release's readers, where the server is a reader itself. Throws when the command could
 * not be run.
 */
export async function dropUnusedSlots(server: Administration, naming: Naming): Promise<void> {
  const sql =
    'select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active and not temporary ' +
    `and slot_type = 'physical' and slot_name ~ '^${slotPrefix(naming)}[0-9]{1,9}$' and pg_is_in_recovery()`;
  await query(server, sql, timeoutMs);
}

/** One after the other: each is a transaction of its own. Throws when the command could not be run. */
export async function alterSystem(server: Administration, settings: Readonly<Record<string, string>>): Promise<void> {
  const statements = Object.entries(settings).map(
    ([name, value]) => `alter system set "${name.replaceAll('"', '""')}" = ${literal(value)}`,
  );
  if (statements.length > 0) await query(server, statements, timeoutMs);
}

const replaySql = [
  "select json_build_object('at', extract(epoch from clock_timestamp()),",
  "'replayed', (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint,",
  "'written', (latest_end_lsn - '0/0'::pg_lsn)::bigint) from pg_stat_wal_receiver",
].join(' ');

/** Asks twice, a second apart. Null when the server does not answer, or does not stream. Never throws. */
export async function askReplaySpeed(server: Administration): Promise<ReplaySpeed | null> {
  try {
    const answer = await query(server, [replaySql, 'select pg_sleep(1)', replaySql], timeoutMs);
    const [before, after] = (answer ?? '')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<'at' | 'replayed' | 'written', number>);
    if (!before || !after) return null;
    return {
      seconds: after.at - before.at,
      replayedBytes: after.replayed - before.replayed,
      writtenBytes: after.written - before.written,
      behindBytes: Math.max(0, after.written - after.replayed),
    };
  } catch {
    return null;
  }
}

/**
 * On a reader a checkpoint is a restart point: it is made at the newest checkpoint that the reader has replayed, which
 * pg_control then names. A checkpoint whose redo location is its own was written by a shutdown; where nothing follows
 * it, the reader has everything.
 */
const lastRecordSql = [
  'select c.redo_lsn = c.checkpoint_lsn, c.checkpoint_lsn, pg_last_wal_replay_lsn(),',
  "current_setting('wal_block_size'), pg_size_bytes(current_setting('wal_segment_size'))",
  'from pg_control_checkpoint() c where pg_is_in_recovery()',
].join(' ');

/** Null when the server does not answer, or is no reader. Never throws. */
export async function askLastRecord(server: Administration): Promise<LastRecord | null> {
  try {
    const answer = await query(server, ['checkpoint', lastRecordSql], timeoutMs);
    const [isOwnRedo, checkpoint, replayed, block, segment] = (answer ?? '').trim().split('|');
    if (!checkpoint || !replayed) return null;
    const end = endOfCheckpoint(lsnOf(checkpoint), Number(block), Number(segment));
    return {isShutdown: isOwnRedo === 't' && lsnOf(replayed) === end, lsn: replayed};
  } catch {
    return null;
  }
}

/** Bytes from the beginning of the WAL, of `X/Y`. */
export function lsnOf(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/**
 * Where the record of a checkpoint ends that begins at `start`: 24 bytes of its header, 2 of its block's header and 88
 * of content, filled up to a multiple of 8. A record that continues on the next page is longer by that page's header.
 * Source: PostgreSQL, xlogrecord.h, pg_control.h (CheckPoint) and xlog_internal.h, the same from 15 to 18.
 */
export function endOfCheckpoint(start: bigint, blockBytes: number, segmentBytes: number): bigint {
  const record = 120n;
  const block = BigInt(blockBytes);
  const end = start + record;
  const nextPage = (start / block + 1n) * block;
  if (end <= nextPage) return end;
  return end + (nextPage % BigInt(segmentBytes) === 0n ? 40n : 24n);
}

/**
 * @param slots made in the same session, because nobody can write until it has ended
 * @throws UserError when the server does not take writes afterwards
 */
export async function promote(server: Administration, slots: readonly string[] = []): Promise<void> {
  const sql = 'select case when pg_is_in_recovery() then pg_promote(true, 15) else true end';
  const answer = await query(server, [...(slots.length > 0 ? [slotsSql(slots)] : []), sql], 20_000);
  if (answer?.trim().split('\n').at(-1) === 't') return;
  throw new UserError(
    cause('ENDPOINT_UNPROVEN', `The reader ${server.pod} could not be promoted.`, {evidence: answer ? [answer] : []}),
  );
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
