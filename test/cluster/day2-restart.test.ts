// Restarting: readers first, the writer once, each proven before the next, and no row is lost.
import {execFileSync} from 'node:child_process';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {OperatedRelease, readerPod, testImages, writerPod} from '../support/clusters/operated-release.ts';
import {helm3} from '../support/paths.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

let release: OperatedRelease;
let client: SteadyWriter;
beforeAll(async () => {
  release = await OperatedRelease.install('restart', ['--read-replicas', '2'], {helm: helm3});
  client = await release.client();
});
afterAll(async () => {
  await client.stop();
  await release.namespace.remove();
});

const all = [readerPod(0), readerPod(1), writerPod];

test('each pod once, the writer last', async () => {
  const before = await release.pods();
  expect(await release.planned('restart')).toEqual([
    'REPLICA_RESTART StatefulSet/orders-postgresql-read',
    'PRIMARY_RESTART StatefulSet/orders-postgresql-primary',
  ]);
  const {longestGapMs, result} = await client.during(() => release.done('restart'));
  expect(result).toMatchObject({
    operation: 'restart',
    revision: 1,
    endpoints: {writer: {proven: true}, reader: {proven: true, streaming: 2}},
  });
  const after = await release.pods();
  for (const name of all) {
    expect(after[name]?.uid).not.toBe(before[name]?.uid);
    expect(after[name]?.restarts).toBe(0);
  }
  const order = all.map((name) => after[name]?.startedAt ?? 0);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  const told = result.writesOut?.forMs ?? Infinity;
  process.stdout.write(`longest gap, restart: ${Math.round(longestGapMs)} ms, told ${told} ms\n`);
  expect(Math.abs(told - longestGapMs)).toBeLessThan(3000);
  const service = await release.namespace.kubectl([
    'get',
    'service',
    'orders-postgresql-primary',
    '-o',
    'jsonpath={.spec.publishNotReadyAddresses}',
  ]);
  expect(service).toBe('');
  await release.expectAllRows(client);
});

test('a pull secret, which only a new pod can have: said beforehand, readers first, the writer once', async () => {
  await release.namespace.kubectl([
    'create',
    'secret',
    'docker-registry',
    'registry',
    '--docker-server=registry.example',
    '--docker-username=reader',
    '--docker-password=only-for-the-test',
  ]);
  const before = await release.pods();
  expect(await release.planned('set', '--pull-secret', 'registry')).toEqual([
    'REPLICA_RESTART StatefulSet/orders-postgresql-read',
    'PRIMARY_RESTART StatefulSet/orders-postgresql-primary',
  ]);
  expect(await release.pods()).toEqual(before);
  const {longestGapMs, result} = await client.during(() => release.done('set', '--pull-secret', 'registry'));
  expect(result).toMatchObject({
    operation: 'set',
    endpoints: {writer: {proven: true}, reader: {proven: true, streaming: 2}},
  });
  const after = await release.pods();
  expect(Object.keys(after).sort()).toEqual([...all].sort());
  for (const name of all) {
    expect(after[name]?.uid).not.toBe(before[name]?.uid);
    expect(after[name]?.restarts).toBe(0);
    expect(
      await release.namespace.kubectl(['get', 'pod', name, '-o', 'jsonpath={.spec.imagePullSecrets[*].name}']),
    ).toBe('registry');
  }
  const order = all.map((name) => after[name]?.startedAt ?? 0);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  process.stdout.write(`longest gap, pull secret: ${Math.round(longestGapMs)} ms\n`);
  await release.expectAllRows(client);
  expect((await release.run('set', '--pull-secret', 'registry')).json.outcome).toBe('unchanged');
});

test('killed on the way: the same command goes on, and no pod goes twice', async () => {
  const before = await release.pods();
  const dying = release.begin('restart');
  const second = await waitFor(
    'the second reader on its way',
    async () => (await release.pods())[readerPod(1)]?.uid,
    (uid) => uid !== before[readerPod(1)]?.uid,
    {everyMs: 50},
  );
  dying.child.kill('SIGKILL');
  await dying.finished;
  const half = await release.pods();
  expect(half[writerPod]).toEqual(before[writerPod]);
  expect((await release.run('upgrade', '--image-tag', testImages.other)).json.cause?.code).toBe('RELEASE_LOCKED');
  await client.during(() => release.done('restart'));
  const after = await release.pods();
  expect(after[readerPod(0)]?.uid).toBe(half[readerPod(0)]?.uid);
  if (second !== undefined) expect(after[readerPod(1)]?.uid).toBe(second);
  expect(after[writerPod]?.uid).not.toBe(before[writerPod]?.uid);
  await release.expectAllRows(client);
});

test('what a plain helm upgrade left pending is warned of and brought by a restart', async () => {
  execFileSync(
    helm3,
    [
      'upgrade',
      'orders',
      release.chart,
      '-n',
      release.namespace.name,
      '--reuse-values',
      '--set-string',
      'primary.podAnnotations.note=mine',
    ],
    {stdio: 'pipe'},
  );
  const pending = await waitFor(
    'the warning',
    () => release.read<{warnings: {code: string; message: string}[]}>('status'),
    ({warnings}) => warnings.some(({code}) => code === 'DEFINITION_PENDING'),
  );
  expect(pending.warnings.find(({code}) => code === 'DEFINITION_PENDING')?.message).toContain(
    'pg-helm-install restart orders',
  );
  await client.during(() => release.done('restart'));
  const {warnings} = await release.read<{warnings: {code: string}[]}>('status');
  expect(warnings.map(({code}) => code)).not.toContain('DEFINITION_PENDING');
  expect(
    await release.namespace.kubectl(['get', 'pod', writerPod, '-o', 'jsonpath={.metadata.annotations.note}']),
  ).toBe('mine');
  await release.expectAllRows(client);
});
