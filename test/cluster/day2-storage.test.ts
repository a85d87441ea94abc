// Growing the disks on a real cluster: around running pods, going on from wherever it was interrupted, and refused
// before anything changes where it cannot be done.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {PersistentVolumeClaim, StatefulSet} from '../../source/observation/kubernetes.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {oneHelm} from '../support/clusters/helms.ts';
import {helm3, helm4} from '../support/paths.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

async function sizes({namespace}: OperatedRelease) {
  const claims = await kubectlJson<{items: PersistentVolumeClaim[]}>(['-n', namespace.name, 'get', 'pvc']);
  const sets = await kubectlJson<{items: StatefulSet[]}>(['-n', namespace.name, 'get', 'statefulsets']);
  return {
    claims: Object.fromEntries(
      claims.items.map(({metadata, status}) => [metadata.name, status?.capacity?.['storage']]),
    ),
    sets: Object.fromEntries(
      sets.items.map(({metadata, spec}) => [
        metadata.name,
        spec.volumeClaimTemplates?.[0]?.spec.resources?.requests?.['storage'],
      ]),
    ),
  };
}

const all = (size: string) => ({
  claims: {[`data-${writerPod}`]: size, [`data-${readerPod(0)}`]: size},
  sets: {'orders-postgresql-primary': size, 'orders-postgresql-read': size},
});

// day2-storage-killed.test.ts grows them with both helms, and with kills.
describe.each(oneHelm)('installed with %s', (_name, helm) => {
  const otherHelm = helm === helm3 ? helm4 : helm3;
  let release: OperatedRelease;
  let client: SteadyWriter;
  beforeAll(async () => {
    release = await OperatedRelease.install('disk', ['--read-replicas', '1'], {helm});
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  test('larger, with the same pods and no failed write', async () => {
    const before = await release.lives();
    expect(await release.planned('resize', '--storage-size', '2Gi')).toEqual([
      `VOLUME_GROW PersistentVolumeClaim/data-${writerPod}`,
      `VOLUME_GROW PersistentVolumeClaim/data-${readerPod(0)}`,
    ]);
    const {failedWrites} = await client.during(() => release.done('resize', '--storage-size', '2Gi'));
    expect(failedWrites).toBe(0);
    expect(await release.lives()).toEqual(before);
    expect(await sizes(release)).toEqual(all('2Gi'));
    expect((await release.run('resize', '--storage-size', '2048Mi')).code).toBe(0);
  });

  test('smaller is refused, and the way out is named', async () => {
    const {json, code} = await release.run('resize', '--storage-size', '1Gi');
    expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'STORAGE_SHRINK'});
    expect(json.cause?.remedies.map(({title}) => title).join()).toContain('another name');
    expect(await sizes(release)).toEqual(all('2Gi'));
  });

  test('disk and memory in one command, by the other helm', async () => {
    const before = await release.lives();
    const {failedWrites} = await client.during(() =>
      release.with({PGHI_HELM: otherHelm}).done('resize', '--storage-size', '3Gi', '--memory', '384Mi'),
    );
    expect(failedWrites).toBe(0);
    expect(await release.lives()).toEqual(before);
    expect(await sizes(release)).toEqual(all('3Gi'));
    expect((await release.pods())[writerPod]?.memory).toBe('384Mi');
  });

  test('killed while the StatefulSets are away: recover, or the same command, finishes it', async () => {
    const before = await release.lives();
    const dying = release.begin('resize', '--storage-size', '4Gi');
    await waitFor(
      'a StatefulSet made way',
      async () => Object.keys((await sizes(release)).sets).length,
      (count) => count < 2,
      {everyMs: 10},
    );
    dying.child.kill('SIGKILL');
    await dying.finished;
    expect(await release.lives()).toEqual(before);
    const {failedWrites} = await client.during(() =>
      helm === helm3 ? release.done('recover') : release.done('resize', '--storage-size', '4Gi'),
    );
    expect(failedWrites).toBe(0);
    expect(await release.lives()).toEqual(before);
    expect(await sizes(release)).toEqual(all('4Gi'));
    expect(await release.read<{operation: unknown; state: string}>('status')).toMatchObject({
      operation: null,
      state: 'ready',
    });
    await release.expectAllRows(client);
  });
});

test('a class that does not grow is refused, before anything changes', async () => {
  const release = await OperatedRelease.install('fixed', ['--storage-class', 'fixed']);
  try {
    const before = await sizes(release);
    const {json, code} = await release.run('resize', '--storage-size', '2Gi', '--memory', '384Mi');
    expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'STORAGE_CANNOT_GROW'});
    expect(json.cause?.message).toContain('fixed');
    expect(json.cause?.remedies.map(({title}) => title).join()).toContain('another name');
    expect(await sizes(release)).toEqual(before);
    expect((await release.pods())[writerPod]?.memory).toBe('256Mi');
    expect((await release.read<{operation: unknown}>('status')).operation).toBeNull();
  } finally {
    await release.namespace.remove();
  }
});
