// Day 2: readers come and go, images change, and the writer is touched once or not at all.
import {cpSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {helms} from '../support/clusters/helms.ts';
import {notInSandbox} from '../support/setup/on-sandbox.ts';
import {imagesWith, OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {helm3, smallChart} from '../support/paths.ts';
import {waitFor} from '../support/wait-for.ts';

/** The small chart under the next version: then only labels of the pods differ. */
const nextChart = join(mkdtempSync(join(tmpdir(), 'pghi-chart-')), 'postgresql');
cpSync(smallChart, nextChart, {recursive: true});
const about = join(nextChart, 'Chart.yaml');
writeFileSync(about, readFileSync(about, 'utf8').replace(/^version: .*/m, 'version: 16.7.27'));

describe.each(helms)('%s', (_name, helm) => {
  const {source, repository, installed: oldTag, other: newTag, missing, nextMajor} = imagesWith(helm);
  const imageOf = (tag: string) => `${repository}:${tag}`;
  let release: OperatedRelease;
  // What no helm has a part in, and what day2-all shows with both helms, is shown with the first helm only.
  const isFirst = helm === helms[0]?.[1];
  const testOnce = test.skipIf(!isFirst);

  async function expectRows(rows: string, ...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await waitFor(
        `the rows on ${name}`,
        () => release.ask(name, 'select string_agg(n::text, chr(44) order by n) from kept').catch(String),
        (seen) => seen === rows,
        {deadlineMs: 15_000},
      );
    }
  }

  beforeAll(async () => {
    const readers = isFirst ? [] : ['--read-replicas', '2'];
    release = await OperatedRelease.install('day2', ['--image-source', source, ...readers], {helm, chart: smallChart});
    await release.ask(writerPod, `create table kept as select generate_series(1, ${isFirst ? 1 : 2}) as n`);
  });
  afterAll(() => release.namespace.remove());

  testOnce('readers 0 → 2 → 1 → 3: each has the row, the writer is not touched, volumes stay until named', async () => {
    const writer = (await release.pods())[writerPod];
    const planned = await release.run('scale', '--read-replicas', '2', '--dry-run');
    expect(planned.json.plan?.consequences.map(({code, object}) => `${code} ${object}`)).toEqual([
      `REPLICA_ADD Pod/${readerPod(0)}`,
      `REPLICA_ADD Pod/${readerPod(1)}`,
    ]);
    expect(planned.json.plan?.diff).toContain('+  replicas: 2');

    const two = await release.done('scale', '--read-replicas', '2');
    expect(two).toMatchObject({
      operation: 'scale',
      revision: 2,
      chartVersion: '16.7.26',
      endpoints: {reader: {proven: true, streaming: 2}},
    });
    await expectRows('1', readerPod(0), readerPod(1));

    const one = await release.done('scale', '--read-replicas', '1');
    expect(one.ledger).toMatchObject([{kind: 'PersistentVolumeClaim', name: `data-${readerPod(1)}`, fate: 'kept'}]);
    expect(Object.keys(await release.pods()).sort()).toEqual([writerPod, readerPod(0)]);

    // Much that is not on the disk yet: without our help a copy would wait minutes for the writer's checkpoint.
    await release.ask(
      writerPod,
      'create table bulk as select g, repeat(chr(120), 200) from generate_series(1, 200000) g',
    );
    await release.ask(writerPod, 'insert into kept values (2)');
    const three = await release.done('scale', '--read-replicas', '3');
    expect(three.endpoints?.reader.streaming).toBe(3);
    expect(three.durationMs).toBeLessThan(60_000);
    await expectRows('1,2', readerPod(0), readerPod(1), readerPod(2));

    const deleted = await release.done('scale', '--read-replicas', '2', '--delete-volumes', '--confirm', 'orders');
    expect(deleted.ledger).toMatchObject([{name: `data-${readerPod(2)}`, fate: 'deleted'}]);
    const claims = await kubectlJson<{items: {metadata: {name: string}}[]}>([
      '-n',
      release.namespace.name,
      'get',
      'pvc',
    ]);
    expect(claims.items.map(({metadata}) => metadata.name).sort()).toEqual(
      [`data-${writerPod}`, `data-${readerPod(0)}`, `data-${readerPod(1)}`].sort(),
    );

    const same = await release.run('scale', '--read-replicas', '2');
    expect({code: same.code, outcome: same.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
    expect((await release.pods())[writerPod]).toEqual(writer);
  });

  testOnce('an image that does not exist, or of another major version, changes nothing', async () => {
    const before = await release.pods();
    const unknown = await release.run('upgrade', '--image-tag', missing);
    expect({code: unknown.code, outcome: unknown.json.outcome, cause: unknown.json.cause?.code}).toEqual({
      code: 1,
      outcome: 'failed',
      cause: 'IMAGE_NOT_FOUND',
    });
    expect(unknown.json.cause?.evidence.join()).toContain('not found');
    const major = await release.run('upgrade', '--image-tag', nextMajor);
    expect({code: major.code, outcome: major.json.outcome, cause: major.json.cause?.code}).toEqual({
      code: 3,
      outcome: 'refused',
      cause: 'VERSION_INCOMPATIBLE',
    });
    expect(major.json.cause?.message).toMatch(/PostgreSQL 17 .* PostgreSQL 18/);
    expect(await release.pods()).toEqual(before);
    const {revisions} = await release.read<{revisions: {revision: number; status: string}[]}>('history');
    expect(revisions.at(-1)).toMatchObject({revision: 5, status: 'deployed'});
    // Nothing was begun, so nothing waits for recover.
    expect((await release.read<{operation: unknown}>('status')).operation).toBeNull();
  });

  test('another image: readers one by one, the writer last and once, in their pods', async () => {
    const before = await release.pods();
    const planned = await release.run('upgrade', '--image-tag', newTag, '--dry-run');
    expect(planned.json.plan?.consequences.map(({code}) => code)).toEqual(['REPLICA_RESTART', 'PRIMARY_RESTART']);
    expect(planned.json.plan?.diff).toContain(`+          image: ${imageOf(newTag)}`);
    await release.done('upgrade', '--image-tag', newTag);
    const after = await release.pods();
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    for (const [name, {uid, restarts}] of Object.entries(before))
      expect(after[name]).toMatchObject({uid, restarts: restarts + 1, image: imageOf(newTag)});
    const order = [readerPod(0), readerPod(1), writerPod].map((name) => after[name]?.startedAt ?? 0);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    await expectRows('1,2', writerPod, readerPod(0), readerPod(1));
    const {state, warnings} = await release.read<{warnings: {code: string}[]; state: string}>('status');
    expect(state).toBe('ready');
    expect(warnings.map(({code}) => code)).not.toContain('DEFINITION_PENDING');
  });

  testOnce('another chart version with the same image restarts nothing', async (context) => {
    notInSandbox(context, 'a cluster shows it, and minutes count here');
    const before = await release.pods();
    const json = await release.done('upgrade', '--chart', nextChart, '--chart-version', '16.7.27');
    expect(json.chartVersion).toBe('16.7.27');
    expect(await release.pods()).toEqual(before);
    const again = await release.run('upgrade', '--chart', nextChart);
    expect({code: again.code, outcome: again.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
  });

  test('killed in the middle of an upgrade: the same command, or recover, finishes it', async () => {
    const before = await release.pods();
    const flags = ['--chart', nextChart, '--image-tag', oldTag];
    const dying = release.begin('upgrade', ...flags);
    await waitFor(
      'the first reader on its way',
      async () => (await release.pods())[readerPod(0)]?.image,
      (seen) => seen === imageOf(oldTag),
      {everyMs: 50},
    );
    dying.child.kill('SIGKILL');
    await dying.finished;
    expect((await release.pods())[writerPod]).toEqual(before[writerPod]);
    // What another operator asks for is not mixed into the unfinished change.
    const other = await release.run('scale', '--chart', nextChart, '--read-replicas', '1');
    expect({code: other.code, cause: other.json.cause?.code}).toEqual({code: 3, cause: 'RELEASE_LOCKED'});

    const half = await release.pods();
    const dry = await release.run('recover', '--chart', nextChart, '--dry-run');
    expect({code: dry.code, outcome: dry.json.outcome}).toEqual({code: 0, outcome: 'planned'});
    expect(dry.json.plan?.consequences.map(({code}) => code)).toContain('PRIMARY_RESTART');
    expect(await release.pods()).toEqual(half);

    const json = await (helm === helm3
      ? release.done('upgrade', ...flags)
      : release.done('recover', '--chart', nextChart));
    expect(json.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true, streaming: 2}});
    const after = await release.pods();
    for (const [name, {uid, restarts}] of Object.entries(before))
      expect(after[name]).toMatchObject({uid, restarts: restarts + 1, image: imageOf(oldTag)});
    await expectRows('1,2', writerPod, readerPod(0), readerPod(1));
    expect((await release.read<{operation: unknown}>('status')).operation).toBeNull();
  });

  testOnce('readers that kubectl scaled are scaled on, with no revision that failed', async (context) => {
    notInSandbox(context, 'a cluster shows it, and minutes count here');
    const writer = (await release.pods())[writerPod];
    await release.namespace.kubectl(['scale', 'statefulset', 'orders-postgresql-read', '--replicas=1']);
    const json = await release.done('scale', '--chart', nextChart, '--read-replicas', '3');
    expect(json.endpoints?.reader.streaming).toBe(3);
    await expectRows('1,2', readerPod(0), readerPod(1), readerPod(2));
    expect((await release.pods())[writerPod]).toEqual(writer);
    const {revisions} = await release.read<{revisions: {revision: number; status: string}[]}>('history');
    expect(revisions.slice(-2).map(({status}) => status)).toEqual(['superseded', 'deployed']);
  });
});
