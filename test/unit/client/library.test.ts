// What the package exports fails as the commands do: with a cause, whose commands reach the cluster that was named.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {connect, UserError, type Connected} from '../../../source/client/index.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fakes/fake-api.ts';

let fake: FakeApi;
let kubeconfig: string;
beforeEach(async () => {
  fake = await fakeApi();
  kubeconfig = join(mkdtempSync(join(tmpdir(), 'pghi-library-')), 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(fake.kubeconfig()));
});
afterEach(() => fake.stop());

const causeOf = (ended: Promise<unknown>) =>
  ended.then(
    () => null,
    (error: unknown) => (error instanceof UserError ? error.reason : error),
  );

test.each<[string, (connected: Connected) => Promise<unknown>]>([
  ['list', (connected) => connected.list()],
  ['status', (connected) => connected.status('orders')],
  ['endpoints', (connected) => connected.endpoints('orders')],
  ['password', (connected) => connected.password('orders')],
  ['history', (connected) => connected.history('orders')],
  ['values', (connected) => connected.values('orders')],
  ['logs', (connected) => connected.logs('orders')],
  ['doctor', (connected) => connected.doctor('orders')],
  ['backups', (connected) => connected.backups('orders')],
  ['plan', (connected) => connected.plan({kind: 'restart', release: 'orders'})],
  ['start', (connected) => connected.start({kind: 'restart', release: 'orders'})],
])('%s of a cluster that went away', async (_name, ask) => {
  const connected = await connect({kubeconfig});
  await fake.stop();
  expect(await causeOf(ask(connected))).toMatchObject({code: 'CONNECTION_LOST'});
});

test('what may not be read', async () => {
  const connected = await connect({kubeconfig, namespace: 'team-a'});
  fake.intercept(({path}) => (path.includes('/secrets') ? refusal(403, 'Forbidden', 'not for you') : undefined));
  const reason = await causeOf(connected.start({kind: 'restart', release: 'orders'}));
  expect(reason).toMatchObject({code: 'FORBIDDEN'});
  expect(JSON.stringify(reason)).toContain(`kubectl --kubeconfig ${kubeconfig} `);
});

test.each<[string, (connected: Connected) => Promise<unknown>]>([
  ['endpoints', (connected) => connected.endpoints('orders')],
  ['history', (connected) => connected.history('orders')],
  ['values', (connected) => connected.values('orders')],
  ['logs', (connected) => connected.logs('orders')],
])('%s of a release that is not there', async (_name, ask) => {
  const connected = await connect({kubeconfig, namespace: 'team-a'});
  expect(await causeOf(ask(connected))).toMatchObject({code: 'RELEASE_NOT_FOUND'});
});

test.each<[string, (connected: Connected, signal: AbortSignal) => Promise<unknown>]>([
  ['plan', (connected, signal) => connected.plan({kind: 'restart', release: 'orders'}, {signal})],
  ['start', (connected, signal) => connected.start({kind: 'restart', release: 'orders'}, {signal})],
])('%s that its own signal ends is cancelled, and the connection goes on', async (_name, ask) => {
  const connected = await connect({kubeconfig, namespace: 'team-a'});
  const stop = new AbortController();
  stop.abort();
  expect(await causeOf(ask(connected, stop.signal))).toMatchObject({code: 'CANCELLED'});
  expect(await connected.list()).toMatchObject({releases: []});
  connected.close();
});

test('a name that is none', async () => {
  const connected = await connect({kubeconfig, namespace: 'team-a'});
  for (const ask of [connected.status, connected.endpoints, connected.doctor])
    expect(await causeOf(ask(undefined as unknown as string))).toMatchObject({code: 'BAD_INPUT'});
});
