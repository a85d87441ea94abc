// Settings that change live: how the database is reached, without a restart and without a lost connection inside.
import {afterAll, beforeAll, expect, test} from 'vitest';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Pod, Service} from '../../source/observation/kubernetes.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease, writerPod} from '../support/clusters/operated-release.ts';
import {helm4} from '../support/paths.ts';

let release: OperatedRelease;
beforeAll(async () => {
  release = await OperatedRelease.install('set', [], {helm: helm4});
});
afterAll(() => release.namespace.remove());

function valuesFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'pghi-values-')), 'values.yaml');
  writeFileSync(file, `${text}\n`);
  return file;
}

const service = () =>
  kubectlJson<Service>(['-n', release.namespace.name, 'get', 'service', 'orders-postgresql-primary']);

test('labels of pods are changed as they run, and no write fails', async ({onTestFinished}) => {
  const before = await release.lives();
  const client = await release.client();
  onTestFinished(() => client.stop());
  const labels = async () => {
    const {metadata} = await kubectlJson<Pod>(['-n', release.namespace.name, 'get', 'pod', writerPod]);
    return metadata.labels?.['team'];
  };
  for (const team of ['shop', 'billing']) {
    const values = valuesFile(`primary: {podLabels: {team: ${team}}}`);
    const {failedWrites} = await client.during(() => release.done('set', '--values', values));
    expect(failedWrites, team).toBe(0);
    expect(await labels()).toBe(team);
  }
  expect(await release.lives()).toEqual(before);
  await release.expectAllRows(client);
});

test('the endpoints move, the pods stay as they are, and no write fails', async ({onTestFinished}) => {
  const before = await release.lives();
  const client = await release.client();
  onTestFinished(() => client.stop());
  const set = async (...flags: readonly string[]) => {
    const {result, failedWrites} = await client.during(() => release.done('set', ...flags));
    expect(failedWrites, flags.join(' ')).toBe(0);
    return result;
  };
  const {spec} = await service();
  expect(await release.planned('set', '--exposure', 'node-port')).toEqual([
    'ENDPOINT_CHANGE Service/orders-postgresql-primary',
    'ENDPOINT_CHANGE Service/orders-postgresql-read',
  ]);
  const ports = await set('--exposure', 'node-port');
  expect(ports.operation).toBe('set');
  expect((await service()).spec).toMatchObject({type: 'NodePort', clusterIP: spec.clusterIP});
  expect(ports.endpoints?.writer).toMatchObject({proven: true, port: (await service()).spec.ports?.[0]?.nodePort});

  const ranges = ['--allow-from', '0.0.0.0/1,128.0.0.0/1', '--hostname', 'db.example.com'];
  const balanced = await set('--exposure', 'load-balancer', ...ranges);
  expect(balanced.endpoints?.writer.proven).toBe(true);
  expect((await service()).spec).toMatchObject({
    type: 'LoadBalancer',
    loadBalancerSourceRanges: ['0.0.0.0/1', '128.0.0.0/1'],
  });

  const inside = await set('--exposure', 'cluster', '--hostname', 'none');
  // In the sandbox a cluster IP is an address of this machine.
  expect(inside.endpoints?.writer).toMatchObject(
    onSandbox
      ? {host: spec.clusterIP, proven: true, provenFrom: 'here'}
      : {host: null, proven: true, provenFrom: 'cluster'},
  );
  expect((await service()).spec).toMatchObject({type: 'ClusterIP', clusterIP: spec.clusterIP});
  expect((await service()).metadata.annotations?.['external-dns.alpha.kubernetes.io/hostname']).toBeUndefined();
  expect((await release.run('set', '--exposure', 'cluster')).json.outcome).toBe('unchanged');
  expect(await release.lives()).toEqual(before);
  await release.expectAllRows(client);
});

test('what cannot be is refused, and nothing changes', async () => {
  const before = (await release.read<{revision: number}>('status')).revision;
  expect((await release.run('set')).code).toBe(2);
  const nobody = await release.run('set', '--exposure', 'load-balancer');
  expect({code: nobody.code, cause: nobody.json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
  const secret = await release.run('set', '--pull-secret', 'nowhere');
  expect({code: secret.code, cause: secret.json.cause?.code}).toEqual({code: 3, cause: 'IMAGE_FORBIDDEN'});
  expect((await release.read<{revision: number}>('status')).revision).toBe(before);
});

test.each([
  {
    what: 'a setting with which PostgreSQL does not start',
    values: 'primary: {extendedConfiguration: "shared_preload_libraries = no_such_library"}',
    cause: {
      code: 'CRASH_LOOP',
      message: expect.stringContaining('Nothing was changed') as string,
      evidence: expect.arrayContaining([expect.stringContaining('could not start server')]) as string[],
    },
  },
  {
    what: 'a scheduler that nobody runs',
    values: 'primary: {schedulerName: nobody}',
    cause: {code: 'UNSCHEDULABLE', message: expect.stringContaining('No scheduler named nobody') as string},
  },
])('$what never reaches the writer', async ({values, cause}) => {
  const before = await release.lives();
  const {json, code} = await release.run('set', '--values', valuesFile(values));
  expect({code, json}).toMatchObject({code: 1, json: {outcome: 'failed', cause}});
  expect(await release.lives()).toEqual(before);
  expect(await release.read<{operation: unknown; state: string}>('status')).toMatchObject({
    operation: null,
    state: 'ready',
  });
  expect(Object.keys(await release.pods())).toEqual([writerPod]);
});
