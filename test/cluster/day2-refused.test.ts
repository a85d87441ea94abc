// A pod is deleted only when the cluster takes the one that follows it: what a LimitRange refuses is found before a
// change begins, and once more right before the pod is deleted.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

let release: OperatedRelease;
let client: SteadyWriter;
beforeAll(async () => {
  release = await OperatedRelease.install('change-refused', ['--read-replicas', '1']);
  client = await release.client();
});
afterEach(() => release.namespace.kubectl(['delete', 'limitrange', '--all']));
afterAll(async () => {
  await client.stop();
  await release.namespace.remove();
});

type Limits = Readonly<Record<string, string | Readonly<Record<string, string>>>>;
const limit = (limits: Limits) =>
  release.namespace.kubectl(
    ['create', '-f', '-'],
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: {name: 'rules'},
      spec: {limits: [{type: 'Container', ...limits}]},
    }),
  );

/** A file for --values that changes the pods of writer and readers, in another way each time. */
function otherPods(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'pghi-values-')), 'values.yaml');
  const podAnnotations = {'example.com/turn': String(performance.now())};
  writeFileSync(file, JSON.stringify({primary: {podAnnotations}, readReplicas: {podAnnotations}}));
  return file;
}

const belowDefault = {default: {cpu: '500m', memory: '512Mi'}, defaultRequest: {cpu: '100m', memory: '128Mi'}};
test.each([
  ['a default limit below what is asked', belowDefault, ['resize', '--cpu', '1']],
  ['a maximum below what is asked', {max: {cpu: '200m'}}, ['resize', '--cpu', '300m']],
  ['a minimum above what there is, and a restart', {min: {memory: '300Mi'}}, ['restart']],
  [
    'a default limit below what there is, and one more reader',
    {default: {cpu: '50m'}},
    ['scale', '--read-replicas', '2'],
  ],
] as const)('%s: refused, and nothing changes', async (_what, limits, [command = '', ...flags]) => {
  const before = await release.lives();
  await limit(limits);
  for (const more of [['--dry-run'], []]) {
    const {failedWrites, result} = await client.during(() => release.run(command, ...flags, ...more));
    expect({code: result.code, outcome: result.json.outcome, cause: result.json.cause?.code, failedWrites}).toEqual({
      code: 3,
      outcome: 'refused',
      cause: 'ADMISSION_DENIED',
      failedWrites: 0,
    });
    expect(JSON.stringify(result.json.cause)).toContain('LimitRange rules');
  }
  expect(await release.lives()).toEqual(before);
  expect(await release.read<{operation: unknown; state: string}>('status')).toMatchObject({
    operation: null,
    state: 'ready',
  });
});

test('a rule that is made while the change is on its way: the writer stays, and recover finishes it', async () => {
  const before = await release.lives();
  const values = otherPods();
  const {failedWrites, result} = await client.during(async () => {
    const running = release.begin('set', '--values', values);
    await waitFor(
      'the reader recreated',
      async () => (await release.lives())[readerPod(0)],
      (life) => life !== undefined && life !== before[readerPod(0)],
      {everyMs: 50, deadlineMs: 120_000},
    );
    await limit({default: {cpu: '50m'}});
    return running.finished;
  });
  const ended = JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as Result;
  expect({code: result.code, outcome: ended.outcome, cause: ended.cause?.code, failedWrites}).toEqual({
    code: 1,
    outcome: 'failed',
    cause: 'POD_REFUSED',
    failedWrites: 0,
  });
  expect(ended.cause?.object?.name).toBe(writerPod);
  expect(ended.cause?.message).toContain('left as it is');
  expect((await release.lives())[writerPod]).toBe(before[writerPod]);

  await release.namespace.kubectl(['delete', 'limitrange', 'rules']);
  await client.during(() => release.done('recover'));
  expect((await release.lives())[writerPod]).not.toBe(before[writerPod]);
  await release.expectAllRows(client);
});

test('a pod that is gone and does not come back: status names the rule, whatever it says', async () => {
  await limit({default: {cpu: '50m'}});
  await release.namespace.kubectl(['delete', 'pod', readerPod(0), '--wait=false']);
  const {cause} = await waitFor(
    'the cause',
    () => release.read<{cause: Result['cause'] | null}>('status'),
    (seen) => seen.cause?.code === 'POD_REFUSED',
    {deadlineMs: 60_000},
  );
  expect(cause?.evidence.join()).toContain('must be less than or equal to cpu limit of 50m');
});
