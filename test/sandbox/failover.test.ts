// A node is lost, then surely off: a reader becomes the writer, and what was on the node comes back to nothing.
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import type {Cause} from '../../source/core/cause.ts';
import type {Result} from '../../source/plan/progress.ts';
import {newestSegmentSql} from '../../source/postgres/failover.ts';
import {cli, cliJson} from '../support/cli.ts';
import {kubectl} from '../support/clusters/namespace.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {waitFor} from '../support/wait-for.ts';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  const flags = ['--read-replicas', '2', '--storage-size', '1Gi', '--yes'];
  const {json, stderr} = await run('install', 'orders', ...flags);
  expect(json.outcome, stderr).toBe('succeeded');
});
afterAll(() => sandbox.stop());

const run = (...args: string[]) => cliJson<Result>([...args, '--sandbox'], {env: sandbox.env});
const status = async () => (await cliJson<Status>(['status', 'orders', '--sandbox'], {env: sandbox.env})).json;
const failover = (...flags: string[]) => run('failover', 'orders', '--confirm', 'orders', '--yes', ...flags);

async function fault(...words: string[]): Promise<void> {
  const {code, stderr} = await cli(['sandbox', 'fault', ...words], {env: sandbox.env});
  expect(code, stderr).toBe(0);
}

async function writersNode(): Promise<string> {
  return (await status()).pods.find(({role}) => role === 'writer')?.node ?? '';
}

const admin = (...words: string[]) => kubectl(['--kubeconfig', sandbox.kubeconfig, ...words]);

function isReady(name: string): Promise<string> {
  const path = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
  return admin('get', 'node', name, '-o', path);
}

function isGivenUp(node: string): Promise<string> {
  return waitFor(
    'the node to be given up',
    () => isReady(node),
    (ready) => ready === 'Unknown',
  );
}

async function ask(pod: string, sql: string): Promise<string> {
  const script =
    'PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password) psql -h 127.0.0.1 -U postgres ' +
    `-d postgres -tAc "${sql}"`;
  const {namespace} = await status();
  return (await admin('exec', '-n', namespace, pod, '-c', 'postgresql', '--', 'bash', '-c', script)).trim();
}

const writerPod = 'orders-postgresql-primary-0';

test('a database that answers on a silent node is never taken for gone', async () => {
  const node = await writersNode();
  await fault(`node-lost=${node}`);
  await isGivenUp(node);
  for (const flags of [[], ['--node-is-off']]) {
    const {json, code} = await failover(...flags);
    expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'NOT_FENCED'});
    expect(json.cause?.evidence.join('\n')).toMatch(/not Ready since[^]*(accepting|rejecting) connections/);
  }
});

test('a node that is off is believed when somebody says so, and a reader takes the role', async () => {
  const node = await writersNode();
  await fault(`node-off=${node}`);
  const refused = await failover();
  expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 3, cause: 'NOT_FENCED'});
  const enteredAt = performance.now();
  const {json, stderr} = await failover('--node-is-off');
  const tookMs = performance.now() - enteredAt;
  expect(json.outcome, JSON.stringify(json.cause) + stderr).toBe('succeeded');
  const {failover: moved, durationMs} = json;
  expect(moved).toMatchObject({fromNode: node, timeline: {before: 1, after: 2}, keptClaim: expect.anything()});
  expect(moved?.toNode).not.toBe(node);
  expect(moved).toMatchObject({verdict: 'gone', atRisk: {silentMs: expect.any(Number), writer: expect.anything()}});
  expect(moved?.evidence?.[0]).toBe(`The writer is gone: ${node} off, as somebody said`);
  // The time is counted from Enter, as who waits counts it: it holds the look, and what was asked of the writer.
  const checksMs = json.phases.find(({name}) => name === 'checks')?.ms ?? 0;
  console.log(
    `writes ${moved?.writesAfterMs} ms after Enter, ${checksMs} ms of them looks; ${Math.round(tookMs)} ms in all`,
  );
  expect(checksMs).toBeGreaterThan(0);
  expect(durationMs).toBeLessThanOrEqual(tookMs);
  expect(json.writesOut).toEqual({afterMs: 0, forMs: moved?.writesAfterMs});
  expect(json.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true}});
  expect(await status()).toMatchObject({
    state: 'ready',
    operation: null,
    cause: null,
    keptVolumes: [{claim: moved?.keptClaim}],
    roleMoves: [{kind: 'failover', because: `${node} off, as somebody said`}],
  });
  const {stdout} = await cli(['history', 'orders', '--sandbox'], {env: sandbox.env});
  expect(stdout).toContain(`(${node} off, as somebody said)`);
});

test('a second failover soon after the first knows the timeline, and has what was written in between', async () => {
  await ask(writerPod, 'create table after_first as select generate_series(1, 500) as id');
  // The node of the first failover is back with this: its reader is copied again meanwhile.
  const node = await writersNode();
  const streams = ({replication}: Status) => replication.find(({state}) => state === 'streaming')?.pod ?? null;
  const reader = streams(await waitFor('another reader', status, (seen) => streams(seen) !== null)) ?? '';
  // A reader that does not stream any more says by its files which timeline it has.
  expect(await ask(reader, newestSegmentSql)).toBe('2');
  await fault(`node-off=${node}`);
  await isGivenUp(node);
  const {json, stderr} = await failover('--node-is-off');
  expect(json.outcome, JSON.stringify(json.cause) + stderr).toBe('succeeded');
  expect(json.failover).toMatchObject({fromNode: node, timeline: {before: 2, after: 3}});
  expect(await ask(writerPod, 'select count(*) from after_first')).toBe('500');
}, 120_000);

test('a node that comes back finds no volume and no role', async () => {
  await fault('none');
  await waitFor('all as it was', status, ({state}) => state === 'ready');
  const {pods, replication} = await status();
  expect(pods.filter(({role}) => role === 'writer')).toHaveLength(1);
  expect(replication.filter(({state}) => state === 'streaming')).toHaveLength(2);
  const {json} = await run('switchover', 'orders', '--yes');
  expect(json.switchover?.timeline).toEqual({before: 3, after: 4});
  expect((await status()).roleMoves.at(-1)?.because).toBe('by hand');
});

test('a node that is cordoned is warned of with the command that moves the role away from it, which does', async () => {
  const node = await writersNode();
  await admin('cordon', node);
  const {warnings} = await status();
  const message = warnings.find(({code}) => code === 'WRITER_NODE_LEAVING')?.message ?? '';
  expect(message).toContain(`${node}, where the writer runs, takes no pods (it is cordoned)`);
  const flags = /pg-helm-install switchover orders (.*?) moves/.exec(message)?.[1]?.split(' ') ?? [];
  expect(flags).toContain('--away-from-node');
  const {json, stderr} = await run('switchover', 'orders', ...flags, '--yes');
  expect(json.outcome, JSON.stringify(json.cause) + stderr).toBe('succeeded');
  expect(json.switchover).toMatchObject({fromNode: node, timeline: {before: 4, after: 5}});
  expect(json.switchover?.toNode).not.toBe(node);
  expect((await status()).roleMoves.at(-1)?.because).toBe(`away from ${node}`);
  const again = await run('switchover', 'orders', ...flags, '--yes');
  expect({code: again.code, outcome: again.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
  await admin('uncordon', node);
  expect((await status()).warnings.map(({code}) => code)).not.toContain('WRITER_NODE_LEAVING');
  await waitFor('all as it was', status, ({state}) => state === 'ready');
}, 120_000);

test('no reader on a cordoned node becomes the writer: that is said before anything is given up', async () => {
  const node = await writersNode();
  const {pods} = await status();
  const readers = pods.filter(({role}) => role === 'reader');
  const nodes = readers.map((pod) => pod.node ?? '');
  await admin('cordon', ...nodes);
  await fault(`node-off=${node}`);
  await isGivenUp(node);
  const refused = await failover('--node-is-off');
  expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 3, cause: 'UNSCHEDULABLE'});
  expect(refused.json.cause?.remedies[0]?.command).toContain('uncordon');
  expect((await status()).operation).toBeNull();
  // Both readers have as much: the one whose node is open takes the role.
  const [open] = readers;
  await admin('uncordon', open?.node ?? '');
  const {json, stderr} = await failover('--node-is-off');
  expect(json.outcome, JSON.stringify(json.cause) + stderr).toBe('succeeded');
  expect(json.failover).toMatchObject({to: open?.name, toNode: open?.node});
  await admin('uncordon', ...nodes);
  await fault('none');
  await waitFor('all as it was', status, ({state}) => state === 'ready');
}, 120_000);

test('of two readers doctor names the one that somebody has promoted', async () => {
  const promoted = 'orders-postgresql-read-1';
  expect(await ask(promoted, 'select pg_promote(true, 15)')).toBe('t');
  const {json} = await cliJson<{causes: Cause[]}>(['doctor', 'orders', '--sandbox'], {env: sandbox.env});
  const found = json.causes.find(({code}) => code === 'TWO_WRITERS');
  expect(found?.object).toMatchObject({kind: 'Pod', name: promoted});
});
