// The Secret with the passwords: made, read back, given new ones, and told from a stranger's.
import {afterEach, beforeEach, expect, it} from 'vitest';
import type {Api} from '../../../source/cluster/api.ts';
import {readCredentials, writeCredentials, writeSystemIdentifier} from '../../../source/cluster/credentials.ts';
import {connectTo} from '../../support/cluster.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fake-api.ts';

const secrets = '/api/v1/namespaces/team-a/secrets';
const name = 'orders-postgresql-auth';
const passwords = {admin: 'ädmin 1', user: 'p\\:"ß', replication: '🐘'};
let fake: FakeApi;
let api: Api;
beforeEach(async () => {
  fake = await fakeApi();
  api = connectTo(fake).api;
});
afterEach(async () => {
  api.close();
  await fake.stop();
});
const write = (credentials = passwords) => writeCredentials(api, 'team-a', name, 'orders', credentials);
const read = () => readCredentials(api, 'team-a', name);

it('is null where there is none', async () => {
  expect(await read()).toBeNull();
});

it('comes back letter by letter', async () => {
  await write();
  expect(await read()).toEqual({
    keys: ['postgres-password', 'password', 'replication-password'],
    ours: true,
    systemIdentifier: null,
    credentials: passwords,
  });
});

it('has the labels that tell whose it is', async () => {
  await write();
  expect(fake.objects.get(`${secrets}/${name}`)?.metadata.labels).toEqual({
    'app.kubernetes.io/managed-by': 'pg-helm-install',
    'app.kubernetes.io/instance': 'orders',
    'app.kubernetes.io/part-of': 'postgresql',
  });
});

it('gives an existing one new passwords and leaves its other keys alone', async () => {
  fake.put(secrets, {metadata: {name}, data: {other: 'eA==', password: 'b2xk'}});
  await write();
  expect(await read()).toMatchObject({credentials: passwords, ours: false});
  expect(fake.objects.get(`${secrets}/${name}`)).toMatchObject({data: {other: 'eA=='}});
});

it('remembers which database they are of, through new passwords, until it is told otherwise', async () => {
  const remember = (identifier: string | null) =>
    writeSystemIdentifier(connectTo(fake).api, 'team-a', name, identifier);
  await write();
  await remember('7713308882125799452');
  await write();
  expect(await read()).toMatchObject({systemIdentifier: '7713308882125799452', credentials: passwords});
  await remember(null);
  expect(await read()).toMatchObject({systemIdentifier: null, credentials: passwords});
});

it('has no passwords while one is missing', async () => {
  fake.put(secrets, {metadata: {name}, data: {password: 'eA=='}});
  expect(await read()).toEqual({keys: ['password'], ours: false, systemIdentifier: null, credentials: null});
});

it('fails with what the server says, and changes nothing then', async () => {
  fake.intercept(({method}) => (method === 'POST' ? refusal(403, 'Forbidden', 'secrets is forbidden') : undefined));
  await expect(write()).rejects.toMatchObject({status: 403, message: 'secrets is forbidden'});
  expect(fake.requests).toEqual([`POST ${secrets}`]);
});
