// The queries that the exporter runs beside its own, in the format of its file of queries: what dashboards and alerts
// need and some versions of the exporter name differently, or leave out.

/** postgres_exporter, README, "Adding new metrics via a config file": a gauge, or a label of the query's row. */
type Column = Readonly<Record<string, {readonly usage: 'GAUGE' | 'LABEL'; readonly description: string}>>;

interface CustomQuery {
  readonly query: string;
  readonly metrics: readonly Column[];
}

function gauge(name: string, description: string): Column {
  return {[name]: {usage: 'GAUGE', description}};
}

function label(name: string, description: string): Column {
  return {[name]: {usage: 'LABEL', description}};
}

/** A metric is named after its query and its column: `pghi_server_replay_lag_seconds`. */
export const customMetrics: Readonly<Record<string, CustomQuery>> = {
  pghi_server: {
    query:
      'SELECT pg_is_in_recovery()::int AS is_reader, ' +
      "(SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming') AS streaming_readers, " +
      "(SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming') AS receives_wal, " +
      'CASE WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 ' +
      'ELSE coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0) END AS replay_lag_seconds',
    metrics: [
      gauge('is_reader', '1 for a reader, 0 for the writer'),
      gauge('streaming_readers', 'Readers that stream from this server'),
      gauge('receives_wal', '1 where this reader streams from its writer'),
      gauge('replay_lag_seconds', 'Age of the newest transaction that a reader has replayed, where more is there'),
    ],
  },
  pghi_stream: {
    query:
      "SELECT coalesce(host(client_addr), '') AS client_addr, sync_state, " +
      'coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0) AS lag_bytes, ' +
      'coalesce(extract(epoch FROM replay_lag), 0) AS lag_seconds ' +
      "FROM pg_stat_replication WHERE state = 'streaming' AND NOT pg_is_in_recovery()",
    metrics: [
      label('client_addr', 'The address of the reader'),
      label('sync_state', 'Whether commits wait for it'),
      gauge('lag_bytes', 'WAL that the reader has not replayed'),
      gauge('lag_seconds', 'How long a transaction takes to be replayed'),
    ],
  },
  pghi_database: {
    query: 'SELECT datname, age(datfrozenxid) AS xid_age, mxid_age(datminmxid) AS mxid_age FROM pg_database',
    metrics: [
      label('datname', 'The database'),
      gauge('xid_age', 'Transactions since the oldest one that is not frozen'),
      gauge('mxid_age', 'Multixacts since the oldest one that is not frozen'),
    ],
  },
};
