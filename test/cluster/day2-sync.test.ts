// Scaling in while commits wait for readers, judged by the real pg_stat_replication: what would make every write hang
// is refused, and what leaves enough readers is done.
import {afterAll, beforeAll, expect, test} from 'vitest';
import {OperatedRelease, writerPod} from '../support/clusters/operated-release.ts';
import {waitFor} from '../support/wait-for.ts';

let release: OperatedRelease;
beforeAll(async () => {
  release = await OperatedRelease.install('sync', ['--read-replicas', '2']);
});
afterAll(() => release.namespace.remove());

/** Sets which readers commits wait for, and waits until the writer reports these states of them. */
async function commitsWaitFor(names: string, states: string): Promise<void> {
  await release.ask(writerPod, `ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
  await release.ask(writerPod, 'SELECT pg_reload_conf()');
  await waitFor(
    `the readers to be ${states}`,
    () => release.ask(writerPod, "select string_agg(sync_state, ' ' order by sync_state) from pg_stat_replication"),
    (seen) => seen === states,
  );
}

test.each([
  ['ANY 2 (*)', 'quorum quorum', 1],
  ['2 (*)', 'sync sync', 1],
  ['*', 'potential sync', 0],
])('%s', async (names, states, readers) => {
  await commitsWaitFor(names, states);
  const {code, json} = await release.run('scale', '--read-replicas', String(readers));
  expect({code, cause: json.cause?.code, keep: json.cause?.remedies[0]?.command?.split(' ').slice(-2)}).toEqual({
    code: 3,
    cause: 'SYNC_WOULD_BLOCK',
    keep: ['--read-replicas', String(readers + 1)],
  });
  expect(Object.keys(await release.pods())).toHaveLength(3);
});

test('one of two is enough for commits that wait for one', async () => {
  await commitsWaitFor('ANY 1 (*)', 'quorum quorum');
  await release.done('scale', '--read-replicas', '1');
  expect(await release.ask(writerPod, 'create table kept as select 1')).toBe('SELECT 1');
});
