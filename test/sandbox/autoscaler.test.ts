// A sandbox gets more nodes where a pod finds no room: a demo does not stop at the third database.
import {Client} from 'pg';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Endpoints} from '../../source/observation/endpoints.ts';
import {Place} from '../../sandbox/test/conformance/place.ts';
import {cli, cliJson} from '../support/cli.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {waitFor} from '../support/wait-for.ts';

interface Outcome {
  readonly outcome: string;
  readonly endpoints: Endpoints | null;
  readonly cause?: {readonly code: string};
}
interface Node {
  readonly metadata: {readonly name: string};
  readonly status: {readonly addresses: readonly {readonly address: string}[]};
}

const password = 'a-long-password';
const releases = ['first', 'second', 'third'];
let sandbox: TestSandbox;
let endpoints: readonly Endpoints[] = [];

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

const run = (...args: string[]) =>
  cliJson<Outcome>([...args, '--sandbox'], {env: {...sandbox.env, PGHI_PASSWORD: password}});
async function items<T>(path: string): Promise<readonly T[]> {
  const {body} = await new Place(sandbox.kubeconfig, 'default').ask({method: 'GET', path});
  return (body as {items: readonly T[]}).items;
}
const nodes = () => items<Node>('/api/v1/nodes');

test('three databases of default size become ready, and the pods that found no room say what helped', async () => {
  expect(await nodes()).toHaveLength(5);
  for (const release of releases) {
    const {json, stderr} = await run('install', release, '--yes', '--read-replicas', '2', '--timeout', '50s');
    expect(json, stderr).toMatchObject({
      outcome: 'succeeded',
      endpoints: {writer: {proven: true}, reader: {proven: true, streaming: 2}},
    });
    endpoints = [...endpoints, json.endpoints as Endpoints];
  }
  const added = (await nodes()).length - 5;
  expect(added).toBeGreaterThan(0);
  const events = await items<{reason: string; message: string; involvedObject: {kind: string; name: string}}>(
    '/api/v1/namespaces/default/events',
  );
  const told = events.filter(({reason}) => reason === 'TriggeredScaleUp');
  expect(told.map(({involvedObject}) => involvedObject.kind)).toEqual(told.map(() => 'Pod'));
  expect(told[0]?.message).toMatch(/^pod triggered scale-up: \[\{t3\.medium 4->\d (\(max: 20\))\}\]$/);
}, 180_000);

test('they are there again after a stop, on the same nodes', async () => {
  const before = (await nodes()).map(({metadata}) => metadata.name);
  await cli(['sandbox', 'down'], {env: sandbox.env});
  expect((await cli(['sandbox', 'up'], {env: sandbox.env})).code).toBe(0);
  const after = await nodes();
  expect(after.map(({metadata}) => metadata.name)).toEqual(before);
  const addresses = after.map(({status}) => status.addresses[0]?.address);
  // On other systems than Linux all of them are 127.0.0.1.
  if (process.platform === 'linux') expect(new Set(addresses).size).toBe(after.length);
  for (const {writer} of endpoints)
    await waitFor(
      'an answer',
      () => answerOf(writer),
      (answer) => answer === 42,
      {deadlineMs: 60_000},
    );
}, 120_000);

async function answerOf({host, port}: Endpoints['writer']): Promise<unknown> {
  const client = new Client({
    host: host ?? '',
    port,
    user: 'postgres',
    database: 'postgres',
    password,
    connectionTimeoutMillis: 2000,
  });
  try {
    await client.connect();
    return (await client.query<{n: number}>('select 6 * 7 as n')).rows[0]?.n;
  } catch (error) {
    return String(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
