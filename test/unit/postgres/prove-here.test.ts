import {afterEach, describe, expect, test} from 'vitest';
import {proveHere, replicationHere, type ProveHere} from '../../../source/postgres/prove-here.ts';
import {clock} from '../../../source/core/time.ts';
import {fakeServer, type Behaviour, type FakeServer} from './fake-server.ts';

const bool = 16;
const plain = 25;
const systemIdentifier = '7713308882125799452';
const endpoint: Behaviour['answers'] = [
  [
    'pg_is_in_recovery',
    {
      columns: [
        ['in_recovery', bool],
        ['version', plain],
      ],
      rows: [['t', '17.6 (Debian 17.6-1.pgdg120+1)']],
    },
  ],
  [
    'pg_control_system',
    {
      columns: [
        ['?column?', plain],
        ['system_identifier', plain],
      ],
      rows: [['system_identifier', systemIdentifier]],
    },
  ],
];

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function ask(behaviour: Behaviour, more: Partial<ProveHere> = {}) {
  server = await fakeServer(behaviour);
  const fact = await proveHere({...request(server.port), ...more});
  return {fact, result: fact.result, seen: server.seen, server};
}
const request = (port: number): ProveHere => ({
  role: 'reader',
  host: '127.0.0.1',
  port,
  username: 'app',
  database: 'appdb',
  password: 'correct horse battery',
  timeoutMs: 5000,
});

describe('an endpoint that answers', () => {
  test('is proven with role, short version and latency, and told goodbye', async () => {
    const before = clock.now();
    const {fact, seen, server: fake} = await ask({answers: endpoint});
    expect(fact).toEqual({
      kind: 'endpoint',
      role: 'reader',
      from: 'here',
      at: expect.any(Number),
      result: {
        answered: true,
        inRecovery: true,
        serverVersion: '17.6',
        latencyMs: expect.any(Number),
        systemIdentifier,
      },
    });
    expect(fact.at).toBeGreaterThanOrEqual(before);
    await fake.closed(2);
    expect(seen.filter((word) => word !== 'closed')).toEqual([
      'connect',
      'connect',
      'startup app/appdb',
      'password correct horse battery',
      'query',
      'query',
      'goodbye',
    ]);
  });

  test('is proven too where the user may not ask which database it is', async () => {
    const {result} = await ask({answers: endpoint.slice(0, 1)});
    expect(result).toMatchObject({answered: true, systemIdentifier: null});
  });

  test('is spoken to over TLS when it offers it, whoever signed its certificate', async () => {
    const {result, seen, server: fake} = await ask({tls: 'yes', answers: endpoint});
    expect(result.answered).toBe(true);
    await fake.closed(1);
    expect(seen).toEqual([
      'connect',
      'tls',
      'startup app/appdb',
      'password correct horse battery',
      'query',
      'query',
      'goodbye',
      'closed',
    ]);
  });

  test.each<[string, Behaviour]>([
    ['its TLS is broken', {tls: 'broken', answers: endpoint}],
    [
      'pg_hba.conf wants no TLS',
      {tls: 'yes', answers: endpoint, refuse: {code: '28000', message: 'no pg_hba.conf entry', only: 'tls'}},
    ],
  ])('is asked again without TLS when %s', async (_, behaviour) => {
    expect((await ask(behaviour)).result).toMatchObject({answered: true});
  });
});

describe('a failure is named', () => {
  test.each([
    ['28P01', 'password authentication failed for user "app"', 'password'],
    ['28000', 'password is expired', 'password'],
    ['28000', 'role "app" is not permitted to log in', 'other'],
    ['57P03', 'the database system is starting up', 'starting'],
    ['3D000', 'database "appdb" does not exist', 'other'],
    ['53300', 'sorry, too many clients already', 'other'],
  ])('SQLSTATE %s, %s: %s', async (code, message, reason) => {
    const {result, server: fake} = await ask({refuse: {code, message}});
    expect(result).toEqual({answered: false, reason, text: message});
    await fake.closed(2);
  });

  test('a wrong password is not tried a second time', async () => {
    const {seen} = await ask({tls: 'yes', refuse: {code: '28P01', message: 'password authentication failed'}});
    expect(seen.filter((word) => word.startsWith('password'))).toHaveLength(1);
  });

  test('nothing listens', async () => {
    const gone = await fakeServer();
    await gone.stop();
    const {result} = await proveHere(request(gone.port));
    expect(result).toMatchObject({
      answered: false,
      reason: 'unreachable',
      text: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('a load balancer without backends: accepted and closed', async () => {
    expect((await ask({tls: 'close'})).result).toMatchObject({answered: false, reason: 'unreachable'});
  });

  test.each<[string, Behaviour]>([
    ['to the first word', {tls: 'silent'}],
    ['to the query', {answers: [['pg_is_in_recovery', 'silent']]}],
  ])('silence %s ends at the deadline, and the connection with it', async (_, behaviour) => {
    const {result, server: fake} = await ask(behaviour, {timeoutMs: 150});
    expect(result).toEqual({answered: false, reason: 'unreachable', text: 'no answer in 150 ms'});
    await fake.closed(1);
  });

  test('an aborted try ends at once, and the connection with it', async () => {
    server = await fakeServer({answers: [['pg_is_in_recovery', 'silent']]});
    const controller = new AbortController();
    const pending = proveHere({...request(server.port), timeoutMs: 60_000, signal: controller.signal});
    await expect.poll(() => server?.seen).toContain('query');
    controller.abort();
    expect((await pending).result).toMatchObject({answered: false, reason: 'other'});
    await server.closed(2);
  });

  test('what was aborted before never connects', async () => {
    const {result, seen} = await ask({answers: endpoint}, {signal: AbortSignal.abort()});
    expect(result).toMatchObject({answered: false, reason: 'other'});
    expect(seen).not.toContain('query');
  });

  test('the text never holds the password, whatever the server says', async () => {
    const {result} = await ask({refuse: {code: '28P01', message: 'no such password: correct horse battery'}});
    expect(JSON.stringify(result)).not.toContain('correct horse');
  });
});

describe('replication', () => {
  const columns = ['client_addr', 'state', 'lag_bytes', 'lag_ms', 'sync'].map((name) => [name, plain] as const);
  const streams = (rows: (string | null)[][]): Behaviour => ({answers: [['pg_stat_replication', {columns, rows}]]});

  test('names the pods by their addresses', async () => {
    server = await fakeServer(
      streams([
        ['10.244.2.2', 'streaming', '16777216', '12', 'async'],
        ['fd00::7', 'backup', null, null, 'async'],
        [null, 'streaming', '0', null, 'sync'],
      ]),
    );
    const byAddress = {'10.244.2.2': 'orders-postgresql-read-0', 'fd00::7': 'orders-postgresql-read-1'};
    const streamingPods = {byAddress, writer: null, readers: [], isProxied: false};
    expect(await replicationHere({...request(server.port), streamingPods})).toEqual({
      kind: 'replication',
      at: expect.any(Number),
      streams: [
        {pod: 'orders-postgresql-read-0', state: 'streaming', lagBytes: 16777216, lagMs: 12, sync: 'async'},
        {pod: 'orders-postgresql-read-1', state: 'backup', lagBytes: null, lagMs: null, sync: 'async'},
        {pod: null, state: 'streaming', lagBytes: 0, lagMs: null, sync: 'sync'},
      ],
    });
  });

  test('no reader and no answer are two things', async () => {
    const nobody = {byAddress: {}, writer: null, readers: [], isProxied: false};
    server = await fakeServer(streams([]));
    expect(await replicationHere({...request(server.port), streamingPods: nobody})).toMatchObject({streams: []});
    await server.stop();
    expect(await replicationHere({...request(server.port), streamingPods: nobody})).toBeNull();
  });
});
