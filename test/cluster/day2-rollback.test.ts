// Going back: what an earlier revision wanted comes back, the data stays, and what is broken is replaced.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {helms} from '../support/clusters/helms.ts';
import {imagesWith, OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {helm3, helm4} from '../support/paths.ts';
import {trap} from '../support/clusters/trap.ts';
import {waitFor} from '../support/wait-for.ts';
import {steadyTable, type SteadyWriter} from '../support/clusters/steady-writer.ts';

describe.each(helms)('installed with %s', (_name, helm) => {
  const {source, repository, installed: oldTag, other: newTag} = imagesWith(helm);
  const imageOf = (tag: string) => `${repository}:${tag}`;
  const otherHelm = helm === helm3 ? helm4 : helm3;
  // The second helm runs only the tests in which helm itself has a part.
  const testOnce = test.skipIf(helm !== helms[0]?.[1]);
  let release: OperatedRelease;
  let client: SteadyWriter;
  beforeAll(async () => {
    release = await OperatedRelease.install('back', ['--read-replicas', '1', '--image-source', source], {helm});
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  testOnce('a larger disk stays, and it is said; memory and readers come back', async () => {
    await release.done('resize', '--storage-size', '2Gi', '--memory', '384Mi');
    await release.done('scale', '--read-replicas', '2');
    const before = (await release.lives())[writerPod];
    const {json} = await release.run('rollback', '1', '--dry-run');
    expect(json.plan?.consequences.map(({code}) => code)).toEqual([
      'DATA_KEPT',
      'DATA_KEPT',
      'RESIZE_IN_PLACE',
      'RESIZE_IN_PLACE',
      'RESTART_TO_USE',
      'REPLICA_REMOVE',
      'DATA_KEPT',
    ]);
    expect(json.plan?.consequences[1]?.sentence).toContain('keep their 2Gi');
    const {failedWrites} = await client.during(() => release.done('rollback', '1'));
    expect(failedWrites).toBe(0);
    const after = await release.pods();
    expect(Object.keys(after).sort()).toEqual([writerPod, readerPod(0)].sort());
    expect(after[writerPod]?.memory).toBe('256Mi');
    expect((await release.lives())[writerPod]).toBe(before);
    expect((await release.read<{parameters: {storageSize: string}}>('status')).parameters.storageSize).toBe('2Gi');
    await release.expectAllRows(client);
  });

  test('an upgrade and back, in their pods: no gap of a second, and the history reads well', async () => {
    const before = await release.pods();
    const {revision} = await release.read<{revision: number}>('status');
    const up = await client.during(() => release.done('upgrade', '--image-tag', newTag));
    const back = await client.during(() => release.with({PGHI_HELM: otherHelm}).done('rollback'));
    expect(back.result).toMatchObject({operation: 'rollback', revision: revision + 2});
    const after = await release.pods();
    for (const name of [writerPod, readerPod(0)])
      expect(after[name]).toMatchObject({
        uid: before[name]?.uid,
        restarts: (before[name]?.restarts ?? 0) + 2,
        image: imageOf(oldTag),
      });
    process.stdout.write(
      `longest gap: upgrade ${Math.round(up.longestGapMs)} ms, rollback ${Math.round(back.longestGapMs)} ms\n`,
    );
    const {revisions} = await release.read<{revisions: {revision: number; description: string}[]}>('history');
    expect(revisions.slice(-2).map(({description}) => description)).toEqual([
      `upgrade --image-tag ${newTag}`,
      `Rollback to ${revision}`,
    ]);
    await release.expectAllRows(client);
  });

  testOnce('a setting that breaks the first reader stops there; the remedy brings everything back', async () => {
    const writer = (await release.lives())[writerPod];
    const file = join(mkdtempSync(join(tmpdir(), 'pghi-values-')), 'values.yaml');
    writeFileSync(file, 'readReplicas: {command: ["bash", "-c", "echo no such thing; exit 3"]}\n');
    const {json, code} = await release.run('set', '--values', file);
    expect({code, outcome: json.outcome, cause: json.cause?.code}).toEqual({
      code: 1,
      outcome: 'failed',
      cause: 'CRASH_LOOP',
    });
    const remedy = json.cause?.remedies.find(({command}) => command?.includes('rollback'))?.command ?? '';
    expect(remedy).toMatch(/^pg-helm-install rollback orders -n \S+ --context \S+ \d+$/);
    expect((await release.lives())[writerPod]).toBe(writer);

    const {failedWrites} = await client.during(() => release.done('rollback', remedy.split(' ').at(-1) ?? ''));
    expect(failedWrites).toBe(0);
    expect((await release.lives())[writerPod]).toBe(writer);
    expect((await release.pods())[readerPod(0)]?.restarts).toBe(0);
    expect(await release.read<{operation: unknown; state: string}>('status')).toMatchObject({
      operation: null,
      state: 'ready',
    });
    await release.expectAllRows(client);
  });

  // Each helm has one of the two kill points; `npm run test:faults` tries all of them with both.
  test.each([
    helm === helm3 ? (['when helm has recorded it', true] as const) : (['while the pods get it', false] as const),
  ])('without a number, killed %s and run again: it goes on, and does not turn round', async (_when, byHelm) => {
    const was = (await release.pods())[writerPod]?.image;
    await release.done('upgrade', '--image-tag', newTag);
    const rest = 'HELM "$@"; kill -9 $PPID; sleep 0.2; exit 1';
    const dying = byHelm
      ? release.with({PGHI_HELM: trap(helm, 'late', rest, 'upgrade')}).begin('rollback')
      : release.begin('rollback');
    if (!byHelm) {
      const told = () => dying.stdout();
      await waitFor('a pod that restarts', told, (text) => text.includes('-0 restarts'), {everyMs: 5});
      dying.child.kill('SIGKILL');
    }
    expect((await dying.finished).signal).toBe('SIGKILL');
    const {revisions} = await release.read<{revisions: {revision: number; description: string}[]}>('history');
    const left = revisions.at(-1);
    expect(left?.description).toMatch(/^Rollback to \d+$/);

    const {json, code} = await release.run('rollback');
    expect({code, outcome: json.outcome, revision: json.revision}).toEqual({
      code: 0,
      outcome: 'succeeded',
      revision: left?.revision,
    });
    expect(was).toBe(imageOf(oldTag));
    for (const pod of [writerPod, readerPod(0)]) expect((await release.pods())[pod]?.image).toBe(was);

    // The same command does not turn round either once all is done.
    const again = await release.run('rollback');
    expect({code: again.code, outcome: again.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
    expect(again.json.notes.join()).toContain('is back at what revision');
    await release.expectAllRows(client);
  });

  testOnce('what is not there cannot come back', async () => {
    const unknown = await release.run('rollback', '99');
    expect({code: unknown.code, cause: unknown.json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
    expect((await release.run('rollback', 'first')).code).toBe(2);
    expect(await release.ask(writerPod, `select count(*) > 0 from ${steadyTable}`)).toBe('t');
  });
});
