// Day 2 on a real cluster: readers come and go, images change, and the writer is touched once or not at all.
import {cpSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Pod} from '../../source/observation/kubernetes.ts';
import type {Result} from '../../source/operations/progress.ts';
import {cliJson, start} from '../support/cli.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from '../support/namespace.ts';
import {helms} from '../support/on-sandbox.ts';
import {helm3, smallChart} from '../support/paths.ts';
import {waitFor} from '../support/wait-for.ts';

const writerName = 'orders-postgresql-primary-0';
const readerName = (ordinal: number) => `orders-postgresql-read-${ordinal}`;
const image = (tag: string) => `docker.io/bitnamilegacy/postgresql:${tag}`;
const [oldTag, newTag] = ['17.6.0-debian-12-r0', '17.6.0-debian-12-r4'];

/** The small chart under the next version: then only labels of the pods differ. */
const nextChart = join(mkdtempSync(join(tmpdir(), 'pghi-chart-')), 'postgresql');
cpSync(smallChart, nextChart, {recursive: true});
const about = join(nextChart, 'Chart.yaml');
writeFileSync(about, readFileSync(about, 'utf8').replace(/^version: .*/m, 'version: 16.7.27'));

describe.each(helms)('%s', (_name, helm) => {
  let namespace: TestNamespace;
  const env = {PGHI_HELM: helm, PGHI_CHART: smallChart};
  const args = (command: string, flags: readonly string[]) => [command, 'orders', '-n', namespace.name, '--yes', '--timeout', '120s', ...flags];
  const run = (command: string, ...flags: string[]) => cliJson<Result>(args(command, flags), {env});

  async function done(command: string, ...flags: string[]): Promise<Result> {
    const {json, code, stderr} = await run(command, ...flags);
    expect({code, outcome: json.outcome, cause: json.cause, stderr}).toEqual({code: 0, outcome: 'succeeded', cause: undefined, stderr: ''});
    return json;
  }

  async function pods(): Promise<Record<string, {uid: string; restarts: number; image: string; startedAt: number}>> {
    const {items} = await kubectlJson<{items: Pod[]}>(['-n', namespace.name, 'get', 'pods']);
    return Object.fromEntries(
      items.map(({metadata, spec, status}) => {
        const [container] = status?.containerStatuses ?? [];
        return [
          metadata.name,
          {
            uid: metadata.uid ?? '',
            restarts: container?.restartCount ?? -1,
            image: spec.containers[0]?.image ?? '',
            startedAt: Date.parse(container?.state?.running?.startedAt ?? ''),
          },
        ];
      }),
    );
  }

  async function ask(pod: string, sql: string): Promise<string> {
    const script = `PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password) psql -h 127.0.0.1 -U postgres -tAc "${sql}"`;
    return (await namespace.kubectl(['exec', pod, '-c', 'postgresql', '--', 'bash', '-c', script])).trim();
  }

  async function expectRows(rows: string, ...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await waitFor(`the rows on ${name}`, () => ask(name, 'select string_agg(n::text, chr(44) order by n) from kept').catch(String), (seen) => seen === rows, {deadlineMs: 15_000});
    }
  }

  beforeAll(async () => {
    namespace = await makeNamespace('day2', {'pod-security.kubernetes.io/enforce': 'restricted'});
    await done('install', '--cpu', '100m', '--memory', '256Mi', '--storage-size', '1Gi', '--instance-type', 'any', '--spread', 'preferred');
    await ask(writerName, 'create table kept as select 1 as n');
  });
  afterAll(() => namespace.remove());

  test('readers 0 → 2 → 1 → 3: each has the row, the writer is not touched, volumes stay until they are named', async () => {
    const writer = (await pods())[writerName];
    const planned = await run('scale', '--read-replicas', '2', '--dry-run');
    expect(planned.json.plan?.consequences.map(({code, object}) => `${code} ${object}`)).toEqual([`REPLICA_ADD Pod/${readerName(0)}`, `REPLICA_ADD Pod/${readerName(1)}`]);
    expect(planned.json.plan?.diff).toContain('+  replicas: 2');

    const two = await done('scale', '--read-replicas', '2');
    expect(two).toMatchObject({operation: 'scale', revision: 2, chartVersion: '16.7.26', endpoints: {reader: {proven: true, streaming: 2}}});
    await expectRows('1', readerName(0), readerName(1));

    const one = await done('scale', '--read-replicas', '1');
    expect(one.ledger).toMatchObject([{kind: 'PersistentVolumeClaim', name: `data-${readerName(1)}`, fate: 'kept'}]);
    expect(Object.keys(await pods()).sort()).toEqual([writerName, readerName(0)]);

    // Much that is not yet on the disk: by itself a copy would wait minutes for the writer's checkpoint.
    await ask(writerName, 'create table bulk as select g, repeat(chr(120), 200) from generate_series(1, 200000) g');
    await ask(writerName, 'insert into kept values (2)');
    const three = await done('scale', '--read-replicas', '3');
    expect(three.endpoints?.reader.streaming).toBe(3);
    expect(three.durationMs).toBeLessThan(60_000);
    await expectRows('1,2', readerName(0), readerName(1), readerName(2));

    const deleted = await done('scale', '--read-replicas', '2', '--delete-volumes', '--confirm', 'orders');
    expect(deleted.ledger).toMatchObject([{name: `data-${readerName(2)}`, fate: 'deleted'}]);
    const claims = await kubectlJson<{items: {metadata: {name: string}}[]}>(['-n', namespace.name, 'get', 'pvc']);
    expect(claims.items.map(({metadata}) => metadata.name).sort()).toEqual([`data-${writerName}`, `data-${readerName(0)}`, `data-${readerName(1)}`].sort());

    const same = await run('scale', '--read-replicas', '2');
    expect({code: same.code, outcome: same.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
    expect((await pods())[writerName]).toEqual(writer);
  });

  test('an image that does not exist, or of another major version, changes nothing', async () => {
    const before = await pods();
    const missing = await run('upgrade', '--image-tag', '17.6.0-debian-12-r99');
    expect({code: missing.code, outcome: missing.json.outcome, cause: missing.json.cause?.code}).toEqual({code: 1, outcome: 'failed', cause: 'IMAGE_NOT_FOUND'});
    expect(missing.json.cause?.evidence.join()).toContain('not found');
    const major = await run('upgrade', '--image-tag', '18.0.0-debian-12-r0');
    expect({code: major.code, outcome: major.json.outcome, cause: major.json.cause?.code}).toEqual({code: 3, outcome: 'refused', cause: 'VERSION_INCOMPATIBLE'});
    expect(major.json.cause?.message).toMatch(/PostgreSQL 17 .* PostgreSQL 18/);
    expect(await pods()).toEqual(before);
    const {json} = await cliJson<{revisions: {revision: number; status: string}[]; operation: unknown}>(['history', 'orders', '-n', namespace.name]);
    expect(json.revisions.at(-1)).toMatchObject({revision: 5, status: 'deployed'});
    // Nothing was begun, so nothing waits for recover.
    expect((await cliJson<{operation: unknown}>(['status', 'orders', '-n', namespace.name])).json.operation).toBeNull();
  });

  test('another image: readers one by one, the writer last and once, in their pods', async () => {
    const before = await pods();
    const planned = await run('upgrade', '--image-tag', newTag, '--dry-run');
    expect(planned.json.plan?.consequences.map(({code}) => code)).toEqual(['REPLICA_RESTART', 'PRIMARY_RESTART']);
    expect(planned.json.plan?.diff).toContain(`+          image: ${image(newTag)}`);
    await done('upgrade', '--image-tag', newTag);
    const after = await pods();
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    for (const [name, {uid, restarts}] of Object.entries(before)) expect(after[name]).toMatchObject({uid, restarts: restarts + 1, image: image(newTag)});
    const order = [readerName(0), readerName(1), writerName].map((name) => after[name]?.startedAt ?? 0);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    await expectRows('1,2', writerName, readerName(0), readerName(1));
    const {json} = await cliJson<{warnings: {code: string}[]; state: string}>(['status', 'orders', '-n', namespace.name]);
    expect(json.state).toBe('ready');
    expect(json.warnings.map(({code}) => code)).not.toContain('DEFINITION_PENDING');
  });

  test('another chart version with the same image restarts nothing', async () => {
    const before = await pods();
    const json = await done('upgrade', '--chart', nextChart, '--chart-version', '16.7.27');
    expect(json.chartVersion).toBe('16.7.27');
    expect(await pods()).toEqual(before);
    const again = await run('upgrade', '--chart', nextChart);
    expect({code: again.code, outcome: again.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
  });

  test('killed in the middle of an upgrade: the same command, or recover, finishes it', async () => {
    const before = await pods();
    const flags = ['--chart', nextChart, '--image-tag', oldTag];
    const dying = start(args('upgrade', [...flags, '--output', 'ndjson']), {env});
    await waitFor('the first reader on its way', async () => (await pods())[readerName(0)]?.image, (seen) => seen === image(oldTag), {everyMs: 50});
    dying.child.kill('SIGKILL');
    await dying.finished;
    expect((await pods())[writerName]).toEqual(before[writerName]);
    // Somebody else's wish is not mixed in.
    const other = await run('scale', '--chart', nextChart, '--read-replicas', '1');
    expect({code: other.code, cause: other.json.cause?.code}).toEqual({code: 3, cause: 'RELEASE_LOCKED'});

    const json = await (helm === helm3 ? done('upgrade', ...flags) : done('recover', '--chart', nextChart));
    expect(json.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true, streaming: 2}});
    const after = await pods();
    for (const [name, {uid, restarts}] of Object.entries(before)) expect(after[name]).toMatchObject({uid, restarts: restarts + 1, image: image(oldTag)});
    await expectRows('1,2', writerName, readerName(0), readerName(1));
    expect((await cliJson<{operation: unknown}>(['status', 'orders', '-n', namespace.name])).json.operation).toBeNull();
  });

  test('readers that kubectl scaled are scaled on, with no revision that failed', async () => {
    const writer = (await pods())[writerName];
    await namespace.kubectl(['scale', 'statefulset', 'orders-postgresql-read', '--replicas=1']);
    const json = await done('scale', '--chart', nextChart, '--read-replicas', '3');
    expect(json.endpoints?.reader.streaming).toBe(3);
    await expectRows('1,2', readerName(0), readerName(1), readerName(2));
    expect((await pods())[writerName]).toEqual(writer);
    const {revisions} = (await cliJson<{revisions: {revision: number; status: string}[]}>(['history', 'orders', '-n', namespace.name])).json;
    expect(revisions.slice(-2).map(({status}) => status)).toEqual(['superseded', 'deployed']);
  });
});
