import {afterEach, expect, test} from 'vitest';
import {proveEndpoints, type ProveEndpoints} from '../../../source/postgres/prove.ts';
import {fakeServer, type Behaviour, type FakeServer} from './fake-server.ts';

const answering: Behaviour = {
  answers: [
    [
      'pg_is_in_recovery',
      {
        columns: [
          ['in_recovery', 16],
          ['version', 25],
        ],
        rows: [['f', '17.6']],
      },
    ],
    [
      'pg_stat_replication',
      {
        columns: ['a', 'b', 'c', 'd', 'e'].map((name) => [name, 25]),
        rows: [['10.244.2.2', 'streaming', '0', null, 'async']],
      },
    ],
  ],
};
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});
async function external(behaviour: Behaviour) {
  const server = await fakeServer(behaviour);
  servers.push(server);
  return {host: '127.0.0.1', port: server.port};
}
async function nobodyListens() {
  const server = await fakeServer();
  await server.stop();
  return {host: '127.0.0.1', port: server.port};
}

/** A cluster in which psql always answers; `asked` says which pod was asked about which Service. */
function release(more: Partial<ProveEndpoints> = {}) {
  const asked: string[] = [];
  const endpoints: ProveEndpoints = {
    writer: {external: null, encryption: null, service: 'orders-postgresql-primary'},
    reader: {external: null, encryption: null, service: 'orders-postgresql-read'},
    pods: {writer: 'primary-0', readers: ['read-0', 'read-1']},
    container: 'postgresql',
    sslmode: 'prefer',
    credentials: {username: 'app', database: 'appdb', password: 'correct horse', adminPassword: 'battery staple'},
    streamingPods: {byAddress: {'10.244.2.2': 'read-0'}, writer: null, readers: [], isProxied: false},
    exec: (pod, _container, command) => {
      const conninfo = command.find((word) => word.startsWith('host=')) ?? '';
      asked.push(`${pod} asks ${/host='([^']*)'/.exec(conninfo)?.[1]}`);
      const streams = command.some((word) => word.includes('pg_stat_replication'))
        ? '10.244.2.2|streaming|0||async\n'
        : '';
      return Promise.resolve({exitCode: 0, stdout: `f|17.6\nTime: 0.4 ms\n${streams}`, stderr: ''});
    },
    timeoutMs: 5000,
    ...more,
  };
  return {endpoints, asked};
}
const summary = async (endpoints: ProveEndpoints) =>
  (await proveEndpoints(endpoints)).map((fact) =>
    fact.kind === 'replication'
      ? `replication: ${fact.streams.map(({pod}) => pod).join()}`
      : `${fact.role} from ${fact.from}: ${fact.result.answered ? 'answered' : fact.result.reason}`,
  );

test('without addresses outside: each Service is asked by a pod of the other role', async () => {
  const {endpoints, asked} = release();
  expect(await summary(endpoints)).toEqual([
    'writer from cluster: answered',
    'replication: read-0',
    'reader from cluster: answered',
  ]);
  expect(asked).toEqual(['read-0 asks orders-postgresql-primary', 'primary-0 asks orders-postgresql-read']);
});

test('with addresses outside: from here, and nothing runs in a pod', async () => {
  const {endpoints, asked} = release();
  const writer = {...endpoints.writer, external: await external(answering)};
  const reader = {service: 'orders-postgresql-read', encryption: null, external: await external(answering)};
  expect(await summary({...endpoints, writer, reader})).toEqual([
    'writer from here: answered',
    'replication: read-0',
    'reader from here: answered',
  ]);
  expect(asked).toEqual([]);
});

test('refused from here at first, as the node does not forward yet: tried again; nothing runs in a pod', async () => {
  const {endpoints, asked} = release({reader: null});
  const address = await nobodyListens();
  const proof = summary({...endpoints, writer: {...endpoints.writer, external: address}});
  servers.push(await fakeServer(answering, address.port));
  expect(await proof).toEqual(['writer from here: answered', 'replication: read-0']);
  expect(asked).toEqual([]);
});

test('out of reach from here: asked inside', async () => {
  const {endpoints, asked} = release({reader: null, timeoutMs: 300});
  const writer = {...endpoints.writer, external: await nobodyListens()};
  expect(await summary({...endpoints, writer})).toEqual(['writer from cluster: answered', 'replication: read-0']);
  expect(asked).toHaveLength(1);
});

test('a wrong password from here is an answer: nobody else is asked', async () => {
  const {endpoints, asked} = release({reader: null});
  const writer = {
    ...endpoints.writer,
    external: await external({refuse: {code: '28P01', message: 'password authentication failed'}}),
  };
  expect(await summary({...endpoints, writer})).toEqual(['writer from here: password']);
  expect(asked).toEqual([]);
});

test('a lonely writer asks itself, a lonely reader too', async () => {
  const alone = release({reader: null, pods: {writer: 'primary-0', readers: []}});
  await summary(alone.endpoints);
  expect(alone.asked).toEqual(['primary-0 asks orders-postgresql-primary']);
  const orphan = release({pods: {writer: null, readers: ['read-0']}});
  await summary(orphan.endpoints);
  expect(orphan.asked).toEqual(['read-0 asks orders-postgresql-primary', 'read-0 asks orders-postgresql-read']);
});

test('no pod is ready: unreachable, and what was tried from here is said', async () => {
  const {endpoints} = release({pods: {writer: null, readers: []}, timeoutMs: 300});
  const writer = {...endpoints.writer, external: await nobodyListens()};
  expect(await summary({...endpoints, writer})).toEqual([
    'writer from here: unreachable',
    'reader from cluster: unreachable',
  ]);
});

test("without the superuser's password replication is not asked for", async () => {
  const {endpoints} = release({reader: null});
  const credentials = {...endpoints.credentials, adminPassword: null};
  expect(await summary({...endpoints, credentials})).toEqual(['writer from cluster: answered']);
  expect(
    await summary({...endpoints, credentials, writer: {...endpoints.writer, external: await external(answering)}}),
  ).toEqual(['writer from here: answered']);
});
