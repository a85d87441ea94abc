// The writer's role moves to a reader and back while a client writes: no acknowledged row is lost, and all follow.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {limitedUser} from '../support/clusters/limited-user.ts';
import {kubectl} from '../support/clusters/namespace.ts';
import {bothHelms} from '../support/clusters/helms.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';

let release: OperatedRelease;
let client: SteadyWriter;
beforeAll(async () => {
  release = await OperatedRelease.install('switchover', ['--read-replicas', '1']);
  client = await release.client();
});
afterAll(async () => {
  await client.stop();
  await release.namespace.remove();
});

async function volumes(): Promise<Readonly<Record<string, string>>> {
  const path = '{range .items[*]}{.metadata.name}={.spec.volumeName}{"\\n"}{end}';
  const lines = (await release.namespace.kubectl(['get', 'pvc', '-o', `jsonpath=${path}`])).trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
}

test('the writer moves to the reader with every acknowledged row, and helm has nothing to change', async () => {
  const [before, had] = [await release.pods(), await volumes()];
  await release.ask(writerPod, 'alter system set log_min_duration_statement = 12345');
  const {result, longestGapMs} = await client.during(() => release.done('switchover'));
  console.log(`switchover: longest gap ${Math.round(longestGapMs)} ms, told ${result.switchover?.gapMs} ms`);
  expect(result.switchover).toMatchObject({to: readerPod(0), timeline: {before: 1, after: 2}});
  expect(Math.abs((result.switchover?.gapMs ?? 0) - longestGapMs)).toBeLessThan(3000);
  const after = await release.pods();
  expect([after[writerPod]?.node, after[readerPod(0)]?.node]).toEqual([
    before[readerPod(0)]?.node,
    before[writerPod]?.node,
  ]);
  expect(await volumes()).toEqual({
    [`data-${writerPod}`]: had[`data-${readerPod(0)}`],
    [`data-${readerPod(0)}`]: had[`data-${writerPod}`],
  });
  // What ALTER SYSTEM had set moves with the role.
  expect(await release.ask(writerPod, 'show log_min_duration_statement')).toBe('12345ms');
  await release.expectAllRows(client);
  expect(await release.read<object>('status')).toMatchObject({state: 'ready', operation: null, cause: null});

  const lives = await release.lives();
  for (const [, helm] of bothHelms) {
    const flags = ['--namespace', release.namespace.name, '--reuse-values'];
    await promisify(execFile)(helm, ['upgrade', 'orders', release.chart, ...flags]);
    expect(await release.lives()).toEqual(lives);
    expect(await volumes()).not.toEqual(had);
  }
});

test('and back, to the reader that is named', async () => {
  const wrong = await release.run('switchover', '--to', readerPod(3));
  expect({code: wrong.code, cause: wrong.json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
  expect(await release.planned('switchover', '--to', readerPod(0))).toContain(
    'ROLE_CHANGE StatefulSet/orders-postgresql-primary',
  );
  await release.ask(writerPod, 'create unlogged table carts as select 1 as n');
  const {result} = await client.during(() => release.done('switchover', '--to', readerPod(0)));
  expect(result.warnings.find(({code}) => code === 'UNLOGGED_EMPTIED')?.message).toContain('postgres: carts');
  expect(result.switchover?.timeline).toEqual({before: 2, after: 3});
  await release.expectAllRows(client);
});

test('a node that the writer is not on, and one that it can leave or not, are told apart at once', async () => {
  const pods = await release.pods();
  const [own = '', other = ''] = [pods[writerPod]?.node, pods[readerPod(0)]?.node];
  const lives = await release.lives();
  const elsewhere = await release.run('switchover', '--away-from-node', `not-${own}`);
  expect({code: elsewhere.code, outcome: elsewhere.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
  expect(elsewhere.json.notes.join()).toContain(`is on ${own}, not on not-${own}`);
  const asked = await release.run('switchover', '--away-from-node', own, '--dry-run');
  expect(asked.json.cause?.code).toBe(own === other ? 'NO_READER_TO_PROMOTE' : undefined);
  expect(await release.lives()).toEqual(lives);
});

test.skipIf(onSandbox)(
  'who may not change volumes is told so, and what an administrator applies then is enough',
  async () => {
    const lives = await release.lives();
    const theirs = release.with({KUBECONFIG: await limitedUser(release.namespace)});
    const {code, json} = await theirs.run('switchover');
    expect({code, outcome: json.outcome, cause: json.cause?.code}).toEqual({
      code: 4,
      outcome: 'refused',
      cause: 'FORBIDDEN',
    });
    expect(json.cause?.evidence.join()).toContain('patch persistentvolumes');
    expect(await release.lives()).toEqual(lives);
    const [grant] = json.cause?.remedies ?? [];
    const applied = /<<'EOF'\n([^]*)\nEOF$/.exec(grant?.command ?? '')?.[1] ?? '';
    expect(applied).toContain((await volumes())[`data-${writerPod}`]);
    try {
      await kubectl(['apply', '-f', '-'], applied);
      const {result} = await client.during(() => theirs.done('switchover'));
      expect(result.switchover?.timeline).toEqual({before: 3, after: 4});
      await release.expectAllRows(client);
    } finally {
      await kubectl(['delete', '-f', '-'], applied);
    }
  },
);
