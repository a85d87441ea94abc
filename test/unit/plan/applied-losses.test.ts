// What the values of a release that kubectl applied decide is compared in what runs.
import {expect, it} from 'vitest';
import {appliedLosses, isRecordedAsApplied, recordedAsApplied} from '../../../source/plan/applied-losses.ts';
import {recordedCharts} from '../../support/recorded-charts.ts';

const manifest = recordedCharts.find(({title}) => title === '16.2.5 standalone')?.manifest ?? '';
const set = 'of StatefulSet orders-postgresql';

it('nothing is lost where all is the same', () => {
  expect(manifest).toContain('kind: StatefulSet');
  expect(appliedLosses(manifest, manifest)).toEqual([]);
});

it.each([
  [
    /POSTGRESQL_LOG_CONNECTIONS\n( +)value: "false"/,
    'POSTGRESQL_LOG_CONNECTIONS\n$1value: "true"',
    `the variable POSTGRESQL_LOG_CONNECTIONS ${set}`,
  ],
  [/POSTGRESQL_LOG_HOSTNAME/, 'POSTGRESQL_AUDIT', `the variable POSTGRESQL_AUDIT ${set}`],
  [/fsGroup: 1001/, 'fsGroup: 2000', `securityContext.fsGroup ${set}`],
  [/runAsUser: 1001/, 'runAsUser: 2000', `securityContext.runAsUser ${set}`],
  [/( +)imagePullPolicy:/, '$1args: [-c, wal_level=logical]\n$1imagePullPolicy:', `args ${set}`],
  [
    /(\n +)name: orders-postgresql(\n +)labels:(\n +)(app.kubernetes.io\/instance: orders\n +app.kubernetes.io\/managed-by: Helm\n[^]*?serviceAccountName)/,
    '$1name: orders-postgresql$2labels:$3team: shop$3$4',
    `the label team ${set}`,
  ],
  [
    /- ports:\n( +)- port: 5432/,
    '- from: [{podSelector: {}}]\n      ports:\n$1- port: 5432',
    'the rules of NetworkPolicy orders-postgresql',
  ],
])('%s', (what, instead, loss) => {
  // Only the template of the pods has a name of its own besides metadata.
  const at = loss.startsWith('the label') ? manifest.indexOf('  template:') : 0;
  const was = manifest.slice(0, at) + manifest.slice(at).replace(what, instead);
  expect(was).not.toBe(manifest);
  expect(appliedLosses(was, manifest)).toEqual([loss]);
});

it('a record that was written of what kubectl applied is known by its description', () => {
  expect([recordedAsApplied, 'Install complete'].map((description) => isRecordedAsApplied({description}))).toEqual([
    true,
    false,
  ]);
});
