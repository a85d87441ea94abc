// A standalone that plain helm made is taken over where it stands, while a client writes all the time; then it is a
// release like any other.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {externalAddress} from '../../source/observation/endpoints.ts';
import type {PersistentVolumeClaim, Service} from '../../source/observation/kubernetes.ts';
import {diffManifests} from '../../source/plan/manifests.ts';
import {cliJson} from '../support/cli.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {bitnamilegacy, OperatedRelease, readerPod} from '../support/clusters/operated-release.ts';
import {
  holdIdleSessions,
  missingRows,
  startSteadyWriter,
  steadyTable,
  type SteadyWriter,
} from '../support/clusters/steady-writer.ts';
import {helm3} from '../support/paths.ts';
import {oddPassword} from '../support/clusters/recorded-release.ts';
import {waitFor} from '../support/wait-for.ts';

const run = promisify(execFile);
const writerPod = 'orders-postgresql-0';
const resources = {requests: {cpu: '100m', memory: '256Mi'}, limits: {memory: '256Mi'}};

let release: OperatedRelease;
let client: SteadyWriter;
beforeAll(async () => {
  release = await OperatedRelease.byPlainHelm('adopt', {
    global: {security: {allowInsecureImages: true}},
    image: {repository: 'bitnamilegacy/postgresql', tag: bitnamilegacy.installed},
    auth: {username: 'app', database: 'shop', password: oddPassword},
    primary: {
      resources,
      persistence: {size: '1Gi'},
      service: {type: 'LoadBalancer'},
      podAnnotations: {team: 'orders'},
      extendedConfiguration: 'max_connections = 120',
    },
  });
  await release.ask(writerPod, 'create table kept (n int)');
  await release.ask(writerPod, 'insert into kept select generate_series(1, 500)');
  client = await startSteadyWriter({...(await address()), password: (await passwordsIn('orders-postgresql')).admin});
});
afterAll(async () => {
  await client?.stop();
  await release.namespace.remove();
});

const here = (...args: readonly string[]) => ['-n', release.namespace.name, 'get', ...args];
const service = () => kubectlJson<Service>(here('service', 'orders-postgresql'));
async function address(): Promise<{host: string; port: number}> {
  const found = await waitFor('an address', async () => externalAddress(await service(), null), Boolean);
  if (!found) throw new Error('the load balancer has an address');
  return found;
}

async function passwordsIn(name: string): Promise<{admin: string; user: string}> {
  const {data} = await kubectlJson<{data: Record<string, string>}>(here('secret', name));
  const of = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
  return {admin: of('postgres-password'), user: of('password')};
}

/** What must stay: which volume each claim has, the Service's address inside, and how often each pod was made. */
async function identity() {
  const claims = await kubectlJson<{items: PersistentVolumeClaim[]}>(here('pvc'));
  const {spec} = await service();
  return {
    claim: claims.items.map(({metadata, spec: {volumeName}}) => `${metadata.name} ${metadata.uid} ${volumeName}`)[0],
    clusterIP: spec.clusterIP,
  };
}

async function expectAllRows(pod: string): Promise<void> {
  const rows = [...client.acknowledged()];
  const missing = () =>
    release.ask(pod, `select n from ${steadyTable}`).then((there) => missingRows(rows, there), String);
  await waitFor(`the rows on ${pod}`, missing, (seen) => typeof seen !== 'string' && seen.length === 0);
}

test('what plain helm made is told as it is, and changed by nobody before it is adopted', async () => {
  expect(await release.read('status')).toMatchObject({
    managedBy: 'helm',
    writer: {ready: 1, wanted: 1},
    readers: {ready: 0, wanted: 0},
    shape: 'standalone',
  });
  const {json, code} = await release.run('scale', '--read-replicas', '1');
  expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'NOT_OURS'});
  expect(json.cause?.remedies.map(({command}) => command)).toContain(
    `pg-helm-install adopt orders -n ${release.namespace.name} --context ${json.context}`,
  );
});

test('it is adopted without a restart: same volume, same Service, same passwords', async () => {
  const [before, lives, passwords] = [await identity(), await release.lives(), await passwordsIn('orders-postgresql')];
  expect(await release.planned('adopt', '--restart', 'later')).toEqual(
    expect.arrayContaining(['OWNERSHIP_CHANGE Release/orders', 'CREATE Secret/orders-postgresql-auth']),
  );
  const {result, longestGapMs} = await client.during(() => release.done('adopt', '--restart', 'later'));
  expect(result.warnings.map(({code}) => code)).toContain('DEFINITION_PENDING');
  expect(result).toMatchObject({operation: 'adopt', endpoints: {writer: {proven: true}}});
  expect(result.credentials).toMatchObject({username: 'app', database: 'shop', secret: 'orders-postgresql-auth'});
  expect(await release.lives()).toEqual(lives);
  expect(await identity()).toEqual(before);
  expect(await passwordsIn('orders-postgresql-auth')).toEqual(passwords);
  expect(await passwordsIn('orders-postgresql')).toEqual(passwords);
  expect(longestGapMs).toBeLessThan(1000);
});

test('a reader streams before the writer has restarted', async () => {
  const lives = await release.lives();
  await release.done('scale', '--read-replicas', '1');
  expect(await release.lives()).toMatchObject(lives);
  await release.expectRows(readerPod(0));
});

test('the one restart loses no row, and what it had is carried on', async () => {
  const before = await identity();
  const server = {...(await address()), password: (await passwordsIn('orders-postgresql')).admin};
  const pool = holdIdleSessions(server, 20);
  await pool.allOpen();
  const {longestGapMs} = await client.during(() => release.done('adopt'));
  await pool.stop();
  // The pod that plain helm made would by itself wait 30 seconds for every session to end.
  expect(longestGapMs).toBeLessThan(20_000);
  await expectAllRows(writerPod);
  await expectAllRows(readerPod(0));
  expect(await identity()).toEqual(before);
  expect(await release.ask(writerPod, 'show max_connections')).toBe('120');
  expect(await release.ask(readerPod(0), 'show max_connections')).toBe('120');
  expect((await release.run('adopt')).json.outcome).toBe('unchanged');
});

/** The values of `export` render what is there, object by object, except for Secrets. */
async function expectExported(): Promise<void> {
  const where = ['orders', '-n', release.namespace.name];
  const asked = ['export', ...where, '--format', 'helm', '--chart', release.chart];
  const {json} = await cliJson<{text: string}>(asked, {env: release.env});
  const helm = release.env['PGHI_HELM'] ?? helm3;
  const running = run(helm, ['template', 'orders', release.chart, '-n', release.namespace.name, '-f', '-']);
  running.child.stdin?.end(json.text);
  const {stdout} = await run(helm, ['get', 'manifest', ...where]);
  expect(diffManifests(stdout, (await running).stdout)).toBe('');
}

test('it is a release like any other: settings, images, and removed and installed again', async () => {
  const before = await identity();
  await release.done('set', '--postgres-config', 'work_mem=8MB');
  await release.done('upgrade', '--image-source', 'official');
  expect(await release.ask(writerPod, 'show work_mem')).toBe('8MB');
  await expectAllRows(writerPod);
  await expectExported();
  await client.stop();
  await release.done('uninstall');
  await release.done(
    'install',
    ...['--username', 'app', '--database', 'shop', '--cpu', '100m', '--memory', '256Mi'],
    ...[
      '--storage-size',
      '1Gi',
      '--sizing',
      'off',
      '--read-replicas',
      '1',
      '--spread',
      'preferred',
      '--instance-type',
      'any',
    ],
    ...['--postgres-config', 'max_connections=120'],
  );
  expect((await identity()).claim).toBe(before.claim);
  expect(await release.ask(writerPod, 'select count(*) from kept')).toBe('500');
});
