// Dashboards and alert rules name what an exporter really gives, of this release alone.
import {readFileSync} from 'node:fs';
import {describe, expect, it, test} from 'vitest';
import {grafanaDashboard} from '../../../source/export/grafana-dashboard.ts';
import {longestBackupGap, type MonitoredRelease} from '../../../source/export/monitored-release.ts';
import {prometheusRule} from '../../../source/export/prometheus-rules.ts';
import {metricsIn} from '../../support/promql.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const release = (parameters: Partial<MonitoredRelease['parameters']> = {}): MonitoredRelease => ({
  release: 'orders',
  namespace: 'team-a',
  fullname: 'orders-postgresql',
  parameters: {
    readReplicaCount: 2,
    synchronousReplicas: 0,
    backup: {schedule: null, size: '8Gi', keep: 7},
    ...parameters,
  },
});
const everything = release({synchronousReplicas: 1, backup: {schedule: '0 3 * * *', size: '8Gi', keep: 7}});

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly gridPos: {readonly x: number; readonly y: number; readonly w: number};
    readonly targets: readonly {readonly expr: string; readonly legendFormat: string}[];
  }[];
}
const dashboard = grafanaDashboard(everything) as Dashboard;
const shown = dashboard.panels.flatMap(({targets}) => targets.map(({expr}) => expr));
const rulesOf = (of: MonitoredRelease) => prometheusRule(of, now).spec.groups.flatMap(({rules}) => rules);
const alerts = rulesOf(everything).map(({expr}) => expr);

// Scrapes of a writer and a reader, by postgres_exporter 0.11 with our queries: names alone.
const scraped = readFileSync(new URL('exporter-metrics.txt', import.meta.url), 'utf8').split('\n');
/** Metrics of kubelet (/metrics) and of kube-state-metrics (docs/metrics/workload/cronjob-metrics.md). */
const ofOthers = [
  'kubelet_volume_stats_available_bytes',
  'kubelet_volume_stats_capacity_bytes',
  'kubelet_volume_stats_used_bytes',
  'kube_cronjob_status_last_successful_time',
  'kube_cronjob_created',
  'kube_job_status_failed',
  'kube_job_status_start_time',
];

describe.each([
  ['the dashboard', shown],
  ['the alert rules', alerts],
])('%s', (_name, expressions) => {
  it('asks for nothing that is not there', () => {
    const asked = [...new Set(expressions.flatMap(metricsIn))];
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.filter((name) => !scraped.includes(name) && !ofOthers.includes(name))).toEqual([]);
  });

  it('asks each metric of this release alone', () => {
    for (const expression of expressions)
      for (const name of metricsIn(expression)) expect(expression).toContain(`${name}{namespace="team-a",`);
  });

  it('closes what it opens', () => {
    for (const expression of expressions)
      for (const [open, close] of ['()', '{}', '[]'])
        expect(expression.split(open ?? '')).toHaveLength(expression.split(close ?? '').length);
  });
});

it('the panels stand beside and below each other, each with an id of its own', () => {
  const places = dashboard.panels.map(({gridPos: {x, y}}) => `${x},${y}`);
  expect(new Set(places).size).toBe(places.length);
  expect(new Set(dashboard.panels.map(({id}) => id)).size).toBe(places.length);
  expect(dashboard.panels.every(({gridPos: {x, w}}) => x + w <= 24)).toBe(true);
});

describe('alerts follow the release', () => {
  const names = (of: MonitoredRelease) => rulesOf(of).map(({alert}) => alert);

  test('without readers there are none of replication', () => {
    expect(names(release({readReplicaCount: 0})).join()).not.toMatch(/Replica|Reader|Commits/);
    expect(names(release())).toContain('PostgreSQLReaderNotStreaming');
  });

  test('commits wait where they are asked to', () => {
    expect(names(release())).not.toContain('PostgreSQLCommitsWait');
    expect(alerts).toContain(
      'max(pghi_server_streaming_readers{namespace="team-a",' +
        'pod=~"(orders-postgresql-primary|orders-postgresql-read)-[0-9]+"}) < 1',
    );
  });

  test('a backup is late when the longest gap of its schedule is over by an hour', () => {
    expect(names(release())).not.toContain('PostgreSQLBackupLate');
    expect(alerts.at(-1)).toMatch(/cronjob="orders-postgresql-primary-pgdumpall"\}\) > 90000$/);
    // Before the first success there is no time of one.
    expect(alerts.at(-1)).toMatch(/last_successful_time\{[^}]*\} or kube_cronjob_created\{/);
  });
});

test.each([
  ['0 3 * * *', 86_400],
  ['*/30 * * * *', 1800],
  ['0 3 * * 1-5', 3 * 86_400],
  ['0 3 30 2 *', null],
])('between two backups of %s are at most %s seconds', (schedule, seconds) => {
  expect(longestBackupGap(release({backup: {schedule, size: '8Gi', keep: 7}}), now)).toBe(seconds);
});
