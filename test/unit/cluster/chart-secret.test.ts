// The Secret that the chart made before the release was adopted: found, told from others, and given new passwords.
import {expect, it} from 'vitest';
import type {Api} from '../../../source/cluster/api.ts';
import {readChartSecret, writeChartSecret} from '../../../source/cluster/chart-secret.ts';
import {useFakeApi} from '../../support/fakes/cluster.ts';
import {refusal, type FakeApi} from '../../support/fakes/fake-api.ts';

const secrets = '/api/v1/namespaces/team-a/secrets';
const target = {context: 'lab', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'};
const metadata = {
  name: 'orders-postgresql',
  labels: {'app.kubernetes.io/name': 'postgresql'},
  annotations: {'helm.sh/resource-policy': 'keep'},
};
const data = {'postgres-password': 'YQ==', password: 'Yg=='};
let fake: FakeApi;
let api: Api;
useFakeApi((made) => ({fake, api} = made));

it('has the passwords that it has, and gets new ones under its own keys alone', async () => {
  fake.put(secrets, {metadata, data: {...data, other: 'eA=='}});
  expect(await readChartSecret(api, target)).toEqual({
    name: 'orders-postgresql',
    roles: ['user', 'admin'],
    heldBy: null,
  });
  await writeChartSecret(api, target, {user: 'n"ew', replication: 'r'});
  const {body} = fake.asked.at(-1) ?? {};
  expect(body).toMatchObject({stringData: {password: 'n"ew'}});
  expect(JSON.stringify(body)).not.toContain('replication');
});

it('is no other Secret of that name', async () => {
  expect(await readChartSecret(api, target)).toBeNull();
  fake.put(secrets, {metadata: {...metadata, annotations: {}}, data});
  expect(await readChartSecret(api, target)).toBeNull();
  await writeChartSecret(api, target, {user: 'new'});
  expect(fake.requests.filter((one) => one.startsWith('PATCH'))).toEqual([]);
});

it('says why it cannot change', async () => {
  fake.put(secrets, {metadata, data, immutable: true});
  expect(await readChartSecret(api, target)).toMatchObject({heldBy: 'it is immutable'});
  fake.put(secrets, {metadata, data});
  fake.intercept(({method, query}) =>
    method === 'PATCH' && query.get('dryRun') === 'All' ? refusal(403, 'Forbidden', 'secrets is forbidden') : undefined,
  );
  expect(await readChartSecret(api, target)).toMatchObject({heldBy: 'this user may not change it'});
});
