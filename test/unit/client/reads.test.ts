// What screens ask of a release beside what they watch.
import {expect, it} from 'vitest';
import type {Connection} from '../../../source/cluster/connect.ts';
import {readsOf} from '../../../source/client/reads.ts';
import {connectTo, helmRecord, useFakeApi} from '../../support/cluster.ts';
import type {FakeApi} from '../../support/fake-api.ts';
import {targetFor} from '../../support/survey.ts';

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
  expect(await values()).toEqual(['readReplicas:', '  replicaCount: 1']);
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
  expect(await values()).toEqual(['readReplicas:', '  replicaCount: 2']);
});
