// Makes a dashboard for one release, in the form that Grafana imports.
// Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
import {databaseChart} from '../chart/names.ts';
import {exporterSeries, volumeSeries, type MonitoredRelease} from './monitored-release.ts';

interface Query {
  /** A query in PromQL. */
  readonly expr: string;
  /** Grafana's `{{label}}` is replaced by the label of the series. */
  readonly legend: string;
}

interface Graph {
  readonly title: string;
  readonly description: string;
  /** A unit by Grafana's name, such as `bytes` or `s`. */
  readonly unit: string;
  readonly queries: readonly Query[];
}

const width = 12;
const height = 8;
const columns = 2;
const dataSource = {type: 'prometheus', uid: '${datasource}'};

export function grafanaDashboard(release: MonitoredRelease): object {
  return {
    title: `PostgreSQL ${release.namespace}/${release.release}`,
    uid: uidOf(release),
    tags: [databaseChart, 'pg-helm-install'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: {from: 'now-6h', to: 'now'},
    templating: {list: [{name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus'}]},
    panels: graphsOf(release).map(({title, description, unit, queries}, index) => ({
      id: index + 1,
      type: 'timeseries',
      title,
      description,
      datasource: dataSource,
      gridPos: {
        x: (index % columns) * width,
        y: Math.floor(index / columns) * height,
        w: width,
        h: height,
      },
      fieldConfig: {defaults: {unit, min: 0}, overrides: []},
      options: {legend: {displayMode: 'list', placement: 'bottom', showLegend: true}, tooltip: {mode: 'multi'}},
      targets: queries.map(({expr, legend}, target) => ({
        refId: String.fromCharCode(65 + target),
        datasource: dataSource,
        expr,
        legendFormat: legend,
      })),
    })),
  };
}

/**
 * The dashboard's uid, at most 40 characters. A release always has the same one: an import replaces the earlier one.
 */
function uidOf({namespace, release}: MonitoredRelease): string {
  return `pghi-${namespace}-${release}`.slice(0, 40);
}

function graphsOf(release: MonitoredRelease): readonly Graph[] {
  return [...serverGraphs(release), ...workGraphs(release), ...diskGraphs(release)];
}

function serverGraphs(release: MonitoredRelease): readonly Graph[] {
  const series = exporterSeries(release);
  return [
    {
      title: 'Servers',
      description: 'How many servers take writes (one is right), and how many readers stream from the writer.',
      unit: 'short',
      queries: [
        {expr: `count(pghi_server_is_reader{${series}} == 0) or vector(0)`, legend: 'writers'},
        {expr: `max(pghi_server_streaming_readers{${series}})`, legend: 'readers that stream'},
      ],
    },
    {
      title: 'Replication lag',
      description: 'How old the newest transaction is that a reader has replayed.',
      unit: 's',
      queries: [{expr: `pghi_server_replay_lag_seconds{${series}}`, legend: '{{pod}}'}],
    },
    {
      title: 'WAL not replayed',
      description: 'As the writer sees it, for each reader that streams.',
      unit: 'bytes',
      queries: [{expr: `pghi_stream_lag_bytes{${series}}`, legend: '{{client_addr}} {{sync_state}}'}],
    },
    {
      title: 'Sessions',
      description: 'By state, and how many there may be.',
      unit: 'short',
      queries: [
        {expr: `sum by (pod, state) (pg_stat_activity_count{${series}}) > 0`, legend: '{{pod}} {{state}}'},
        {expr: `max(pg_settings_max_connections{${series}})`, legend: 'max_connections'},
      ],
    },
  ];
}

function workGraphs(release: MonitoredRelease): readonly Graph[] {
  const series = exporterSeries(release);
  const perSecond = (metric: string) => `sum by (pod) (rate(pg_stat_database_${metric}{${series}}[5m]))`;
  return [
    {
      title: 'Transactions',
      description: 'A second, in all databases.',
      unit: 'ops',
      queries: [
        {expr: perSecond('xact_commit'), legend: '{{pod}} committed'},
        {expr: perSecond('xact_rollback'), legend: '{{pod}} rolled back'},
      ],
    },
    {
      title: 'Rows',
      description: 'Written a second.',
      unit: 'ops',
      queries: ['inserted', 'updated', 'deleted'].map((what) => ({
        expr: perSecond(`tup_${what}`),
        legend: `{{pod}} ${what}`,
      })),
    },
    {
      title: 'Cache hits',
      description: 'Share of the blocks that were in shared_buffers.',
      unit: 'percentunit',
      queries: [
        {
          expr: `${perSecond('blks_hit')} / (${perSecond('blks_hit')} + ${perSecond('blks_read')})`,
          legend: '{{pod}}',
        },
      ],
    },
    {
      title: 'Longest transaction',
      description: 'While it runs, no row that was deleted since it began can be cleaned away.',
      unit: 's',
      queries: [
        {
          expr: `max by (pod, state) (pg_stat_activity_max_tx_duration{${series},state=~"active|idle in transaction"})`,
          legend: '{{pod}} {{state}}',
        },
      ],
    },
    {
      title: 'Deadlocks and temporary files',
      description: 'Deadlocks a second, and bytes a second that did not fit into work_mem.',
      unit: 'short',
      queries: [
        {expr: perSecond('deadlocks'), legend: '{{pod}} deadlocks'},
        {expr: perSecond('temp_bytes'), legend: '{{pod}} bytes of temporary files'},
      ],
    },
  ];
}

function diskGraphs(release: MonitoredRelease): readonly Graph[] {
  const series = exporterSeries(release);
  const volumes = volumeSeries(release);
  return [
    {
      title: 'Size of databases',
      description: 'On the writer.',
      unit: 'bytes',
      queries: [{expr: `max by (datname) (pg_database_size_bytes{${series}})`, legend: '{{datname}}'}],
    },
    {
      title: 'Volumes',
      description: 'Share that is used, as kubelet says.',
      unit: 'percentunit',
      queries: [
        {
          expr: `kubelet_volume_stats_used_bytes{${volumes}} / kubelet_volume_stats_capacity_bytes{${volumes}}`,
          legend: '{{persistentvolumeclaim}}',
        },
      ],
    },
    {
      title: 'Age of transaction ids',
      description: 'Autovacuum begins at 200 million; at about 2,100 million no write is taken any more.',
      unit: 'short',
      queries: [{expr: `max by (datname) (pghi_database_xid_age{${series}})`, legend: '{{datname}}'}],
    },
  ];
}
