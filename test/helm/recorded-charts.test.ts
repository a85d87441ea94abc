// What helm would apply to a release of charts 11 to 16 when it is adopted keeps its objects, volumes, Services and
// whatever somebody gave it: rendered by the real helm, held against what those charts rendered.
import {execa} from 'execa';
import {expect, it} from 'vitest';
import {namingIn} from '../../source/chart/naming-values.ts';
import {mergeValues, type Values} from '../../source/chart/tree.ts';
import {toValues} from '../../source/chart/values.ts';
import {adoptable} from '../../source/plan/adoption.ts';
import {adoptionLosses} from '../../source/plan/adoption-losses.ts';
import {renewalLosses, renewalOf} from '../../source/plan/before-chart-11.ts';
import {replacedObjects} from '../../source/plan/replaced-objects.ts';
import {helm3, realChart, smallChart} from '../support/paths.ts';
import {chart10, recordedCharts, snapshotOf} from '../support/recorded-charts.ts';
import {noRealHelm} from './support.ts';

const asIs = {cpu: null, memory: null, readReplicas: null, readers: {cpu: null, memory: null}};
const chart = realChart ?? smallChart;
const targetOf10 = snapshotOf(chart10).target;

async function render(values: Values): Promise<string> {
  const asked = ['template', 'orders', chart, '-n', 'NAMESPACE', '-f', '-'];
  return (await execa(helm3, asked, {input: JSON.stringify(values)})).stdout;
}

it.skipIf(noRealHelm).each(recordedCharts.map((one) => [one.title, one] as const))(
  '%s keeps what it has',
  async (_, recorded) => {
    const snapshot = snapshotOf(recorded);
    const found = adoptable(snapshot, recorded.manifest, {username: 'app', database: 'shop'}, asIs);
    if ('code' in found) return expect.fail(found.message);
    const will = await render(toValues(found.parameters, snapshot.target));
    expect(replacedObjects(snapshot, will, true)).toBeNull();
    expect(adoptionLosses(recorded.manifest, will)).toEqual([]);
  },
);

it.skipIf(noRealHelm)('a standalone of chart 10 is the same database with the chart of today', async () => {
  const found = renewalOf(chart10.manifest, snapshotOf(chart10));
  if (typeof found === 'string') return expect.fail(found);
  expect(renewalLosses(chart10.manifest, await render(found.values), targetOf10)).toEqual([]);
  const other = chart10.manifest
    .replace('value: "off"', 'value: "on"')
    .replace('type: ClusterIP\n  ports', 'type: NodePort\n  ports');
  expect(renewalLosses(other, await render(found.values), targetOf10)).toEqual([
    'the variable POSTGRESQL_PGAUDIT_LOG_CATALOG of StatefulSet orders-postgresql',
    'type of Service orders-postgresql',
  ]);
});

/** What people set beside the sizes. */
const manyValues = {
  commonLabels: {owner: 'shop'},
  audit: {logConnections: true, pgAuditLog: 'WRITE', logLinePrefix: '%m'},
  postgresqlSharedPreloadLibraries: 'pg_stat_statements',
  metrics: {enabled: true},
  shmVolume: {enabled: true, sizeLimit: '1Gi'},
  replication: {synchronousCommit: 'on', numSynchronousReplicas: 1},
  primary: {
    podLabels: {team: 'shop'},
    podAnnotations: {'example.com/scrape': 'yes'},
    podAntiAffinityPreset: 'hard',
    podSecurityContext: {fsGroup: 2000},
    containerSecurityContext: {runAsUser: 2000},
    extraEnvVars: [
      {name: 'TZ', value: 'UTC'},
      {name: 'POSTGRESQL_MAX_CONNECTIONS', value: '300'},
    ],
    extraEnvVarsSecret: 'shop-variables',
    initdb: {scripts: {'a.sql': 'select 1'}, args: '--data-checksums'},
    networkPolicy: {allowExternal: false},
    pgHbaConfiguration: 'host all all 0.0.0.0/0 scram-sha-256',
    service: {type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8']},
    sidecars: [{name: 'side', image: 'example.com/side:1'}],
  },
};

it.skipIf(noRealHelm)('a release with values of many kinds keeps them all', async () => {
  const of = recordedCharts.find(({title}) => title === '16.2.5 replication');
  if (!of) return expect.fail('16.2.5 is recorded');
  const values = mergeValues(of.values, manyValues);
  const manifest = await render(values);
  const seen = snapshotOf({...of, values, manifest});
  const snapshot = {...seen, target: {...seen.target, ...namingIn(values, 'orders')}};
  const found = adoptable(snapshot, manifest, {username: 'app', database: 'shop'}, asIs);
  if ('code' in found) return expect.fail(found.message);
  expect(adoptionLosses(manifest, await render(toValues(found.parameters, snapshot.target)))).toEqual([]);
});
