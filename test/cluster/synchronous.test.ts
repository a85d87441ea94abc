// Commits that wait for readers, with a client that writes: they wait while no reader is there, go on while one
// restarts, and what they wait for changes without a restart.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {helms} from '../support/clusters/helms.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {waitFor} from '../support/wait-for.ts';

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  beforeAll(async () => {
    const flags = ['--read-replicas', '2', '--synchronous-replicas', '1', '--sizing', 'auto'];
    release = await OperatedRelease.install('synchronous', flags, {helm});
    await release.ask(writerPod, 'create table waited (n int)');
  });
  afterAll(() => release.namespace.remove());

  const names = () => release.ask(writerPod, 'show synchronous_standby_names');
  const signal = async (pod: string, name: string) => {
    const pid = await release.ask(pod, 'select pid from pg_stat_wal_receiver');
    await release.namespace.kubectl(['exec', pod, '-c', 'postgresql', '--', 'kill', `-${name}`, pid]);
  };

  test('an install ends when commits wait for one of two readers; one cannot be left out', async () => {
    expect(await names()).toBe('ANY 1 (my_application)');
    const {warnings} = await release.read<{warnings: {code: string}[]}>('status');
    expect(warnings.map(({code: one}) => one)).not.toContain('DEFINITION_PENDING');
    const {json, code} = await release.run('scale', '--read-replicas', '1');
    expect({code, cause: json.cause?.code, remedy: json.cause?.remedies[1]?.command}).toEqual({
      code: 3,
      cause: 'SYNC_WOULD_BLOCK',
      remedy:
        `pg-helm-install set orders -n ${release.namespace.name} --context ${json.context} ` +
        '--synchronous-replicas 0',
    });
    expect((await release.run('set', '--read-replicas', '1')).code).toBe(2);
  });

  test('a commit waits while no reader takes it, and is acknowledged when one does', async () => {
    for (const pod of [readerPod(0), readerPod(1)]) await signal(pod, 'STOP');
    let isAcknowledged = false;
    const commit = release.ask(writerPod, 'insert into waited values (1)').then(() => (isAcknowledged = true));
    const waits = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
    await waitFor(
      'the commit to wait',
      () => release.ask(writerPod, waits),
      (seen) => seen === '1',
    );
    expect(isAcknowledged).toBe(false);
    await signal(readerPod(1), 'CONT');
    await commit;
    expect(isAcknowledged).toBe(true);
    await signal(readerPod(0), 'CONT');
  });

  test('writes go on while each reader restarts', async () => {
    const client = await release.client();
    const streams = "select count(*) from pg_stat_replication where state = 'streaming'";
    const restarts = async () => {
      for (const pod of [readerPod(0), readerPod(1)]) {
        await release.namespace.kubectl(['delete', 'pod', pod]);
        await waitFor(
          'both to stream',
          () => release.ask(writerPod, streams),
          (seen) => seen === '2',
          {
            deadlineMs: 60_000,
          },
        );
      }
    };
    const {failedWrites} = await client.during(restarts).finally(() => client.stop());
    expect(failedWrites).toBe(0);
    await release.expectAllRows(client);
  });

  test('a restart of all pods: writes go on, and no acknowledged row is lost', async () => {
    const before = await release.lives();
    const client = await release.client();
    const {longestGapMs, result} = await client.during(() => release.done('restart')).finally(() => client.stop());
    expect(longestGapMs).toBeLessThan(20_000);
    expect(result.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true, streaming: 2}});
    await release.expectAllRows(client);
    const after = await release.lives();
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    for (const [pod, life] of Object.entries(before)) expect(after[pod]).not.toBe(life);
    expect(await names()).toBe('ANY 1 (my_application)');
  });

  test('fewer before a reader goes, more when all stream: the writer reads it again, no pod restarts', async () => {
    const before = await release.lives();
    const client = await release.client();
    const {failedWrites} = await client
      .during(async () => {
        await release.done('set', '--synchronous-replicas', '0', '--read-replicas', '1');
        expect(await names()).toBe('');
        await release.done('set', '--synchronous-replicas', '1', '--read-replicas', '2');
      })
      .finally(() => client.stop());
    expect(failedWrites).toBe(0);
    await release.expectAllRows(client);
    expect(await names()).toBe('ANY 1 (my_application)');
    const after = await release.lives();
    expect([after[writerPod], after[readerPod(0)]]).toEqual([before[writerPod], before[readerPod(0)]]);
    expect((await release.run('set', '--synchronous-replicas', '1')).json.outcome).toBe('unchanged');
  });
});
