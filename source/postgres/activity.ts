// What the writer is doing, by one statement, and how a session of a client is ended.
import type {ActivityAnswer, DatabaseSession} from '../observation/activity.ts';
import {query, type Administration} from './administer.ts';
import {ourApplication} from './our-application.ts';

const timeoutMs = 10_000;
/** More than a screen shows; the numbers of all sessions come beside them. */
const maxSessions = 200;

/**
 * The dashboard's own sessions are left out. pg_blocking_pids stops the lock manager for a moment, so it is called only
 * for sessions that wait for a lock. A copy that pg_basebackup takes streams too, and is no reader. `costMs`, the time
 * that the statement took, comes last, because the members are computed in order. Columns: PostgreSQL manual, 27.2.
 */
const sql = `with sessions as materialized (
  select * from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
    and application_name <> '${ourApplication}'
), shown as (
  select * from sessions order by xact_start nulls last, state_change limit ${maxSessions}
)
select json_build_object(
  'at', extract(epoch from clock_timestamp()) * 1000,
  'counters', (select json_build_object('commits', sum(xact_commit), 'rollbacks', sum(xact_rollback),
    'blocksRead', sum(blks_read), 'blocksHit', sum(blks_hit), 'rowsRead', sum(tup_returned),
    'rowsWritten', sum(tup_inserted + tup_updated + tup_deleted), 'tempFiles', sum(temp_files),
    'tempBytes', sum(temp_bytes), 'deadlocks', sum(deadlocks)) from pg_stat_database),
  'walBytes', pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'),
  'lagBytes', (select max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) from pg_stat_replication
    where state = 'streaming'),
  'streamingReaders', (select count(*) from pg_stat_replication
    where state = 'streaming' and application_name <> 'pg_basebackup'),
  'maxConnections', current_setting('max_connections')::int,
  'oldestXidAge', (select max(age(datfrozenxid)) from pg_database),
  'states', (select coalesce(json_object_agg(state, number), '{}'::json) from
    (select coalesce(state, 'starting') as state, count(*) as number from sessions group by 1) as by_state),
  'sessions', (select coalesce(json_agg(json_build_object('pid', pid, 'startedAt', backend_start,
    'user', coalesce(usename, ''), 'database', coalesce(datname, ''), 'application', application_name,
    'client', coalesce(host(client_addr), 'local'), 'state', coalesce(state, 'starting'),
    'stateSeconds', extract(epoch from clock_timestamp() - state_change),
    'transactionSeconds', extract(epoch from clock_timestamp() - xact_start),
    'querySeconds', case when state = 'active' then extract(epoch from clock_timestamp() - query_start) end,
    'waits', case when state = 'active' then wait_event_type || ': ' || wait_event end,
    'waitsFor', case when wait_event_type = 'Lock' then pg_blocking_pids(pid) else '{}' end,
    'query', left(query, 1000)) order by xact_start nulls last, state_change), '[]'::json) from shown),
  'costMs', round((extract(epoch from clock_timestamp() - statement_timestamp()) * 1000)::numeric, 2))`;

/** Null: the password is not known, or the server does not answer. Throws when nothing can be run in the pod. */
export async function askActivity(writer: Administration): Promise<ActivityAnswer | null> {
  const answer = await query(writer, sql.replace(/\s+/g, ' '), timeoutMs);
  if (answer === null || answer.trim() === '') return null;
  return JSON.parse(answer) as ActivityAnswer;
}

/** `query`: the session may go on with another query. `session`: its connection is closed. */
type EndWhat = 'query' | 'session';

/** `gone`: that session no longer exists. `refused`: the server did not do it. */
type Ended = 'asked' | 'gone' | 'refused';

const functions: Readonly<Record<EndWhat, string>> = {query: 'pg_cancel_backend', session: 'pg_terminate_backend'};

/** A later session that has the same pid is left alone. Throws when nothing can be run in the pod. */
export async function endSession(
  writer: Administration,
  {pid, startedAt}: Pick<DatabaseSession, 'pid' | 'startedAt'>,
  what: EndWhat,
): Promise<Ended> {
  if (!Number.isInteger(pid) || !/^[\d:.T +-]+$/.test(startedAt)) return 'gone';
  const sql =
    `select ${functions[what]}(pid) from pg_stat_activity where pid = ${pid} and ` +
    `backend_start = '${startedAt}'::timestamptz and backend_type = 'client backend'`;
  const answer = ((await query(writer, sql, timeoutMs)) ?? '').trim();
  if (answer === '') return 'gone';
  return answer === 't' ? 'asked' : 'refused';
}
