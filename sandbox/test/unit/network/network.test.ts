// The network: a Service leads to its ready pods in turn, refuses without one, and says where it answers.
import {connect, createServer, type AddressInfo, type Server} from 'node:net';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {startEndpoints} from '../../../source/controllers/endpoints.ts';
import {takeBlock, type Block} from '../../../source/network/block.ts';
import {moveServices} from '../../../source/network/move-services.ts';
import {startNetwork, type ServiceNetwork} from '../../../source/network/network.ts';
import {reachableAt} from '../../../source/network/service-listeners.ts';
import {kinds} from '../../../source/store/kinds.ts';
import {Store} from '../../../source/store/store.ts';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {waitFor} from '../../../../test/support/wait-for.ts';

const namespace = 'team';
let folder: string;
let block: Block;
let store: Store;
let network: ServiceNetwork;
let servers: Server[];
let endpoints: {close(): void};
/** Where each pod listens, by its name. */
let listening: Map<string, number>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-network-'));
  block = await takeBlock(folder);
  store = new Store();
  listening = new Map();
  servers = [];
  endpoints = startEndpoints(store);
});
afterEach(async () => {
  network.close();
  endpoints.close();
  block.release();
  for (const server of servers) server.close();
  rmSync(folder, {recursive: true, force: true});
});

function start(prefix = block.prefix): void {
  network = startNetwork({
    store,
    prefix,
    addressOf: ({name}, port) =>
      listening.has(name) && port === 5432 ? {host: '127.0.0.1', port: listening.get(name) ?? 0} : null,
  });
}

/** A pod that tells every client its name and where the client comes from. */
async function pod(name: string, ready = true): Promise<void> {
  const server = createServer((socket) =>
    socket.on('error', () => socket.destroy()).end(`${name} ${socket.remoteAddress}`),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  listening.set(name, (server.address() as AddressInfo).port);
  const podIP = network.addressForPod({namespace, name});
  const status = {phase: 'Running', podIP, conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}]};
  store.create(kinds.pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace, labels: {app: 'db'}},
    spec: {
      hostname: name,
      subdomain: 'db-hl',
      containers: [{name: 'main', image: 'x', ports: [{name: 'db', containerPort: 5432}]}],
    },
    status,
  });
}

const service = (name: string, spec: object) =>
  store.create(kinds.service, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name, namespace},
    spec: {type: 'ClusterIP', selector: {app: 'db'}, ports: [{name: 'db', port: 5432, targetPort: 'db'}], ...spec},
  });

/** Null: refused, or closed without a word. */
function ask(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    connect({host, port})
      .on('data', (chunk) => (said += String(chunk)))
      .on('error', () => resolve(null))
      .on('close', () => resolve(said || null));
  });
}
const answers = (host: string, port: number) =>
  waitFor(
    'an answer',
    () => ask(host, port),
    (said) => said !== null,
    {deadlineMs: 5000, everyMs: 10},
  );

describe.runIf(process.platform === 'linux')('where each has an address', () => {
  test('a Service answers at its cluster IP, by one pod after the other, and refuses without one', async () => {
    start();
    const clusterIP = `${block.prefix}.200`;
    service('db', {clusterIP});
    expect(await ask(clusterIP, 5432)).toBeNull();
    await pod('one');
    await pod('two');
    await pod('late', false);
    await answers(clusterIP, 5432);
    await waitFor(
      'both pods',
      async () =>
        new Set((await Promise.all([1, 2, 3, 4].map(() => ask(clusterIP, 5432)))).map((said) => said?.split(' ')[0])),
      (names) => names.size === 2 && names.has('one') && names.has('two'),
    );
    for (const name of ['one', 'two']) store.remove(kinds.pod, namespace, name);
    await waitFor(
      'the refusal',
      () => ask(clusterIP, 5432),
      (said) => said === null,
    );
    expect(store.get(kinds.service, namespace, 'db')?.metadata.annotations).toBeUndefined();
  });

  test('pods look names up, reach one pod behind a headless Service, and are seen as who they are', async () => {
    start();
    service('db', {clusterIP: `${block.prefix}.200`});
    service('db-hl', {clusterIP: 'None', publishNotReadyAddresses: true});
    await pod('one');
    await pod('two');
    const from = {namespace, name: 'two'};
    const own = network.addressForPod(from);
    for (const name of ['one.db-hl', 'one.db-hl.team', 'one.db-hl.team.svc.cluster.local']) {
      const at = await network.lookup(from, name, 5432);
      expect(await answers(at?.host ?? '', at?.port ?? 0), name).toBe(`one ${own}`);
    }
    const at = await network.lookup(from, 'db.team.svc', 5432);
    expect(await answers(at?.host ?? '', at?.port ?? 0)).toMatch(new RegExp(`^(one|two) ${own}$`));
    expect(await network.lookup(from, 'db', 80)).toBeNull();
    expect(await network.lookup(from, 'nobody', 5432)).toBeNull();
  });

  test('where somebody has the port, it listens on another one and says so', async () => {
    const clusterIP = `${block.prefix}.200`;
    const taken = createServer();
    servers.push(taken);
    await new Promise<void>((resolve) => taken.listen(5432, clusterIP, resolve));
    start();
    service('db', {clusterIP});
    await pod('one');
    const told = await waitFor(
      'where it is',
      () => store.get(kinds.service, namespace, 'db')?.metadata.annotations?.[reachableAt],
      (text) => text !== undefined,
      {deadlineMs: 5000},
    );
    const [host = '', port] = told?.split(':') ?? [];
    expect(host).toBe(clusterIP);
    expect(await answers(host, Number(port))).toMatch(/^one /);
  });

  test('two sandboxes have no address in common, and a Service moves with its sandbox', async () => {
    start();
    const other = mkdtempSync(join(tmpdir(), 'pghi-network-'));
    const second = await takeBlock(other);
    expect(second.prefix).not.toBe(block.prefix);
    second.release();
    const again = await takeBlock(other);
    expect(again.prefix).toBe(second.prefix);
    again.release();
    rmSync(other, {recursive: true});
    service('db', {clusterIP: `${block.prefix}.200`, clusterIPs: [`${block.prefix}.200`]});
    service('db-hl', {clusterIP: 'None'});
    moveServices(store, '127.99.98');
    expect(store.list(kinds.service).map((one) => (one['spec'] as {clusterIP: string}).clusterIP)).toEqual([
      '127.99.98.200',
      'None',
    ]);
  });

  test('an address that has just become free is not the next one given', () => {
    start();
    const first = network.addressForPod({namespace, name: 'one'});
    expect(network.addressForPod({namespace, name: 'one'})).toBe(first);
    expect(network.addressForPod({namespace, name: 'two'})).not.toBe(first);
  });
});

test('where there is only one address, a Service listens on a port of its own, keeps it, and says which', async () => {
  start(null);
  service('db', {
    clusterIP: '10.96.0.7',
    type: 'NodePort',
    ports: [{name: 'db', port: 5432, targetPort: 'db', nodePort: 0}],
  });
  await pod('one');
  const told = () => store.get(kinds.service, namespace, 'db')?.metadata.annotations?.[reachableAt];
  const first = await waitFor('where it is', told, (text) => text !== undefined, {deadlineMs: 5000});
  expect(await answers('127.0.0.1', Number(first?.split(':')[1]))).toMatch(/^one /);
  store.remove(kinds.pod, namespace, 'one');
  await waitFor(
    'the refusal',
    () => ask('127.0.0.1', Number(first?.split(':')[1])),
    (said) => said === null,
  );
  await pod('two');
  expect(await answers('127.0.0.1', Number(first?.split(':')[1]))).toMatch(/^two /);
  expect(told()).toBe(first);
  expect((await takeBlock(folder, 'darwin')).prefix).toBeNull();
});
