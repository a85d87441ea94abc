// Readers of another size than their writer, while somebody writes: their pods have it, the settings fit into the
// smallest pod and are the same on all of them, and a size for all ends it.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {helms} from '../support/clusters/helms.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';

const reader = readerPod(0);

/** The settings of which a reader may not have less than its writer: PostgreSQL 17 manual, "Hot Standby". */
const notLess = [
  ...['max_connections', 'max_prepared_transactions', 'max_locks_per_transaction', 'max_wal_senders'],
  'max_worker_processes',
];

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  beforeAll(async () => {
    const own = ['--reader-cpu', '150m', '--reader-memory', '384Mi'];
    release = await OperatedRelease.install('reader-sizes', ['--read-replicas', '1', '--sizing', 'auto', ...own], {
      helm,
    });
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  async function expectSizes(sizes: {readonly writer: object; readonly reader: object}, shared: string): Promise<void> {
    const pods = await release.pods();
    expect({writer: pods[writerPod], reader: pods[reader]}).toMatchObject(sizes);
    const names = [...notLess, 'shared_buffers'];
    const sql = `select ${names.map((name) => `current_setting('${name}')`).join(" || ' ' || ")}`;
    const [ofWriter = '', ofReader = ''] = await Promise.all([writerPod, reader].map((pod) => release.ask(pod, sql)));
    expect(ofWriter.split(' ').at(-1)).toBe(shared);
    expect(ofReader).toBe(ofWriter);
    expect(await release.read('status')).toMatchObject({operation: null, state: 'ready'});
    await release.expectAllRows(client);
  }

  test('installed with them, and settings that fit into the writer, which is the smaller one', () =>
    expectSizes({writer: {cpu: '100m', memory: '256Mi'}, reader: {cpu: '150m', memory: '384Mi'}}, '64MB'));

  test('set on a release that runs: the settings fit into the readers, which are the smaller ones now', async () => {
    const asked = ['--memory', '512Mi', '--reader-cpu', '50m', '--reader-memory', '384Mi'];
    const planned = await release.planned('set', ...asked);
    expect(planned.map((one) => one.split(' ')[0])).toEqual(['REPLICA_RESTART', 'PRIMARY_RESTART']);
    await client.during(() => release.done('set', ...asked));
    await expectSizes({writer: {cpu: '100m', memory: '512Mi'}, reader: {cpu: '50m', memory: '384Mi'}}, '96MB');
  });

  test('a setting that fits into the writer alone is refused, and the readers are named', async () => {
    const before = await release.lives();
    const {json, code} = await release.run('set', '--postgres-config', 'shared_buffers=400MB');
    expect({code, cause: json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
    expect(json.cause?.message).toContain('each reader gets 384Mi of memory');
    expect(await release.lives()).toEqual(before);
  });

  test('a size for all ends what was their own', async () => {
    await client.during(() => release.done('resize', '--cpu', '100m', '--memory', '384Mi'));
    const all = {cpu: '100m', memory: '384Mi'};
    await expectSizes({writer: all, reader: all}, '96MB');
    expect((await release.run('resize', '--memory', '384Mi')).json.outcome).toBe('unchanged');
  });
});
