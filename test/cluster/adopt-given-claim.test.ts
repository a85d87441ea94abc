// A standalone with a claim that it was given (`existingClaim`) is taken over; then what keeps its data, and who reads
// its passwords, is known by the names that they have.
import {execFile} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import type {PersistentVolume, PersistentVolumeClaim} from '../../source/observation/kubernetes.ts';
import {kubectlJson, type TestNamespace} from '../support/clusters/namespace.ts';
import {bitnamilegacy, OperatedRelease} from '../support/clusters/operated-release.ts';
import {kubectl as kubectlProgram} from '../support/paths.ts';
import {waitFor} from '../support/wait-for.ts';

const run = promisify(execFile);
const [writerPod, claim] = ['orders-postgresql-0', 'shop-data'];
const [ofChart, ours] = ['orders-postgresql', 'orders-postgresql-auth'];

/**
 * Its claim, its settings, and an application that reads its passwords. No node takes the application: it need not run.
 */
async function makeFirst(namespace: TestNamespace): Promise<void> {
  const items = [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {name: claim},
      spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name: 'shop-settings'},
      data: {'override.conf': 'max_connections = 130'},
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'shop'},
      spec: {
        nodeSelector: {'example.com/no': 'such-node'},
        securityContext: {runAsNonRoot: true, runAsUser: 1001, seccompProfile: {type: 'RuntimeDefault'}},
        containers: [
          {
            name: 'shop',
            image: 'example.com/shop:1',
            envFrom: [{secretRef: {name: ofChart}}],
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
          },
        ],
      },
    },
  ];
  await namespace.kubectl(
    ['create', '--validate=false', '-f', '-'],
    JSON.stringify({apiVersion: 'v1', kind: 'List', items}),
  );
}

let release: OperatedRelease;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pghi-given-claim-'));
  const values = {
    global: {security: {allowInsecureImages: true}},
    image: {repository: 'bitnamilegacy/postgresql', tag: bitnamilegacy.installed},
    auth: {username: 'app', database: 'shop'},
    primary: {
      resources: {requests: {cpu: '100m', memory: '128Mi'}, limits: {memory: '256Mi'}},
      persistence: {existingClaim: claim},
      existingExtendedConfigmap: 'shop-settings',
    },
  };
  release = await OperatedRelease.byPlainHelm('adopt-claim', values, {first: makeFirst});
  await release.ask(writerPod, 'create table kept as select generate_series(1, 500) as n');
});
afterAll(async () => {
  await rm(folder, {recursive: true, force: true});
  await release.namespace.remove();
});

const here = (...args: readonly string[]) => ['-n', release.namespace.name, 'get', ...args];
const given = () => kubectlJson<PersistentVolumeClaim>(here('pvc', claim));
const statusOf = () => release.read<Status>('status');

async function passwordsIn(name: string): Promise<{admin: string; user: string}> {
  const {data} = await kubectlJson<{data: Record<string, string>}>(here('secret', name));
  const of = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
  return {admin: of('postgres-password'), user: of('password')};
}

test('it is adopted with its claim, and its readers get what its writer runs with', async () => {
  const [before, passwords] = [await given(), await passwordsIn(ofChart)];
  const {json} = await release.run('adopt', '--read-replicas', '1', '--dry-run');
  expect(json.plan?.consequences.map(({sentence}) => sentence).join('\n')).toMatch(
    /requests 256Mi of memory from its node, as much as it may use at most, instead of 128Mi/,
  );
  await release.done('adopt', '--read-replicas', '1');
  expect((await given()).metadata.uid).toBe(before.metadata.uid);
  expect([await passwordsIn(ours), await passwordsIn(ofChart)]).toEqual([passwords, passwords]);
  await release.expectRows(writerPod);
  await release.expectRows('orders-postgresql-read-0');
  expect(await release.ask('orders-postgresql-read-0', 'show max_connections')).toBe('130');
  const claims = () => statusOf().then((status) => status.claims.find(({name}) => name === claim));
  await waitFor('how full it is', claims, (seen) => typeof seen?.usedBytes === 'number');
});

test('it restarts and grows on the same claim', async () => {
  const before = await given();
  await release.done('restart');
  await release.done('resize', '--storage-size', '2Gi');
  const after = await given();
  expect({uid: after.metadata.uid, size: after.status?.capacity?.['storage']}).toEqual({
    uid: before.metadata.uid,
    size: '2Gi',
  });
  await release.expectRows(writerPod);
});

test('a rotation changes both Secrets, and names who reads the one of the chart', async () => {
  const before = await passwordsIn(ours);
  expect(await release.planned('rotate-password', '--role', 'all')).toContain('PASSWORD_CHANGE Pod/shop');
  await release.done('rotate-password', '--role', 'all');
  const after = await passwordsIn(ours);
  expect([after.user === before.user, after.admin === before.admin]).toEqual([false, false]);
  expect(await passwordsIn(ofChart)).toEqual(after);
  const login = 'PGPASSWORD=$(cat) psql -h 127.0.0.1 -U app -d shop -tAc "select 1"';
  const asked = ['exec', '-i', writerPod, '-c', 'postgresql', '--', 'bash', '-c', login];
  expect((await release.namespace.kubectl(asked, after.user)).trim()).toBe('1');
});

test('while its claim is being deleted, nothing ends its pod', async () => {
  await release.namespace.kubectl(['delete', 'pvc', claim, '--wait=false']);
  const lives = await release.lives();
  expect((await statusOf()).cause).toMatchObject({code: 'VOLUME_GOING', object: {name: claim}});
  for (const asked of ['restart', 'uninstall']) {
    const {json, code} = await release.run(asked);
    expect({asked, code, cause: json.cause?.code}).toEqual({asked, code: 3, cause: 'VOLUME_GOING'});
  }
  expect(await release.lives()).toEqual(lives);
});

test('the claim that is named is made again on the same volume', async ({skip}) => {
  const volumes = await kubectlJson<{items: PersistentVolume[]}>(['get', 'pv']);
  skip(
    volumes.items.some(({metadata}) => metadata.annotations?.['pv.kubernetes.io/provisioned-by'] === 'pgk8s/volume'),
    'this cluster deletes every volume that is Released, those too that are to be retained',
  );
  const before = await given();
  const remedies = (await statusOf()).cause?.remedies ?? [];
  const command = remedies.find(({title}) => title.startsWith('Have a new claim made'))?.command ?? '';
  const PATH = `${dirname(kubectlProgram)}${delimiter}${process.env['PATH']}`;
  await run('sh', ['-c', command], {cwd: folder, env: {...process.env, PATH}});
  await waitFor('the writer on its volume', statusOf, ({state}) => state === 'ready', {deadlineMs: 90_000});
  const after = await given();
  expect(after.metadata.uid).not.toBe(before.metadata.uid);
  expect(after.spec.volumeName).toBe(before.spec.volumeName);
  await release.done('restart');
  await release.expectRows(writerPod);
});

test('it is removed with its data, and with both Secrets, by name', async () => {
  const {ledger = []} = await release.done('uninstall', '--delete-data', '--confirm', 'orders');
  const gone = ledger.filter(({fate}) => fate === 'deleted').map(({kind, name}) => `${kind}/${name}`);
  expect(gone).toEqual(
    expect.arrayContaining([`PersistentVolumeClaim/${claim}`, `Secret/${ours}`, `Secret/${ofChart}`]),
  );
  const {items} = await kubectlJson<{items: {metadata: {name: string}}[]}>(here('secret'));
  expect(items.map(({metadata}) => metadata.name)).toEqual([]);
});
