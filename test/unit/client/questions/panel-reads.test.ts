// What screens ask of a release beside what they watch.
import {expect, it} from 'vitest';
import {toValues} from '../../../../source/chart/values.ts';
import type {Connection} from '../../../../source/cluster/connect.ts';
import {readsOf} from '../../../../source/client/questions/panel-reads.ts';
import {connectTo, helmRecord, useFakeApi} from '../../../support/fakes/cluster.ts';
import type {FakeApi} from '../../../support/fakes/fake-api.ts';
import {parametersWith, targetFor} from '../../../support/fakes/survey.ts';

let fake: FakeApi;
let connection: Connection;
useFakeApi((made) => {
  fake = made.fake;
  connection = connectTo(fake);
});

it('shows the values that Argo CD applies, and not those of the helm before it', async () => {
  const {metadata, ...record} = helmRecord('orders', 3, {config: {readReplicas: {replicaCount: 1}}});
  fake.put('/api/v1/namespaces/team-a/secrets', {...record, metadata: {...metadata, uid: 'before-argo'}});
  const values = () => readsOf(() => connection).values(targetFor('orders'));
  expect(await values()).toEqual({readReplicas: {replicaCount: 1}});
  fake.put('/apis/apps/v1/namespaces/team-a/statefulsets', {
    metadata: {
      name: 'orders-postgresql-primary',
      labels: {'app.kubernetes.io/instance': 'orders', 'app.kubernetes.io/name': 'postgresql'},
      annotations: {'argocd.argoproj.io/tracking-id': 'orders:apps/StatefulSet:team-a/orders-postgresql-primary'},
    },
    spec: {template: {spec: {containers: []}}},
  });
  fake.put('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications', {
    metadata: {name: 'orders'},
    spec: {source: {chart: 'postgresql', helm: {valuesObject: {readReplicas: {replicaCount: 2}}}}},
  });
  expect(await values()).toEqual({readReplicas: {replicaCount: 2}});
});

it('names the revision from before an adoption, until somebody has gone back', async () => {
  const target = targetFor('orders');
  const put = (revision: number, status: string, config: object, description: string) => {
    const {metadata, ...record} = helmRecord('orders', revision, {status, config, description});
    const uid = `adopted-${revision}-${status}`;
    fake.put('/api/v1/namespaces/team-a/secrets', {...record, metadata: {...metadata, uid}});
  };
  const told = async () => (await readsOf(() => connection).history(target)).beforeAdoption;
  put(1, 'superseded', {auth: {username: 'app'}}, 'Install complete');
  put(2, 'deployed', toValues(parametersWith(), target), 'adopt');
  expect(await told()).toBe(1);
  put(2, 'superseded', toValues(parametersWith(), target), 'adopt');
  put(3, 'deployed', {auth: {username: 'app'}}, 'Upgrade complete');
  expect(await told()).toBeNull();
});

it('tells the logs by pod, the writer first, and where none can be read yet', async () => {
  const pods = '/api/v1/namespaces/team-a/pods';
  for (const [name, component] of [
    ['orders-postgresql-read-0', 'read'],
    ['orders-postgresql-primary-0', 'primary'],
  ] as const)
    fake.put(pods, {
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/instance': 'orders',
          'app.kubernetes.io/name': 'postgresql',
          'app.kubernetes.io/component': component,
        },
      },
      spec: {containers: [{name: 'postgresql'}]},
      status: {phase: 'Running'},
    });
  expect(await readsOf(() => connection).logs(targetFor('orders'))).toEqual([
    {pod: 'orders-postgresql-primary-0', role: 'writer', lines: null},
    {pod: 'orders-postgresql-read-0', role: 'reader', lines: null},
  ]);
});

it('says that there is no such release, for each question about it', async () => {
  const reads = readsOf(() => connection);
  const none = targetFor('no-such-release');
  for (const ask of [reads.values, reads.history])
    await expect(ask(none)).rejects.toMatchObject({reason: {code: 'RELEASE_NOT_FOUND'}});
  await expect(reads.connectionStrings(none, 'writer')).rejects.toMatchObject({reason: {code: 'RELEASE_NOT_FOUND'}});
});

it('has no logs yet where an install has made no pod, which is no error', async () => {
  expect(await readsOf(() => connection).logs(targetFor('no-such-release'))).toEqual([]);
});

it('has no revisions of a release that somebody else applies, of which helm has no record', async () => {
  fake.put('/apis/apps/v1/namespaces/team-a/statefulsets', {
    metadata: {
      name: 'applied-postgresql-primary',
      labels: {
        'app.kubernetes.io/instance': 'applied',
        'app.kubernetes.io/name': 'postgresql',
        'app.kubernetes.io/component': 'primary',
      },
    },
    spec: {replicas: 1, template: {spec: {containers: [{name: 'postgresql'}]}}},
  });
  expect(await readsOf(() => connection).history(targetFor('applied'))).toMatchObject({revisions: []});
});
