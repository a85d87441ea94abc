// What the package exports fails as the commands do: with a cause, whose commands reach the cluster that was named.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {connect, UserError, type Connected} from '../../../source/client/index.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fake-api.ts';

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
