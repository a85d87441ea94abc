// Resizing: where the cluster can, the database keeps running; where it cannot, no row is lost.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {oneHelm} from '../support/clusters/helms.ts';
import {notInSandbox, onSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {hasRoamingVolumes, roamingVolumes, type RoamingVolumes} from '../support/clusters/roaming-volumes.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';
import {limitedUser} from '../support/clusters/limited-user.ts';

const mebibyte = 1024 * 1024;

// day2-all.test.ts resizes with both helms.
describe.each(oneHelm)('%s', (_name, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  /** What the container itself sees as its limit. */
  const limitOf = async (pod: string): Promise<number> =>
    Number(
      await release.namespace.kubectl([
        'exec',
        pod,
        '-c',
        'postgresql',
        '--',
        'bash',
        '-c',
        'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null | head -1',
      ]),
    );

  beforeAll(async () => {
    release = await OperatedRelease.install('resize', ['--read-replicas', '1'], {helm});
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  test('CPU and memory while it runs: no write fails, the pods stay, the containers have it', async () => {
    const before = await release.lives();
    expect(await release.planned('resize', '--memory', '384Mi', '--cpu', '150m')).toEqual([
      'RESIZE_IN_PLACE StatefulSet/orders-postgresql-read',
      'RESIZE_IN_PLACE StatefulSet/orders-postgresql-primary',
      'RESTART_TO_USE Release/orders',
    ]);
    const {failedWrites, result} = await client.during(() =>
      release.done('resize', '--memory', '384Mi', '--cpu', '150m'),
    );
    expect(failedWrites).toBe(0);
    expect(result).toMatchObject({operation: 'resize', revision: 2});
    expect(await release.lives()).toEqual(before);
    for (const pod of [writerPod, readerPod(0)]) {
      expect((await release.pods())[pod]).toMatchObject({memory: '384Mi', cpu: '150m'});
      // A process of this machine has no limits: in the sandbox only the status shows the new one.
      if (!onSandbox) expect(await limitOf(pod)).toBe(384 * mebibyte);
    }
    const {state, warnings} = await release.read<{state: string; warnings: {code: string}[]}>('status');
    expect({state, codes: warnings.map(({code}) => code)}).toEqual({
      state: 'ready',
      codes: expect.not.arrayContaining(['DEFINITION_PENDING']) as string[],
    });
    expect((await release.run('resize', '--memory', '384Mi')).json.outcome).toBe('unchanged');
    await release.expectAllRows(client);
  });

  test('more than any node has, and a type whose nodes the volumes do not reach, change nothing', async () => {
    const before = await release.lives();
    const huge = await release.run('resize', '--memory', '900Gi');
    expect({code: huge.code, cause: huge.json.cause?.code}).toEqual({code: 3, cause: 'UNSCHEDULABLE'});
    const nodes = await kubectlJson<{items: {metadata: {name: string; labels: Record<string, string>}}[]}>([
      'get',
      'nodes',
    ]);
    const typeOf = (node: string) =>
      nodes.items.find(({metadata}) => metadata.name === node)?.metadata.labels['node.kubernetes.io/instance-type'] ??
      '';
    const mine = Object.values(await release.pods()).map(({node}) => typeOf(node));
    const other = nodes.items
      .map(({metadata}) => typeOf(metadata.name))
      .find((type) => !mine.every((own) => own === type));
    const moved = await release.run('resize', '--instance-type', other ?? 'none');
    expect({code: moved.code, cause: moved.json.cause?.code}).toEqual({code: 3, cause: 'UNSCHEDULABLE'});
    expect(moved.json.cause?.message).toContain('its volume cannot be used there');
    expect(await release.lives()).toEqual(before);
    expect((await release.read<{operation: unknown}>('status')).operation).toBeNull();
  });

  test('less than it uses: the node refuses, the cause is named, and another amount takes its place', async () => {
    const inWriter = (script: string) =>
      release.namespace.kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'bash', '-c', script]);
    // Shared memory counts as memory of the container.
    await inWriter('head -c 250M /dev/zero > /dev/shm/ballast');
    const before = await release.lives();
    const {json, code} = await release.run('resize', '--memory', '256Mi', '--timeout', '60s');
    expect({code, outcome: json.outcome, cause: json.cause?.code}).toEqual({
      code: 1,
      outcome: 'failed',
      cause: 'OUT_OF_MEMORY',
    });
    expect(json.cause?.remedies.map(({command}) => command).join('\n')).toMatch(/rollback orders .* 2$/m);
    expect(json.cause?.remedies.map(({command}) => command)).toContainEqual(
      expect.stringMatching(/^pg-helm-install restart orders/),
    );
    await inWriter('rm /dev/shm/ballast');
    const {failedWrites} = await client.during(() => release.done('resize', '--memory', '512Mi'));
    expect(failedWrites).toBe(0);
    expect(await release.lives()).toEqual(before);
  });

  test('less after the container restarted in its pod: that pod starts again, and the plan says why', async ({
    skip,
  }) => {
    notInSandbox({skip}, 'its containers do not restart in their pods');
    await release.run('resize', '--memory', '512Mi');
    const {[writerPod]: before} = await release.pods();
    // A fast shutdown of the server, which is the first process of the container.
    await release.namespace.kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'bash', '-c', 'kill -INT 1']);
    const hasRestarted = async () => {
      const {[writerPod]: pod} = await release.pods();
      return pod !== undefined && pod.startedAt > 0 && pod.restarts === (before?.restarts ?? 0) + 1;
    };
    await expect.poll(hasRestarted, {timeout: 60_000, interval: 200}).toBe(true);
    const lives = await release.lives();
    const {json} = await release.run('resize', '--memory', '480Mi', '--dry-run');
    expect(json.plan?.consequences.map(({code}) => code)).toEqual([
      'PRIMARY_RESTART',
      'RESIZE_IN_PLACE',
      'RESTART_TO_USE',
    ]);
    expect(json.plan?.consequences[0]?.sentence).toContain('because its container postgresql has restarted in its pod');
    await release.done('resize', '--memory', '480Mi');
    expect((await release.lives())[readerPod(0)]).toBe(lives[readerPod(0)]);
    expect((await release.lives())[writerPod]).not.toBe(lives[writerPod]);
    for (const pod of [writerPod, readerPod(0)]) expect(await limitOf(pod)).toBe(480 * mebibyte);
    await release.expectAllRows(client);
  });

  test('a user who may not resize pods: readers first, the writer last and once, and the plan says why', async ({
    skip,
  }) => {
    notInSandbox({skip}, 'it has one user, who may do everything');
    const kubeconfig = await limitedUser(release.namespace);
    const before = await release.lives();
    const {json} = await release.run('resize', '--memory', '448Mi', '--kubeconfig', kubeconfig, '--dry-run');
    expect(json.plan?.consequences.map(({code}) => code)).toEqual(['REPLICA_RESTART', 'PRIMARY_RESTART']);
    expect(json.plan?.consequences[1]?.sentence).toContain('because this user may not patch pods/resize');
    const {longestGapMs} = await client.during(() =>
      release.done('resize', '--memory', '448Mi', '--kubeconfig', kubeconfig),
    );
    const after = await release.pods();
    expect(after[writerPod]).toMatchObject({memory: '448Mi', restarts: 0});
    expect((await release.lives())[writerPod]).not.toBe(before[writerPod]);
    expect(after[readerPod(0)]?.startedAt).toBeLessThanOrEqual(after[writerPod]?.startedAt ?? 0);
    process.stdout.write(`longest gap, new pod: ${Math.round(longestGapMs)} ms\n`);
    await release.expectAllRows(client);
  });
});

describe.skipIf(onSandbox || !hasRoamingVolumes)('volumes that go from node to node', () => {
  let volumes: RoamingVolumes;
  let release: OperatedRelease;
  let client: SteadyWriter;

  beforeAll(async () => {
    volumes = await roamingVolumes(2);
    release = await OperatedRelease.install('roaming', [
      '--read-replicas',
      '1',
      '--storage-class',
      volumes.storageClass,
      '--instance-type',
      't3.medium',
    ]);
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
    await volumes.remove();
  });

  test('another type of node: the reader moves first, then the writer, once; the plan names the nodes', async () => {
    const before = await release.pods();
    const large = (
      await kubectlJson<{items: {metadata: {name: string}}[]}>([
        'get',
        'nodes',
        '-l',
        'node.kubernetes.io/instance-type=t3.large',
      ])
    ).items.map(({metadata}) => metadata.name);
    const planned = await release.run('resize', '--instance-type', 't3.large', '--dry-run');
    expect(planned.json.plan?.consequences.map(({code, sentence}) => [code, sentence])).toEqual([
      [
        'REPLICA_RESTART',
        expect.stringContaining(`because ${before[readerPod(0)]?.node ?? ''} is t3.medium, and t3.large is wanted`),
      ],
      ['ROLE_CHANGE', expect.stringContaining('The writer cannot stay on its node')],
    ]);
    const never = await release.run('resize', '--instance-type', 't3.large', '--switchover', 'never', '--dry-run');
    expect(never.json.plan?.consequences.map(({code, sentence}) => [code, sentence])[1]).toEqual([
      'PRIMARY_RESTART',
      expect.stringContaining(`because ${before[writerPod]?.node ?? ''} is t3.medium, and t3.large is wanted`),
    ]);
    const {longestGapMs, result} = await client.during(() => release.done('resize', '--instance-type', 't3.large'));
    const told = result.switchover?.gapMs;
    process.stdout.write(`longest gap, to another node: ${Math.round(longestGapMs)} ms, told ${told} ms\n`);
    expect(result.operation).toBe('resize');
    expect(result.switchover).toMatchObject({to: readerPod(0), timeline: {before: 1, after: 2}});
    expect(await release.read<object>('status')).toMatchObject({state: 'ready', operation: null, cause: null});
    const after = await release.pods();
    for (const pod of [writerPod, readerPod(0)]) {
      expect(large).toContain(after[pod]?.node);
      expect(after[pod]).toMatchObject({restarts: 0});
      expect(after[pod]?.uid).not.toBe(before[pod]?.uid);
    }
    await release.expectAllRows(client);
  });
});
