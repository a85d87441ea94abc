// What the objects of a release are called: what is noted, what its values say, or what its StatefulSets are called.
import {randomUUID} from 'node:crypto';
import {expect, it} from 'vitest';
import type {Api} from '../../../source/cluster/api.ts';
import {readTarget} from '../../../source/cluster/target.ts';
import {helmRecord, useFakeApi} from '../../support/fakes/cluster.ts';
import type {FakeApi} from '../../support/fakes/fake-api.ts';

let fake: FakeApi;
let api: Api;
useFakeApi((made) => ({fake, api} = made));

const place = {context: 'prod-eu', namespace: 'team-a', release: 'orders'};
const named = async () => {
  const {fullname, given} = await readTarget(api, place);
  return {fullname, given};
};

function putSet(name: string, component: 'primary' | 'read', chart = 'postgresql-15.5.38'): void {
  const labels = {
    'app.kubernetes.io/instance': 'orders',
    'app.kubernetes.io/component': component,
    'helm.sh/chart': chart,
    'app.kubernetes.io/name': 'postgresql',
  };
  fake.put('/apis/apps/v1/namespaces/team-a/statefulsets', {metadata: {name, labels}});
}

function putRecord(chart: string, config: object): void {
  const {metadata, data} = helmRecord('orders', 1, {chart, config});
  // What was read once is known by its uid, in all tests of this process.
  fake.put('/api/v1/namespaces/team-a/secrets', {metadata: {...metadata, uid: randomUUID()}, data});
}

const standalone = {fullname: 'orders-postgresql', given: {writer: ''}};

it('where nothing is there, they are the chart’s own', async () => {
  expect(await named()).toEqual({fullname: 'orders-postgresql', given: undefined});
});

it('where helm has no record, the StatefulSets say them', async () => {
  putSet('orders-postgresql', 'primary');
  expect(await named()).toEqual(standalone);
  putSet('shop-db', 'primary', 'mysql-9.0.0');
  expect(await named()).toEqual(standalone);
});

it('inside the release of an application, the StatefulSets say them too', async () => {
  putRecord('shop', {postgresql: {auth: {username: 'app'}}});
  putSet('orders-postgresql', 'primary');
  expect(await named()).toEqual(standalone);
});

it('of a release of the chart, the values say them', async () => {
  putRecord('postgresql', {fullnameOverride: 'shop-db'});
  putSet('shop-db', 'primary');
  expect(await named()).toEqual({fullname: 'shop-db', given: {fullnameOverride: 'shop-db', writer: ''}});
});
