// How much memory the pods of a release use: asked of a metrics server where a StatefulSet sets no limit, and never
// missed where there is none.
import {expect, it, vi} from 'vitest';
import {memoryUseReader} from '../../../source/cluster/memory-use.ts';
import type {Api} from '../../../source/cluster/api.ts';
import type {StatefulSet} from '../../../source/observation/kubernetes.ts';
import {useFakeApi} from '../../support/fakes/cluster.ts';
import type {FakeApi} from '../../support/fakes/fake-api.ts';
import {targetFor} from '../../support/fakes/survey.ts';

let fake: FakeApi;
let api: Api;
useFakeApi((made) => ({fake, api} = made));

const set = (resources: object): StatefulSet => ({
  metadata: {name: 'orders-postgresql'},
  spec: {template: {spec: {containers: [{name: 'postgresql', resources}]}}},
});
const [limited, unlimited] = [set({limits: {memory: '1Gi'}}), set({})];
const path = '/apis/metrics.k8s.io/v1beta1/namespaces/team-a/pods';
const reader = () => memoryUseReader(api, targetFor('orders'), 'postgresql', () => 7);

function putMetrics(): void {
  fake.put(path, {
    metadata: {
      name: 'orders-postgresql-0',
      labels: {'app.kubernetes.io/instance': 'orders', 'app.kubernetes.io/name': 'postgresql'},
    },
    containers: [
      {name: 'metrics', usage: {cpu: '1m', memory: '9Mi'}},
      {name: 'postgresql', usage: {cpu: '12m', memory: '215040Ki'}},
    ],
  });
}

it('is what the container of the database uses', async () => {
  putMetrics();
  const facts = [{kind: 'memory', at: 7, usedBytes: {'orders-postgresql-0': 210 * 2 ** 20}}];
  expect(await reader().asked({statefulSets: [unlimited]})).toEqual(facts);
  const one = reader();
  expect(one.known({statefulSets: [unlimited]})).toEqual([]);
  await vi.waitFor(() => expect(one.known({statefulSets: [unlimited]})).toEqual(facts));
});

it('is not asked where there is a limit, and is nothing where there is no metrics server', async () => {
  expect(await reader().asked({statefulSets: [limited]})).toEqual([]);
  fake.intercept(({path: asked}) => (asked === path ? {status: 404, body: {kind: 'Status', code: 404}} : undefined));
  expect(await reader().asked({statefulSets: [unlimited]})).toEqual([]);
});
