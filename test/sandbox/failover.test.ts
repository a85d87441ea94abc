// A node is lost, then surely off: a reader becomes the writer, and what was on the node comes back to nothing.
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Status} from '../../source/client/status.ts';
import type {Result} from '../../source/operations/progress.ts';
import {cli, cliJson} from '../support/cli.ts';
import {kubectl} from '../support/namespace.ts';
import {startSandbox, type TestSandbox} from '../support/sandbox.ts';
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

function isReady(name: string): Promise<string> {
  const path = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
  return kubectl(['--kubeconfig', sandbox.kubeconfig, 'get', 'node', name, '-o', path]);
}

test('a database that answers on a silent node is never taken for gone', async () => {
  const node = await writersNode();
  await fault(`node-lost=${node}`);
  await waitFor(
    'the node to be given up',
    () => isReady(node),
    (ready) => ready === 'Unknown',
  );
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
  console.log(`writes ${moved?.writesAfterMs} ms after Enter, of ${Math.round(tookMs)} ms`);
  expect(Math.abs(tookMs - durationMs)).toBeLessThan(3000);
  expect(json.writesOut).toEqual({afterMs: 0, forMs: moved?.writesAfterMs});
  expect(json.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true}});
  expect(await status()).toMatchObject({
    ...{state: 'ready', operation: null, cause: null, keptVolumes: [{claim: moved?.keptClaim}]},
    roleMoves: [{kind: 'failover', because: `${node} off, as somebody said`}],
  });
  const {stdout} = await cli(['history', 'orders', '--sandbox'], {env: sandbox.env});
  expect(stdout).toContain(`(${node} off, as somebody said)`);
});

test('a node that comes back finds no volume and no role', async () => {
  await fault('none');
  await waitFor('all as it was', status, ({state}) => state === 'ready');
  const {pods, replication} = await status();
  expect(pods.filter(({role}) => role === 'writer')).toHaveLength(1);
  expect(replication.filter(({state}) => state === 'streaming')).toHaveLength(2);
  const {json} = await run('switchover', 'orders', '--yes');
  expect(json.switchover?.timeline).toEqual({before: 2, after: 3});
  expect((await status()).roleMoves.at(-1)?.because).toBe('by hand');
});

test('a node that is cordoned is warned of with the command that moves the role away from it, which does', async () => {
  const node = await writersNode();
  const admin = (...words: string[]) => kubectl(['--kubeconfig', sandbox.kubeconfig, ...words]);
  await admin('cordon', node);
  const {warnings} = await status();
  const message = warnings.find(({code}) => code === 'WRITER_NODE_LEAVING')?.message ?? '';
  expect(message).toContain(`${node}, where the writer runs, takes no pods (it is cordoned)`);
  const flags = /pg-helm-install switchover orders (.*?) moves/.exec(message)?.[1]?.split(' ') ?? [];
  expect(flags).toContain('--away-from-node');
  const {json, stderr} = await run('switchover', 'orders', ...flags, '--yes');
  expect(json.outcome, JSON.stringify(json.cause) + stderr).toBe('succeeded');
  expect(json.switchover).toMatchObject({fromNode: node, timeline: {before: 3, after: 4}});
  expect(json.switchover?.toNode).not.toBe(node);
  expect((await status()).roleMoves.at(-1)?.because).toBe(`away from ${node}`);
  const again = await run('switchover', 'orders', ...flags, '--yes');
  expect({code: again.code, outcome: again.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
  await admin('uncordon', node);
  expect((await status()).warnings.map(({code}) => code)).not.toContain('WRITER_NODE_LEAVING');
  await waitFor('all as it was', status, ({state}) => state === 'ready');
});
