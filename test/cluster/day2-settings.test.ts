// Settings that a reader may not have lower than its writer, up and down, while somebody writes: each reader starts,
// and what an earlier order left broken is healed.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {dyingAt} from '../support/clusters/dying-at.ts';
import {helms} from '../support/clusters/helms.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {sampled} from '../support/clusters/sampled.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

type Settings = Readonly<Record<string, number>>;
const folder = mkdtempSync(join(tmpdir(), 'pghi-values-'));
function fileWith(writer: Settings, reader: Settings | null = writer): string {
  const text = (settings: Settings) =>
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join('');
  const path = join(folder, `${performance.now()}.json`);
  const values = {
    primary: {extendedConfiguration: text(writer)},
    ...(reader ? {readReplicas: {extendedConfiguration: text(reader)}} : {}),
  };
  writeFileSync(path, JSON.stringify(values));
  return path;
}
const connections = (count: number) => fileWith({max_connections: count});

// day2-restart.test.ts shows that readers restart one after the other.
const pods = [writerPod, readerPod(0)];
/** Both tests take a change that was killed: on a cluster they take turns. */
const killed = sampled(['the writer has restarted', 'no pod has been touched'] as const, 1);

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  beforeAll(async () => {
    release = await OperatedRelease.install('change-settings', ['--read-replicas', '1'], {helm});
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  async function expectEverywhere(settings: Settings): Promise<void> {
    for (const pod of pods)
      for (const [name, value] of Object.entries(settings))
        expect(`${pod} ${await release.ask(pod, `show ${name}`)}`).toBe(`${pod} ${value}`);
    expect(await release.read<{operation: unknown; state: string}>('status')).toMatchObject({
      operation: null,
      state: 'ready',
    });
    await release.expectAllRows(client);
  }
  const set = (file: string) => client.during(() => release.done('set', '--values', file));
  /** What restarts, in the order that the plan tells. */
  const planned = async (file: string) =>
    (await release.planned('set', '--values', file)).map((one) => one.split(' ')[0]);
  const began = async (...names: readonly string[]) => {
    const seen = await release.pods();
    return names.map((name) => seen[name]?.startedAt ?? 0);
  };

  test('what rises is given to the readers first, what falls to the writer first', async () => {
    const up = connections(300);
    expect(await planned(up)).toEqual(['REPLICA_RESTART', 'PRIMARY_RESTART']);
    await set(up);
    await expectEverywhere({max_connections: 300});
    const [writerUp = 0, readerUp = 0] = await began(writerPod, readerPod(0));
    expect(readerUp).toBeLessThanOrEqual(writerUp);

    const down = connections(150);
    expect(await planned(down)).toEqual(['PRIMARY_RESTART', 'REPLICA_RESTART']);
    await set(down);
    await expectEverywhere({max_connections: 150});
    const [writerDown = 0, readerDown = 0] = await began(writerPod, readerPod(0));
    expect(writerDown).toBeLessThanOrEqual(readerDown);
    expect((await release.lives())[readerPod(0)]).toMatch(/\/0$/);
  });

  test('one rises and another falls: two steps, and rollback goes back behind both of them', async () => {
    const mixed = fileWith({max_connections: 120, max_worker_processes: 12});
    await set(mixed);
    await expectEverywhere({max_connections: 120, max_worker_processes: 12});
    await client.during(() => release.done('rollback'));
    await expectEverywhere({max_connections: 150, max_worker_processes: 8});
  });

  const afterWriter = test.runIf(killed.includes('the writer has restarted'));
  afterWriter('killed when the writer has restarted: recover brings the readers along', async () => {
    await set(connections(300));
    const before = await release.lives();
    const dying = release.begin('set', '--values', connections(130));
    await waitFor(
      'the writer recreated',
      async () => (await release.lives())[writerPod],
      (life) => life !== undefined && life !== before[writerPod],
      {everyMs: 20, deadlineMs: 120_000},
    );
    dying.child.kill('SIGKILL');
    await dying.finished;
    expect((await release.lives())[readerPod(0)]).toBe(before[readerPod(0)]);
    await client.during(() => release.done('recover'));
    await expectEverywhere({max_connections: 130});
  });

  const beforePods = test.runIf(killed.includes('no pod has been touched'));
  beforePods(
    'a reader that restarted before its writer does not start: status says why, and what heals it',
    async () => {
      await set(connections(300));
      // The change dies with helm's last write: no pod has been touched, and all pods find the new settings when they
      // start.
      const dying = dyingAt(release, helm, {at: 'PUT .*/secrets', nth: 2});
      expect((await dying.begin('set', '--values', connections(140)).finished).signal).toBe('SIGKILL');
      await release.namespace.kubectl(['delete', 'pod', readerPod(0)]);
      const {cause} = await waitFor(
        'the cause',
        () => release.read<{cause: Result['cause'] | null}>('status'),
        // The log of the container may not be readable yet when its first crash is seen.
        (seen) => seen.cause?.message.includes("max_connections is 140, and the writer's was 300") === true,
        {deadlineMs: 90_000},
      );
      expect(cause?.code).toBe('CRASH_LOOP');
      expect(cause?.remedies[0]?.command).toMatch(/^pg-helm-install recover orders /);
      await client.during(() => release.done('recover'));
      await expectEverywhere({max_connections: 140});
    },
  );

  test('readers that would have less than their writer are refused', async () => {
    const before = await release.lives();
    const {json, code} = await release.run('set', '--values', fileWith({max_connections: 300}, null));
    expect({code, cause: json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
    expect(json.cause?.message).toContain('max_connections');
    expect(await release.lives()).toEqual(before);
  });
});
