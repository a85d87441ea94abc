// A sandbox as its users have it: installed into, connected to, scaled, stopped, killed, made to fail.
import {existsSync, mkdtempSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {connect} from 'node:net';
import {Client} from 'pg';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Endpoints} from '../../source/observation/endpoints.ts';
import {Place} from '../../sandbox/test/conformance/place.ts';
import {cli, cliJson} from '../support/cli.ts';
import {kubectl} from '../support/clusters/namespace.ts';
import {sandboxPid, startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {waitFor} from '../support/wait-for.ts';

interface Outcome {
  readonly outcome: string;
  readonly endpoints: Endpoints | null;
  readonly cause?: {readonly code: string};
}
const password = 'a-long-password';
let sandbox: TestSandbox;
let endpoints: Endpoints;
/** A home of its own shows what the commands leave in one. */
const home = mkdtempSync(join(tmpdir(), 'pghi-home-'));

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

const run = (...args: string[]) =>
  cliJson<Outcome>([...args, '--sandbox'], {env: {...sandbox.env, HOME: home, PGHI_PASSWORD: password}});

async function query(role: 'writer' | 'reader', text: string, of = endpoints): Promise<Record<string, unknown>[]> {
  const client = new Client({
    host: of[role].host ?? '',
    port: of[role].port,
    user: 'app',
    database: 'appdb',
    password,
    connectionTimeoutMillis: 5000,
  });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
const rows = (role: 'writer' | 'reader') =>
  query(role, 'select count(*)::int as n from t')
    .then(([row]) => row?.['n'])
    .catch((error: unknown) => String(error));

test('an install ends in endpoints that answer here, and the reader reads what the writer wrote', async () => {
  const {json, stderr} = await run(
    'install',
    'orders',
    '--yes',
    '--username',
    'app',
    '--database',
    'appdb',
    '--read-replicas',
    '1',
    '--storage-size',
    '1Gi',
  );
  expect(json, stderr).toMatchObject({
    outcome: 'succeeded',
    context: 'pg-helm-install-sandbox',
    endpoints: {writer: {proven: true, provenFrom: 'here'}, reader: {proven: true, provenFrom: 'here', streaming: 1}},
  });
  endpoints = json.endpoints as Endpoints;
  await query('writer', 'create table t (n int); insert into t values (1)');
  await waitFor(
    'the row on the reader',
    () => rows('reader'),
    (n) => n === 1,
  );
  await expect(query('reader', 'insert into t values (2)')).rejects.toThrow(/read-only transaction/);
});

test.each([
  ['install', '--storage-size', '1Gi'],
  ['scale', '--read-replicas', '2'],
  ['resize', '--cpu', '300m'],
  ['restart'],
  ['uninstall'],
])('the command that a plan of %s shows is one for the sandbox', async (command, ...flags) => {
  const name = command === 'install' ? 'others' : 'orders';
  const {json, stderr} = await run(command, name, ...flags, '--dry-run');
  const shown = (json as {plan?: {command: string}}).plan?.command ?? '';
  expect(shown, stderr).toMatch(new RegExp(`^pg-helm-install ${command} ${name} .*--sandbox\\b`));
  expect(shown).not.toMatch(/--context|--kubeconfig/);
});

test('without PostgreSQL it needs no more than 150 MB, and its kubeconfig is its owner’s alone', async () => {
  const kilobytes = () =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${sandboxPid(sandbox)}/status`, 'utf8'))?.[1]);
  // Memory that the garbage collector has not given back yet does not count.
  await expect.poll(kilobytes).toBeLessThan(150 * 1024);
  expect(statSync(sandbox.kubeconfig).mode & 0o777).toBe(0o600);
  expect(statSync(join(sandbox.folder, 'serving.json')).mode & 0o777).toBe(0o600);
});

test('what it holds survives a stop and a start', async () => {
  const pid = sandboxPid(sandbox);
  const processes = descendants(pid);
  expect(processes.length).toBeGreaterThan(2);
  expect((await cli(['sandbox', 'down'], {env: sandbox.env})).code).toBe(0);
  expect(processes.filter(lives)).toEqual([]);
  expect((await cli(['sandbox', 'up'], {env: sandbox.env})).code).toBe(0);
  await waitFor(
    'the row on the writer',
    () => rows('writer'),
    (n) => n === 1,
  );
  await waitFor(
    'the row on the reader',
    () => rows('reader'),
    (n) => n === 1,
  );
  expect((await run('status', 'orders')).code).toBe(0);
});

test('killed, it takes its databases with it, and its next start goes on', async () => {
  const pid = sandboxPid(sandbox);
  const processes = descendants(pid);
  process.kill(pid, 'SIGKILL');
  await waitFor(
    'the end of its processes',
    () => processes.filter(lives),
    (left) => left.length === 0,
    {deadlineMs: 10_000},
  );
  expect((await cli(['sandbox', 'status'], {env: sandbox.env})).code).toBe(3);
  await run('status', 'orders');
  await waitFor(
    'the row on the writer',
    () => rows('writer'),
    (n) => n === 1,
  );
});

test('two at once do not meet', async () => {
  const other = await startSandbox();
  try {
    const {json} = await cliJson<Outcome>(
      ['install', 'orders', '--sandbox', '--yes', '--username', 'app', '--database', 'appdb', '--storage-size', '1Gi'],
      {env: {...other.env, PGHI_PASSWORD: password}},
    );
    expect(json).toMatchObject({outcome: 'succeeded'});
    const others = json.endpoints as Endpoints;
    expect([others.writer.host, others.writer.port]).not.toEqual([endpoints.writer.host, endpoints.writer.port]);
    expect(await query('writer', "select to_regclass('t') as t", others)).toEqual([{t: null}]);
    expect(await rows('writer')).toBe(1);
  } finally {
    await other.stop();
  }
});

test('an image that is made to be missing is named as the cause', async () => {
  await fault('image-missing');
  try {
    const {json} = await run(
      'install',
      'absent',
      '--yes',
      '--storage-size',
      '1Gi',
      '--image-tag',
      '17.9-bookworm',
      '--instance-type',
      'any',
      '--cpu',
      '100m',
      '--memory',
      '256Mi',
    );
    expect(json).toMatchObject({outcome: 'failed', cause: {code: 'IMAGE_NOT_FOUND'}});
  } finally {
    await fault('none');
  }
  expect((await run('uninstall', 'absent', '--yes', '--delete-data', '--confirm', 'absent')).code).toBe(0);
});

test('a share of the requests fails, the same ones for the same number', async () => {
  const place = new Place(sandbox.kubeconfig, 'default');
  const codes = async (seed: string) => {
    await fault('api-errors=40%', 'latency=2ms', '--seed', seed);
    const asked: number[] = [];
    for (let count = 0; count < 30; count++)
      asked.push((await place.ask({method: 'GET', path: '/api/v1/namespaces'})).code);
    await fault('none');
    return asked;
  };
  const first = await codes('7');
  expect(new Set(first)).toEqual(new Set([200, 429, 500, 503]));
  expect(await codes('8')).not.toEqual(first);
  expect(await codes('7')).toEqual(first);
});

test('a node that is lost takes its pod out of the Service, and gives it back', async () => {
  const node = (
    await kubectl([
      '--kubeconfig',
      sandbox.kubeconfig,
      'get',
      'pod',
      'orders-postgresql-read-0',
      '-o',
      'jsonpath={.spec.nodeName}',
    ])
  ).trim();
  const ready = () =>
    kubectl([
      '--kubeconfig',
      sandbox.kubeconfig,
      'get',
      'node',
      node,
      '-o',
      "jsonpath={.status.conditions[?(@.type=='Ready')].status}",
    ]);
  await fault(`node-lost=${node}`);
  await waitFor('the node to be given up', ready, (status) => status === 'Unknown');
  await waitFor(
    'the refusal of the reader endpoint',
    () => answers('reader'),
    (answer) => !answer,
  );
  await fault('none');
  await waitFor('the node to be back', ready, (status) => status === 'True');
  await waitFor(
    'the row on the reader',
    () => rows('reader'),
    (n) => n === 1,
  );
});

test('down --delete leaves no process, port or file', async () => {
  const pid = sandboxPid(sandbox);
  const processes = [pid, ...descendants(pid)];
  expect((await cli(['sandbox', 'down', '--delete'], {env: sandbox.env})).code).toBe(0);
  expect(processes.filter(lives)).toEqual([]);
  expect(existsSync(sandbox.folder)).toBe(false);
  expect(readdirSync(home, {recursive: true})).toEqual([]);
  expect(await answers('writer')).toBe(false);
});

async function fault(...words: string[]): Promise<void> {
  const {code, stderr} = await cli(['sandbox', 'fault', ...words], {env: sandbox.env});
  expect(code, stderr).toBe(0);
}

function answers(role: 'writer' | 'reader'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(endpoints[role].port, endpoints[role].host ?? '');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function lives(pid: number): boolean {
  // A process that has ended, and that nobody has asked about yet, does not live.
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** All that a process has started, and all that those have started. Linux: the fourth field of /proc/PID/stat. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
      } catch {
        return [];
      }
    });
  const children = (of: number): number[] =>
    parents.filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...children(child)]);
  return children(pid);
}
