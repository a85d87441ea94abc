// What keeps the writer's role from moving: a node without room for a writer that is larger than its reader, and a disk
// that another node can take with every row.
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import type {Pod, Node} from '../../source/observation/kubernetes.ts';
import type {Result} from '../../source/plan/progress.ts';
import {bytesOf} from '../../source/parameters/quantity.ts';
import {cli, cliJson} from '../support/cli.ts';
import {kubectl} from '../support/clusters/namespace.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {waitFor} from '../support/wait-for.ts';

let sandbox: TestSandbox;
let namespace: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  const own = ['--cpu', '200m', '--memory', '1Gi', '--reader-cpu', '100m', '--reader-memory', '512Mi'];
  const {json, stderr} = await run('install', 'orders', '--read-replicas', '1', '--storage-size', '1Gi', ...own);
  expect(json.outcome, stderr).toBe('succeeded');
  ({namespace} = await status());
});
afterAll(() => sandbox.stop());

const run = (...args: string[]) => cliJson<Result>([...args, '--yes', '--sandbox'], {env: sandbox.env});
const status = async () => (await cliJson<Status>(['status', 'orders', '--sandbox'], {env: sandbox.env})).json;
const admin = (words: readonly string[], input?: string) =>
  kubectl(['--kubeconfig', sandbox.kubeconfig, ...words], input);
const read = async <T>(...words: string[]) => JSON.parse(await admin(['get', ...words, '-o', 'json'])) as T;

const memoryOf = ({spec}: Pod) =>
  spec.containers.reduce((sum, {resources}) => sum + bytesOf(resources?.requests?.['memory'] ?? '0'), 0);

/** Leaves so much memory of the node. */
async function fill(name: string, leftBytes: number): Promise<void> {
  const {status: {allocatable = {}} = {}} = await read<Node>('node', name);
  const {items} = await read<{items: Pod[]}>('pods', '-A', '--field-selector', `spec.nodeName=${name}`);
  const used = items.reduce((sum, pod) => sum + memoryOf(pod), 0);
  const memory = String(bytesOf(allocatable['memory'] ?? '0') - used - leftBytes);
  const containers = [{name: 'filler', image: 'nothing', resources: {requests: {memory}}}];
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'filler', namespace},
    spec: {nodeName: name, containers},
  };
  await admin(['create', '-f', '-'], JSON.stringify(pod));
}

async function memories(): Promise<Readonly<Record<string, number>>> {
  const {items} = await read<{items: Pod[]}>('pods', '-n', namespace);
  return Object.fromEntries(items.map((pod) => [pod.metadata.name, memoryOf(pod) / 2 ** 20]));
}

const [writer, reader] = ['orders-postgresql-primary-0', 'orders-postgresql-read-0'];

test('the node of the reader has no room for the writer: refused before anything stops', async () => {
  const node = (await status()).pods.find(({role}) => role === 'reader')?.node ?? '';
  // The reader leaves 512Mi, and 1Gi are needed.
  await fill(node, 400 * 2 ** 20);
  const {json, code} = await run('switchover', 'orders');
  expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'UNSCHEDULABLE'});
  expect(json.cause?.message).toContain(`${node} has no room for its 200m CPU and 1Gi memory`);
  expect(await status()).toMatchObject({state: 'ready', operation: null});
  await admin(['delete', 'pod', 'filler', '-n', namespace]);
});

test('with room the role moves, each role keeps its size, and the next operations go on', async () => {
  const {json, stderr} = await run('switchover', 'orders');
  expect(json.outcome, JSON.stringify(json.cause) + stderr).toBe('succeeded');
  expect(await memories()).toEqual({[writer]: 1024, [reader]: 512});
  expect((await run('resize', 'orders', '--storage-size', '2Gi')).json.outcome).toBe('succeeded');
  expect((await run('set', 'orders', '--postgres-config', 'log_min_duration_statement=250')).json.outcome).toBe(
    'succeeded',
  );
  expect(await status()).toMatchObject({state: 'ready', cause: null});
}, 180_000);

test('a disk that another node can take is told first, and a reader that is named takes the role', async () => {
  const node = (await status()).pods.find(({role}) => role === 'writer')?.node ?? '';
  const claim = `data-${writer}`;
  const volume = await admin(['get', 'pvc', claim, '-n', namespace, '-o', 'jsonpath={.spec.volumeName}']);
  // As a disk of the network has it.
  await admin(['patch', 'pv', volume, '--type', 'json', '-p', '[{"op":"remove","path":"/spec/nodeAffinity"}]']);
  await cli(['sandbox', 'fault', `node-off=${node}`], {env: sandbox.env});
  const isReady = () => admin(['get', 'node', node, '-o', "jsonpath={.status.conditions[?(@.type=='Ready')].status}"]);
  await waitFor('the node to be given up', isReady, (ready) => ready === 'Unknown');
  const asked = ['--node-is-off', '--confirm', 'orders'];
  const {json, code} = await run('failover', 'orders', ...asked);
  expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'DISK_CAN_MOVE'});
  const [taint, other] = json.cause?.remedies.map(({command}) => command) ?? [];
  expect(taint).toContain(`taint nodes ${node} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`);
  expect(other).toContain(`--to ${reader} --node-is-off`);
  const named = await run('failover', 'orders', ...asked, '--to', reader);
  expect(named.json.outcome, JSON.stringify(named.json.cause) + named.stderr).toBe('succeeded');
  expect(named.json.failover).toMatchObject({to: reader, keptVolume: volume});
}, 120_000);
