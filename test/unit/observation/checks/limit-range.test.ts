import {expect, test} from 'vitest';
import {limitRange} from '../../../../source/observation/checks/limit-range.ts';
import type {LimitRange} from '../../../../source/observation/kubernetes.ts';
import type {Parameters} from '../../../../source/parameters/parameters.ts';
import {claim, codesOf, goodSurvey, textOf, wantedWith} from '../../../support/fakes/survey.ts';

type Item = NonNullable<NonNullable<LimitRange['spec']>['limits']>[number];
const judgeWith = (parameters: Partial<Parameters>, ...limits: Item[]) =>
  limitRange(goodSurvey({limitRanges: [{metadata: {name: 'bounds'}, spec: {limits}}]}), wantedWith({parameters}));
const judge = (...limits: Item[]) => judgeWith({}, ...limits);

test.each<Item>([
  {type: 'Container', max: {memory: '1Gi', cpu: '500m'}, min: {memory: '1Gi', cpu: '500m'}},
  {type: 'Pod', max: {memory: '1Gi'}},
  {type: 'PersistentVolumeClaim', max: {storage: '20Gi'}, min: {storage: '20Gi'}},
  {type: 'openshift.io/Image', max: {storage: '1Gi'}},
])('within %j', (item) => expect(judge(item)).toEqual([]));

test.each<[Item, string]>([
  [
    {type: 'Container', max: {memory: '1023Mi'}},
    'a Container may have at most 1023Mi of memory, 1Gi is asked (--memory)',
  ],
  [{type: 'Container', min: {memory: '2Gi'}}, 'a Container must have at least 2Gi of memory, 1Gi is asked (--memory)'],
  [{type: 'Container', max: {cpu: '250m'}}, 'a Container may have at most 250m of cpu, 500m is asked (--cpu)'],
  [{type: 'Pod', max: {memory: '512Mi'}}, 'a Pod may have at most 512Mi of memory'],
  [{type: 'PersistentVolumeClaim', max: {storage: '10Gi'}}, 'at most 10Gi of storage, 20Gi is asked (--storage-size)'],
])('outside %j', (item, text) => {
  const findings = judge(item);
  expect(codesOf(findings)).toEqual(['refuse ADMISSION_DENIED']);
  expect(textOf(findings)).toContain(text);
});

// What is asked for is 500m and 1Gi in each of three pods.
test.each<[Partial<Parameters>, Item, string | null]>([
  [{}, {type: 'Container', default: {cpu: '500m', memory: '512Mi'}}, null],
  [
    {},
    {type: 'Container', default: {cpu: '400m'}},
    'a Container without a CPU limit gets one of 400m, and 500m of cpu',
  ],
  [{cpuLimit: '500m'}, {type: 'Container', default: {cpu: '400m'}}, null],
  [{readers: {cpu: '2'}}, {type: 'Container', default: {cpu: '1'}}, '2 of cpu is asked (--cpu-limit, --cpu)'],
  // The API server makes the maximum the default.
  [{}, {type: 'Container', default: {cpu: '400m'}, max: {cpu: '400m'}}, 'at most 400m of cpu, 500m is asked (--cpu)'],
  [{cpuLimit: '2'}, {type: 'Container', max: {cpu: '1'}}, 'a CPU limit of at most 1, 2 is asked (--cpu-limit)'],
  [{cpuLimit: '2'}, {type: 'Container', max: {cpu: '2'}}, null],
  [
    {cpuLimit: '2'},
    {type: 'Pod', max: {cpu: '1'}},
    'a Pod may have a CPU limit of at most 1, 2 is asked (--cpu-limit)',
  ],
  [{}, {type: 'Pod', max: {cpu: '1'}}, 'a Pod must have a CPU limit of at most 1, and there is none (--cpu-limit)'],
  [{cpuLimit: '4'}, {type: 'Container', maxLimitRequestRatio: {cpu: '4'}}, 'at most 4 times what it requests'],
  [{cpuLimit: '2'}, {type: 'Container', maxLimitRequestRatio: {cpu: '4'}}, null],
  [{}, {type: 'Container', maxLimitRequestRatio: {cpu: '4'}}, 'a Container must have a CPU limit of at most 4 times'],
  // As the API gives back a ratio of 2.5 and of 10.
  [{cpuLimit: '2'}, {type: 'Container', maxLimitRequestRatio: {cpu: '2500m'}}, 'at most 2.5 times what it requests'],
  [{cpuLimit: '1250m'}, {type: 'Container', maxLimitRequestRatio: {cpu: '2500m'}}, null],
  [{cpuLimit: '5'}, {type: 'Container', maxLimitRequestRatio: {cpu: '1e1'}}, null],
  // The exporter has 20m and 96Mi beside the database.
  [
    {metrics: 'exporter'},
    {type: 'Container', min: {cpu: '50m'}},
    'the exporter must have at least 50m of cpu, 20m is asked (metrics.resources.requests.cpu)',
  ],
  [{metrics: 'exporter'}, {type: 'Container', min: {cpu: '20m', memory: '96Mi'}}, null],
  [{metrics: 'exporter'}, {type: 'Pod', max: {memory: '1Gi'}}, 'at most 1Gi of memory, 1120Mi is asked'],
  [{metrics: 'exporter'}, {type: 'Pod', max: {memory: '1120Mi'}}, null],
  [
    {metrics: 'exporter', extraValues: {metrics: {resources: {requests: {cpu: '50m'}}}}},
    {type: 'Container', min: {cpu: '50m'}},
    null,
  ],
  [
    {backup: {schedule: '@daily', size: '50Gi', keep: 7}},
    {type: 'PersistentVolumeClaim', max: {storage: '20Gi'}},
    'at most 20Gi of storage, 50Gi is asked (--backup-size)',
  ],
])('%j in a namespace with %j: %s', (parameters, item, text) => {
  const findings = judgeWith(parameters, item);
  if (text === null) return expect(findings).toEqual([]);
  expect(codesOf(findings)).toEqual(['refuse ADMISSION_DENIED']);
  expect(textOf(findings)).toContain(text);
});

test('none to be seen', () => expect(limitRange(goodSurvey({limitRanges: null}), wantedWith())).toEqual([]));

// A LimitRange that was set later judges what is made or grows, not the volumes that are there.
test.each<[string, Partial<Parameters>, readonly string[]]>([
  ['all are there', {}, []],
  ['the volume of the backups grows', {backup: {schedule: '@daily', size: '60Gi', keep: 7}}, ['--backup-size']],
  ['the volumes of the data grow', {storageSize: '30Gi'}, ['--storage-size']],
  ['a reader more', {readReplicaCount: 3}, ['--storage-size']],
])('of %s, volumes that are refused: %j', (_what, parameters, flags) => {
  const withSize = (name: string, storage: string) => ({
    ...claim(name),
    spec: {storageClassName: 'standard', resources: {requests: {storage}}},
  });
  const names = ['primary', 'read', 'read'].map((set, at) => `data-orders-postgresql-${set}-${Math.max(0, at - 1)}`);
  const survey = goodSurvey({
    limitRanges: [
      {metadata: {name: 'bounds'}, spec: {limits: [{type: 'PersistentVolumeClaim', max: {storage: '10Gi'}}]}},
    ],
    claims: names.map((name) => withSize(name, '20Gi')),
    backupClaim: withSize('orders-postgresql-pgdumpall', '50Gi'),
  });
  const backup = {schedule: '@daily', size: '50Gi', keep: 7};
  const findings = limitRange(survey, wantedWith({parameters: {backup, ...parameters}}));
  expect(flags.filter((flag) => !textOf(findings).includes(flag))).toEqual([]);
  expect(findings).toHaveLength(flags.length);
});
