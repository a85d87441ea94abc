// Disks that grow, with a helm that dies together with the program at each of its writes: the next time the same
// command, or recover, succeeds.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {PersistentVolumeClaim, StatefulSet} from '../../source/observation/kubernetes.ts';
import {dyingAt} from '../support/clusters/dying-at.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {helms} from '../support/clusters/helms.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease} from '../support/clusters/operated-release.ts';
import {sampled} from '../support/clusters/sampled.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';

/** helm 3 posts the StatefulSets, helm 4 applies them. */
const afterAllWrites = [
  {at: 'POST .*/secrets', nth: 1, status: 'pending-upgrade', sets: 0, again: 'the same'},
  {at: '(POST|PATCH) .*/statefulsets', nth: 1, status: 'pending-upgrade', sets: 1, again: 'recover'},
  {at: '(POST|PATCH) .*/statefulsets', nth: 2, status: 'pending-upgrade', sets: 2, again: 'the same'},
  {at: 'PUT .*/secrets', nth: 1, status: 'pending-upgrade', sets: 2, again: 'recover'},
  {at: 'PUT .*/secrets', nth: 2, status: 'deployed', sets: 2, again: 'the same'},
] as const;
// Each case takes as long as a helm may still be at work: on a cluster one of them runs each day. `npm run test:faults`
// runs all of them with both helms.
const cases = onSandbox ? afterAllWrites.slice(1, 3) : sampled(afterAllWrites, 1);

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  let size = 1;
  beforeAll(async () => {
    release = await OperatedRelease.install('change-killed', ['--read-replicas', '1'], {helm});
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  async function list<T>(kind: string): Promise<readonly T[]> {
    return (await kubectlJson<{items: T[]}>(['-n', release.namespace.name, 'get', kind])).items;
  }
  const newest = async () =>
    (await release.read<{revisions: {status: string}[]}>('history')).revisions.at(-1)?.status ?? '';

  test.each(cases)('killed after $at, number $nth: $again succeeds', async ({at, nth, status, sets, again}) => {
    const before = await release.lives();
    const wanted = `${++size}Gi`;
    const dying = dyingAt(release, helm, {at, nth});
    const {signal} = await dying.begin('resize', '--storage-size', wanted).finished;
    expect({signal, status: await newest(), sets: (await list('statefulsets')).length}).toEqual({
      signal: 'SIGKILL',
      status,
      sets,
    });

    const {failedWrites} = await client.during(() =>
      again === 'recover' ? release.done('recover') : release.done('resize', '--storage-size', wanted),
    );
    expect(failedWrites).toBe(0);
    expect(await release.lives()).toEqual(before);
    expect((await list<PersistentVolumeClaim>('pvc')).map((claim) => claim.status?.capacity?.['storage'])).toEqual([
      wanted,
      wanted,
    ]);
    expect(
      (await list<StatefulSet>('statefulsets')).map(
        ({spec}) => spec.volumeClaimTemplates?.[0]?.spec.resources?.requests?.['storage'],
      ),
    ).toEqual([wanted, wanted]);
    expect(await release.read<{operation: unknown; state: string}>('status')).toMatchObject({
      operation: null,
      state: 'ready',
    });
    await release.expectAllRows(client);
  });
});
