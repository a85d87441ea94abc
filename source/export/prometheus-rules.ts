// Alert rules for one release, as a PrometheusRule of the operator of Prometheus.
// Source of the kind: monitoring.coreos.com/v1, https://prometheus-operator.dev/docs/api-reference/api/
import {databaseChart, labelKeys, objectNames} from '../chart/names.ts';
import {render, template} from '../commands/command-line.ts';
import type {ReleaseRef} from '../commands/operation.ts';
import {exporterSeries, longestBackupGap, volumeSeries, type MonitoredRelease} from './monitored-release.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  /** How long the condition has to hold. */
  readonly for: string;
  readonly labels: {readonly severity: 'critical' | 'warning'};
  readonly annotations: {readonly summary: string; readonly description: string};
}

interface PrometheusRule {
  readonly apiVersion: 'monitoring.coreos.com/v1';
  readonly kind: 'PrometheusRule';
  readonly metadata: {readonly name: string; readonly namespace: string; readonly labels: Record<string, string>};
  readonly spec: {readonly groups: readonly {readonly name: string; readonly rules: readonly Rule[]}[]};
}

/** @param now milliseconds since the epoch, from which the gaps between backups are counted */
export function prometheusRule(release: MonitoredRelease, now: number): PrometheusRule {
  const {release: name, namespace, fullname} = release;
  const rules = [
    ...serverRules(release),
    ...(release.parameters.readReplicaCount > 0 ? replicationRules(release) : []),
    ...loadRules(release),
    ...volumeRules(release),
    ...backupRules(release, now),
  ];
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: `${fullname}-alerts`,
      namespace,
      labels: {[labelKeys.name]: databaseChart, [labelKeys.instance]: name},
    },
    spec: {groups: [{name: `${namespace}-${name}`, rules}]},
  };
}

/** Whoever reads an alert knows the cluster by another name than its kubeconfig here. */
function placeOf({release, namespace}: MonitoredRelease): ReleaseRef {
  return {release, namespace, context: null};
}

function rule(
  alert: string,
  severity: Rule['labels']['severity'],
  lasts: string,
  expr: string,
  [summary, description]: readonly [summary: string, description: string],
): Rule {
  return {alert, expr, for: lasts, labels: {severity}, annotations: {summary, description}};
}

function serverRules(release: MonitoredRelease): readonly Rule[] {
  const series = exporterSeries(release);
  const of = `${release.release} in ${release.namespace}`;
  const look = `Run: ${render({kind: 'status', ...placeOf(release), watch: false})}`;
  return [
    rule('PostgreSQLWriterMissing', 'critical', '1m', `absent(pghi_server_is_reader{${series}} == 0)`, [
      `The writer of ${of} does not answer.`,
      `No exporter of the release sees a server that takes writes. ${look}`,
    ]),
    rule('PostgreSQLTwoWriters', 'critical', '0m', `count(pghi_server_is_reader{${series}} == 0) > 1`, [
      `Two servers of ${of} take writes.`,
      `Rows that both acknowledge cannot be brought together. Keep clients away from one of them. ${look}`,
    ]),
    rule('PostgreSQLDown', 'critical', '2m', `pg_up{${series}} == 0`, [
      'PostgreSQL in {{ $labels.pod }} does not answer.',
      `Its exporter runs and cannot log in. ${look}`,
    ]),
  ];
}

function replicationRules(release: MonitoredRelease): readonly Rule[] {
  const series = exporterSeries(release);
  const {readReplicaCount, synchronousReplicas = 0} = release.parameters;
  const streaming = `max(pghi_server_streaming_readers{${series}})`;
  const look = `Run: ${render({kind: 'status', ...placeOf(release), watch: false})}`;
  return [
    rule(
      'PostgreSQLReaderNotStreaming',
      'warning',
      '5m',
      `pghi_server_is_reader{${series}} == 1 and pghi_server_receives_wal{${series}} == 0`,
      ['The reader {{ $labels.pod }} does not stream.', `It answers with what it had. ${look}`],
    ),
    rule('PostgreSQLReplicationLag', 'warning', '5m', `pghi_server_replay_lag_seconds{${series}} > 60`, [
      'The reader {{ $labels.pod }} is {{ $value | humanizeDuration }} behind.',
      'Long queries on it, or its disk, keep it from replaying.',
    ]),
    rule('PostgreSQLFewerReaders', 'warning', '10m', `${streaming} < ${readReplicaCount}`, [
      `{{ $value }} of ${readReplicaCount} readers stream.`,
      look,
    ]),
    ...(synchronousReplicas === 0
      ? []
      : [
          rule('PostgreSQLCommitsWait', 'critical', '1m', `${streaming} < ${synchronousReplicas}`, [
            `Commits wait: {{ $value }} readers stream, and ${synchronousReplicas} have to confirm each.`,
            look,
          ]),
        ]),
  ];
}

function loadRules(release: MonitoredRelease): readonly Rule[] {
  const series = exporterSeries(release);
  const sessions = `sum by (pod) (pg_stat_activity_count{${series}})`;
  return [
    rule(
      'PostgreSQLConnectionsNearMax',
      'warning',
      '5m',
      `${sessions} / max by (pod) (pg_settings_max_connections{${series}}) > 0.85`,
      [
        '{{ $labels.pod }} has {{ $value | humanizePercentage }} of the sessions that it may have.',
        'When all are used, new clients are refused. Use a pool, or a larger max_connections.',
      ],
    ),
    rule('PostgreSQLLongTransaction', 'warning', '5m', `max by (pod) (${longest(series)}) > 3600`, [
      'A transaction on {{ $labels.pod }} is {{ $value | humanizeDuration }} old.',
      'Until it ends no row that was deleted since it began can be cleaned away.',
    ]),
    ...(['xid', 'mxid'] as const).map((kind) =>
      // Autovacuum begins at 200 million (400 for multixacts); at about 2,100 million the server accepts no more
      // writes. Source: PostgreSQL 17, "Preventing Transaction ID Wraparound Failures".
      rule(
        kind === 'xid' ? 'PostgreSQLTransactionIdsOld' : 'PostgreSQLMultixactsOld',
        'warning',
        '30m',
        `max by (datname) (pghi_database_${kind}_age{${series}}) > 1e9`,
        [
          'The database {{ $labels.datname }} has ids that are {{ $value | humanize }} transactions old.',
          'Autovacuum does not keep up, or a long transaction or a slot keeps it back.',
        ],
      ),
    ),
  ];
}

function longest(series: string): string {
  return `pg_stat_activity_max_tx_duration{${series},state=~"active|idle in transaction"}`;
}

function volumeRules(release: MonitoredRelease): readonly Rule[] {
  const volumes = volumeSeries(release);
  const free = `kubelet_volume_stats_available_bytes{${volumes}}`;
  const grow = template('resize', placeOf(release), '--storage-size');
  return [
    rule('PostgreSQLVolumeFull', 'critical', '1m', `${free} / kubelet_volume_stats_capacity_bytes{${volumes}} < 0.05`, [
      'The volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.',
      `A full one stops the writer. Give it more: ${grow} …`,
    ]),
    rule('PostgreSQLVolumeFilling', 'warning', '1h', `predict_linear(${free}[6h], 3 * 86400) < 0`, [
      'The volume {{ $labels.persistentvolumeclaim }} is full within three days.',
      `Give it more: ${grow} …`,
    ]),
  ];
}

/** These rules need kube-state-metrics, which knows CronJobs and Jobs. */
function backupRules(release: MonitoredRelease, now: number): readonly Rule[] {
  const gap = longestBackupGap(release, now);
  if (gap === null) return [];
  const {release: name, namespace} = release;
  const {backup} = objectNames(release);
  const series = `namespace="${namespace}",cronjob="${backup}"`;
  const jobs = `namespace="${namespace}",job_name=~"${backup}-.*"`;
  const graceSeconds = 3600;
  // Until the first backup has succeeded there is no time of one: then it is late since the schedule was made.
  const last = `kube_cronjob_status_last_successful_time{${series}} or kube_cronjob_created{${series}}`;
  return [
    rule(
      'PostgreSQLBackupFailed',
      'warning',
      '0m',
      `max(kube_job_status_start_time{${jobs}} and on (job_name) kube_job_status_failed{${jobs}} > 0) > ` +
        `(max(kube_cronjob_status_last_successful_time{${series}}) or vector(0))`,
      [`The last backup of ${name} has failed.`, `Run: ${template('backup', placeOf(release), 'list')}`],
    ),
    rule('PostgreSQLBackupLate', 'warning', '10m', `time() - (${last}) > ${gap + graceSeconds}`, [
      `The last backup of ${name} is {{ $value | humanizeDuration }} old.`,
      `Run: ${template('backup', placeOf(release), 'list')}`,
    ]),
  ];
}
