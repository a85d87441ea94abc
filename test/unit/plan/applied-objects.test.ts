// What kubectl applied, read from its objects: the values that they say, what somebody changed since, and when they do
// not say enough.
import {describe, expect, it} from 'vitest';
import {namingIn} from '../../../source/chart/naming-values.ts';
import {at, mergeValues, type Values} from '../../../source/chart/tree.ts';
import {appliedRelease, asApplied, type AppliedObject} from '../../../source/plan/applied-objects.ts';
import {appliedObjects, recordedCharts} from '../../support/recorded-charts.ts';

const recorded = (title: string) => {
  const found = recordedCharts.find((one) => one.title === title);
  if (!found) throw new Error(`${title} is recorded`);
  return found;
};
const standalone = () => appliedObjects(recorded('16.2.5 standalone'));
const changed = (objects: readonly AppliedObject[], kind: string, live: Values): readonly AppliedObject[] =>
  objects.map((one) => (one.kind === kind ? {...one, live: mergeValues(one.live, live)} : one));

describe('what is there of what was applied', () => {
  it('is as it is now, without what the cluster added', () => {
    const applied = {spec: {replicas: 1, ports: [{port: 5432}], selector: {a: 'b'}}};
    const live = {
      spec: {replicas: 2, clusterIP: '10.0.0.1', ports: [{port: 5432, protocol: 'TCP'}], selector: {a: 'b'}},
    };
    expect(asApplied(live, applied)).toEqual({spec: {replicas: 2, ports: [{port: 5432}], selector: {a: 'b'}}});
  });

  it('finds the items of a list by what the API server merges them by', () => {
    const applied = [
      {name: 'A', value: '1'},
      {name: 'GONE', value: '1'},
    ];
    const live = [
      {name: 'NEW', value: 'set since'},
      {name: 'A', value: '2'},
    ];
    expect(asApplied(live, applied)).toEqual([{name: 'A', value: '2'}]);
    const mounts = [
      {name: 'empty-dir', mountPath: '/tmp'},
      {name: 'empty-dir', mountPath: '/conf'},
    ];
    expect(asApplied([...mounts].reverse(), mounts)).toEqual(mounts);
  });

  it('leaves out what was applied as nothing', () => {
    expect(asApplied({a: 1}, {a: 1, nodeAffinity: null, gone: 'x'})).toEqual({a: 1});
  });
});

it.each(recordedCharts.map((one) => [one.title, one] as const))('%s says its names and its version', (_, one) => {
  const applied = appliedRelease(appliedObjects(one), 'orders');
  if (typeof applied === 'string') return expect.fail(applied);
  expect(namingIn(applied.values, 'orders')).toEqual(namingIn(one.values, 'orders'));
  expect(applied).toMatchObject({chartVersion: one.version, values: {auth: {username: 'app', database: 'shop'}}});
  // All that the chart made but Secrets, whose passwords are in no record.
  const kinds = applied.objects.map((object) => at(object, ['kind']));
  expect(kinds).not.toContain('Secret');
  expect(applied.objects).toHaveLength(appliedObjects(one).filter(({kind}) => kind !== 'Secret').length);
  expect(JSON.stringify(applied)).not.toMatch(/recorded-(app|admin|stream)-1|cmVjb3JkZWQt/);
});

it('a Secret, a certificate, a claim and settings that were given are carried', () => {
  const applied = appliedRelease(appliedObjects(recorded('16.2.5 carried')), 'orders');
  expect(applied).toMatchObject({
    values: {
      auth: {
        existingSecret: 'shop-login',
        secretKeys: {adminPasswordKey: 'postgres-password', userPasswordKey: 'password'},
      },
      tls: {enabled: true, certificatesSecret: 'shop-cert', certFilename: 'tls.crt', certKeyFilename: 'tls.key'},
      primary: {
        extendedConfiguration: 'max_connections = 120',
        podAnnotations: {team: 'shop'},
        persistence: {existingClaim: 'shop-data'},
      },
    },
  });
});

it('what was scaled since is as it is', () => {
  const objects = appliedObjects(recorded('16.2.5 replication'));
  const applied = appliedRelease(changed(objects, 'StatefulSet', {spec: {replicas: 3}}), 'orders');
  if (typeof applied === 'string') return expect.fail(applied);
  const sets = applied.objects.filter((one) => at(one, ['kind']) === 'StatefulSet');
  expect(sets.map((one) => at(one, ['spec', 'replicas']))).toEqual([3, 3]);
});

it('an application under the same label is none of its objects', () => {
  const shop = {metadata: {name: 'shop', labels: {'app.kubernetes.io/instance': 'orders'}}};
  const objects = [...standalone(), {kind: 'Service', name: 'shop', live: shop, applied: null}];
  expect(appliedRelease(objects, 'orders')).toEqual(appliedRelease(standalone(), 'orders'));
});

describe('what does not say enough', () => {
  const without = (name: string) => changed(standalone(), 'StatefulSet', {metadata: {labels: {[name]: undefined}}});
  it.each<[string, readonly AppliedObject[], RegExp]>([
    [
      'an object that was made by create',
      standalone().map((one) => ({...one, applied: null})),
      /kubectl noted nothing at/,
    ],
    ['no label of the chart', without('helm.sh/chart'), /no label helm.sh\/chart/],
    [
      'a chart before 11',
      changed(standalone(), 'StatefulSet', {metadata: {labels: {'helm.sh/chart': 'postgresql-10.16.3'}}}),
      /its chart is postgresql-10.16.3/,
    ],
    ['no label of the component', without('app.kubernetes.io/component'), /component=primary/],
    [
      'a writer of another name',
      changed(appliedObjects(recorded('16.2.5 replication')), 'StatefulSet', {metadata: {name: 'database'}}),
      /not called as the chart calls them/,
    ],
  ])('%s', (_, objects, why) => {
    expect(appliedRelease(objects, 'orders')).toMatch(why);
  });
});
