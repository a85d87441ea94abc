// What the database is asked when it is proven, and how the answers are read. The same SQL from here and inside the
// cluster.
import {metricsUser, replicationUser} from '../chart/names.ts';
import type {ReaderStream} from '../observation/snapshot.ts';

/** pg_is_wal_replay_paused is an error outside of recovery. PostgreSQL manual, Recovery Control Functions. */
export const endpointQuery = [
  "select pg_is_in_recovery() as in_recovery, current_setting('server_version') as version,",
  "(current_setting('default_transaction_read_only') = 'on')::text as read_only,",
  '(case when pg_is_in_recovery() then pg_is_wal_replay_paused() else false end)::text as replay_paused,',
  'host(inet_server_addr()) as address,',
  "(case when pg_is_in_recovery() then null else pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') end)::bigint::text",
  'as wal_bytes',
].join(' ');

/** What the columns after the version say; each is left out where the answer lacks it. */
export function conditionOf([readOnly, replayPaused, address, walBytes]: Row): {
  readonly isReadOnly?: boolean;
  readonly isReplayPaused?: boolean;
  readonly address?: string;
  readonly walBytes?: number;
} {
  const [isReadOnly, isReplayPaused] = [trueOrFalse(readOnly ?? undefined), trueOrFalse(replayPaused ?? undefined)];
  return {
    ...(isReadOnly === null ? {} : {isReadOnly}),
    ...(isReplayPaused === null ? {} : {isReplayPaused}),
    ...(address ? {address} : {}),
    ...(walBytes ? {walBytes: Number(walBytes)} : {}),
  };
}

/**
 * Which database cluster it is. A query of its own: where an administrator took the right to ask from ordinary users,
 * the endpoint is proven all the same. The first column marks the row among those of other queries, the last two say
 * whether the exporter's role is there, and whether the readers' role may log in and replicate.
 */
export const systemIdentifierQuery =
  "select 'system_identifier', system_identifier::text, exists (select from pg_roles where " +
  `rolname = '${metricsUser}' and rolcanlogin and pg_has_role(oid, 'pg_monitor', 'member'))::text, ` +
  `exists (select from pg_roles where rolname = '${replicationUser}' and rolcanlogin and ` +
  '(rolreplication or rolsuper))::text ' +
  'from pg_control_system()';

/**
 * The readers that the writer streams to; for a superuser, on the writer. A copy in progress (pg_basebackup) also holds
 * a stream of WAL, which is left out, so that the reader only shows as `backup`. Logical subscribers are no readers.
 * Columns: PostgreSQL manual, pg_stat_replication.
 */
export const replicationQuery = [
  // How many readers a commit waits for: `n (…)`, `FIRST n (…)`, `ANY n (…)`, or names alone, which is one.
  // Source: PostgreSQL manual, synchronous_standby_names.
  "with setting as (select current_setting('synchronous_standby_names') as names, " +
    "current_setting('synchronous_commit') as level)",
  'select client_addr, state,',
  'pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint as lag_bytes,',
  'round(extract(epoch from replay_lag) * 1000)::bigint as lag_ms, sync_state as sync,',
  "case when names = '' or level in ('off', 'local') then 0 else coalesce(substring(names from " +
    "'(\\d+)\\s*\\(')::int, 1) end as commits_wait_for,",
  "pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as written_bytes,",
  "pg_wal_lsn_diff(replay_lsn, '0/0')::bigint as replayed_bytes,",
  '(select slot_name from pg_replication_slots where active_pid = pid) as slot',
  'from pg_stat_replication, setting',
  "where (application_name <> 'pg_basebackup' or state = 'backup')",
  "and pid not in (select active_pid from pg_replication_slots where slot_type = 'logical' and active_pid is not null)",
  'order by client_addr, pid',
].join(' ');

/** `17.6` of `17.6 (Debian 17.6-1.pgdg120+1)`. */
export function versionOf(serverVersion: string): string {
  return serverVersion.trim().split(/\s/, 1)[0] ?? '';
}

/** Pod names by the pods' addresses. */
type PodsByAddress = Readonly<Record<string, string>>;

/** The pods that the streams may belong to. */
export interface StreamingPods {
  readonly byAddress: PodsByAddress;
  readonly writer: string | null;
  /** Ready ones. */
  readonly readers: readonly string[];
  /**
   * Whether the proxy of a service mesh stands beside the writer: connections that it passes on come from the writer's
   * own pod.
   */
  readonly isProxied: boolean;
}

/** One row of `replicationQuery`, in its order; a null and an empty text are the same. */
type Row = readonly (string | null | undefined)[];

/** Rows of `replicationQuery`, each with the pod whose stream it is. */
export function readerStreams(rows: readonly Row[], pods: StreamingPods): readonly ReaderStream[] {
  const streams = rows.map((row) => readerStream(row, pods.byAddress));
  if (!pods.isProxied) return streams;
  const own = rows.map(([, ...rest], index) => {
    const {pod} = streams[index] ?? {};
    if (pod && pod !== pods.writer) return pod;
    // The entry point of official images names its slot after the pod.
    return Object.values(pods.byAddress).find((one) => one.replace(/[^a-z0-9]/g, '_') === rest[slotColumn]) ?? null;
  });
  const left = pods.readers.filter((reader) => !own.includes(reader));
  const nameless = streams.filter(({state}, index) => state !== 'backup' && !own[index]);
  // A reader has one stream at most. Where all readers stream, it does not matter which stream is whose; where one does
  // not, nobody can tell which one that is.
  const isWhole = nameless.length === left.length;
  return streams.map((stream, index) => {
    const found = own[index] ?? (isWhole ? (left[nameless.indexOf(stream)] ?? null) : null);
    return {...stream, pod: found};
  });
}

/** The index of the slot's name in a row without its first column, the address. */
const slotColumn = 7;

/** One row, its pod found by its address alone. */
export function readerStream(row: Row, pods: PodsByAddress): ReaderStream {
  const [address, state, lagBytes, lagMs, sync, commitsWaitFor, writtenBytes, replayedBytes] = row;
  return {
    pod: pods[address ?? ''] ?? null,
    state: state ?? '',
    lagBytes: numberOf(lagBytes),
    lagMs: numberOf(lagMs),
    sync: sync ?? '',
    ...(commitsWaitFor ? {commitsWaitFor: Number(commitsWaitFor)} : {}),
    ...(writtenBytes && replayedBytes
      ? {writtenBytes: Number(writtenBytes), replayedBytes: Number(replayedBytes)}
      : {}),
  };
}

function numberOf(text: string | null | undefined): number | null {
  return text ? Number(text) : null;
}

/** What the columns after the system identifier say; each is left out where the answer lacks it. */
export function rolesOf([hasMetricsRole, mayReplicate]: Row): {
  readonly hasMetricsRole?: boolean;
  readonly mayReplicate?: boolean;
} {
  const [metrics, replication] = [trueOrFalse(hasMetricsRole ?? undefined), trueOrFalse(mayReplicate ?? undefined)];
  return {
    ...(metrics === null ? {} : {hasMetricsRole: metrics}),
    ...(replication === null ? {} : {mayReplicate: replication}),
  };
}

/** PostgreSQL's text of a boolean; null for anything else. */
function trueOrFalse(text: string | undefined): boolean | null {
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** Rounds to a tenth of a millisecond. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
