// Behind HTTPS_PROXY: every request, log, program in a pod and held port goes through the proxy, which alone knows the
// name of the API server.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import pg from 'pg';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {parse} from 'yaml';
import {cli, cliJson, start} from '../support/cli.ts';
import {connectProxy, type ConnectProxy} from '../support/clusters/connect-proxy.ts';
import {helm3, smallChart} from '../support/paths.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {waitFor} from '../support/wait-for.ts';

const host = 'api.example.test';
let sandbox: TestSandbox;
let proxy: ConnectProxy;
let folder: string;
let env: Readonly<Record<string, string>>;

interface Config {
  clusters: {cluster: Record<string, unknown>}[];
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-proxy-'));
  sandbox = await startSandbox();
  const words = ['install', 'orders', '--sandbox', '--username', 'app', '--yes'];
  const {code, stderr} = await cliJson(words, {env: {...sandbox.env, PGHI_HELM: helm3}});
  expect({code, stderr}).toMatchObject({code: 0});
  const config = parse(readFileSync(sandbox.kubeconfig, 'utf8')) as Config;
  const [{cluster} = {cluster: {} as Record<string, unknown>}] = config.clusters;
  const {port, hostname} = new URL(String(cluster['server']));
  // The certificate of the sandbox is of its own address.
  Object.assign(cluster, {server: `https://${host}:${port}`, 'tls-server-name': hostname});
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, JSON.stringify(config));
  proxy = await connectProxy(Number(port));
  env = {KUBECONFIG: kubeconfig, HTTPS_PROXY: proxy.url, PGHI_HELM: helm3, HOME: folder};
}, 120_000);
afterAll(async () => {
  await proxy?.stop();
  await sandbox?.stop();
  rmSync(folder, {recursive: true, force: true});
});

/** What was asked of the proxy while `run` ran. */
async function through<T>(run: () => Promise<T>): Promise<{ended: T; hosts: readonly string[]}> {
  const before = proxy.asked.length;
  const ended = await run();
  return {ended, hosts: [...new Set(proxy.asked.slice(before).map((authority) => authority.split(':')[0] ?? ''))]};
}

it('without it, the name leads nowhere', async () => {
  const {code, json} = await cliJson<{cause: {code: string}}>(['status', 'orders'], {env: {...env, HTTPS_PROXY: ''}});
  expect({code, why: json.cause.code}).toEqual({code: 4, why: 'CLUSTER_UNREACHABLE'});
});

it.each([
  ['status, which asks the endpoints by psql in a pod', ['status', 'orders'], '"state": "ready"'],
  ['logs', ['logs', 'orders', '--tail', '5'], 'LOG'],
  ['top, which asks the server by psql in its pod', ['top', 'orders', '--count', '1'], '"sessions"'],
  ['values, which helm recorded', ['values', 'orders'], '"auth"'],
  [
    'the dry run of a change, with helm behind the same proxy',
    ['restart', 'orders', '--dry-run', '--chart', smallChart],
    '"planned"',
  ],
] as const)('%s', async (_what, words, says) => {
  const {ended, hosts} = await through(() => cli([...words, '--output', 'json'], {env}));
  expect(ended).toMatchObject({code: 0, stdout: expect.stringContaining(says)});
  expect(hosts).toEqual([host]);
});

it('a port that is held open, through which a client writes', async () => {
  const {ended, hosts} = await through(async () => {
    const forward = start(['connect', 'orders', '--forward', '0'], {env});
    const said = await waitFor(
      'a port',
      () => forward.stdout(),
      (text) => /:\d{4,5}\b/.test(text),
      {deadlineMs: 30_000},
    );
    const port = Number(/(?:127\.0\.0\.1|localhost):(\d{4,5})\b/.exec(said)?.[1]);
    const {json} = await cliJson<{connectionStrings: {uri: {writer: string}}}>(
      ['endpoints', 'orders', '--role', 'writer', '--show-password'],
      {env},
    );
    const password = decodeURIComponent(new URL(json.connectionStrings.uri.writer).password);
    const client = new pg.Client({host: '127.0.0.1', port, user: 'app', database: 'postgres', password});
    await client.connect();
    const {rows} = await client.query<{one: number}>('select 1 as one');
    await client.end();
    forward.child.kill('SIGINT');
    await forward.finished;
    return rows;
  });
  expect(ended).toEqual([{one: 1}]);
  expect(hosts).toEqual([host]);
});
