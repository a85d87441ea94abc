// The Secret with the passwords: made, read back, given new ones, and told from a stranger's.
import {expect, it} from 'vitest';
import type {Api} from '../../../source/cluster/api.ts';
import {
  readCredentials,
  writeCredentials,
  writeRoleMove,
  writeSystemIdentifier,
} from '../../../source/cluster/credentials.ts';
import {connectTo, useFakeApi} from '../../support/fakes/cluster.ts';
import {refusal, type FakeApi} from '../../support/fakes/fake-api.ts';

const secrets = '/api/v1/namespaces/team-a/secrets';
const name = 'orders-postgresql-auth';
const passwords = {admin: 'ädmin 1', user: 'p\\:"ß', replication: '🐘'};
let fake: FakeApi;
let api: Api;
useFakeApi((made) => ({fake, api} = made));
const write = (credentials: Partial<typeof passwords> = passwords, options = {}) =>
  writeCredentials(api, {namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'}, credentials, options);
const read = () => readCredentials(api, {namespace: 'team-a', fullname: 'orders-postgresql'});

it('is null where there is none', async () => {
  expect(await read()).toBeNull();
});

it('comes back letter by letter', async () => {
  await write();
  expect(await read()).toEqual({
    keys: ['postgres-password', 'password', 'replication-password'],
    ours: true,
    found: passwords,
    systemIdentifier: null,
    rotation: null,
    roleMoves: [],
    writerPosition: null,
    heldBy: null,
    ofRelease: null,
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

it('gives an existing one new passwords only when that is said, and leaves its other keys alone', async () => {
  fake.put(secrets, {metadata: {name}, data: {other: 'eA==', password: 'b2xk'}});
  await write(passwords, {replace: true});
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

it('adds what is missing or empty, and leaves what is there byte for byte', async () => {
  fake.put(secrets, {metadata: {name}, data: {password: 'b2xk', 'postgres-password': ''}});
  await write();
  expect(await read()).toMatchObject({credentials: {...passwords, user: 'old'}});
  await write({admin: 'another'});
  expect(await read()).toMatchObject({credentials: {...passwords, user: 'old'}});
});

it.each([
  ['made', {metadata: {name}, data: {password: 'b2xk'}}, 'POST'],
  ['changed', {metadata: {name}, data: {password: 'b2xk'}}, 'PATCH'],
] as const)('keeps what somebody writes in the moment in which it is %s', async (what, theirs, method) => {
  if (what === 'changed') fake.put(secrets, {metadata: {name}, data: {other: 'eA=='}});
  let writes = 0;
  fake.intercept((asked) => {
    if (asked.method === method && ++writes === 1) fake.put(secrets, structuredClone(theirs));
    return undefined;
  });
  await write();
  expect(await read()).toMatchObject({credentials: {...passwords, user: 'old'}});
  expect(writes + fake.requests.filter((one) => one.startsWith('PATCH')).length).toBeGreaterThan(1);
});

it('has no passwords while one is missing or empty', async () => {
  fake.put(secrets, {metadata: {name}, data: {password: 'eA==', 'postgres-password': ''}});
  expect(await read()).toEqual({
    keys: ['password'],
    ours: false,
    found: {user: 'x'},
    systemIdentifier: null,
    rotation: null,
    roleMoves: [],
    writerPosition: null,
    heldBy: null,
    ofRelease: null,
    credentials: null,
  });
});

it('remembers when the role moved, beside what others note at the same time', async () => {
  await write();
  const move = (at: string) => ({
    kind: 'switchover' as const,
    at,
    to: 'read-0',
    fromNode: 'a',
    toNode: 'b',
    outMs: 1,
    atRisk: null,
    timeline: {before: 1, after: 2},
  });
  await Promise.all(['1', '2', '3'].map((at) => writeRoleMove(api, 'team-a', name, move(at))));
  expect((await read())?.roleMoves.map(({at}) => at).sort()).toEqual(['1', '2', '3']);
  expect((await read())?.found).toEqual(passwords);
});

it('fails with what the server says, and changes nothing then', async () => {
  fake.intercept(({method}) => (method === 'POST' ? refusal(403, 'Forbidden', 'secrets is forbidden') : undefined));
  await expect(write()).rejects.toMatchObject({status: 403, message: 'secrets is forbidden'});
  expect(fake.requests).toEqual([`GET ${secrets}/${name}`, `POST ${secrets}`]);
});

const labelled = (key: string) => ({metadata: {labels: {[key]: 'true'}}});
const annotated = (key: string) => ({metadata: {annotations: {[key]: 'true'}}});

it.each<[string, object, string | null]>([
  ['nobody', {metadata: {}}, null],
  ['a Secret that may not change', {metadata: {}, immutable: true}, 'it is immutable'],
  [
    'External Secrets',
    {
      metadata: {
        ownerReferences: [{kind: 'ExternalSecret', name: 'shop', uid: 'u', apiVersion: 'external-secrets.io/v1'}],
      },
    },
    'ExternalSecret shop makes it',
  ],
  [
    'Sealed Secrets',
    {metadata: {ownerReferences: [{kind: 'SealedSecret', name: 'shop', uid: 'u', apiVersion: 'bitnami.com/v1alpha1'}]}},
    'SealedSecret shop makes it',
  ],
  ['External Secrets, which merges', labelled('reconcile.external-secrets.io/managed'), 'External Secrets'],
  ['Sealed Secrets, which patches', annotated('sealedsecrets.bitnami.com/patch'), 'Sealed Secrets'],
  ['Sealed Secrets, which overwrites', annotated('sealedsecrets.bitnami.com/managed'), 'Sealed Secrets'],
  ['Argo CD', {metadata: {annotations: {'argocd.argoproj.io/tracking-id': 'x'}}}, 'Argo CD steers it'],
  ['Flux', {metadata: {labels: {'helm.toolkit.fluxcd.io/name': 'shop'}}}, 'Flux steers it'],
])('says who else holds it: %s', async (_, secret, heldBy) => {
  const {metadata, ...rest} = secret as {metadata: object};
  fake.put(secrets, {metadata: {...metadata, name}, data: {password: 'eA=='}, ...rest});
  expect(await read()).toMatchObject({heldBy: heldBy && (expect.stringContaining(heldBy) as string)});
});
