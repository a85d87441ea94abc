// Docker's official image under the chart: installed with it, moved to it and back while a client writes.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {helms} from '../support/clusters/helms.ts';
import {notInSandbox, onSandbox} from '../support/setup/on-sandbox.ts';
import {bitnamilegacy, official, OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

const officialImage = `${official.repository}:${official.installed}`;
const frozenImage = `${bitnamilegacy.repository}:${bitnamilegacy.installed}`;

/** The slots that the writer has, and how many of them a reader streams from. */
const slots = (release: OperatedRelease) =>
  release.ask(
    writerPod,
    "select coalesce(string_agg(slot_name || ' ' || active, ', ' order by slot_name), 'none') " +
      'from pg_replication_slots',
  );
const slotOf = (ordinal: number) => `orders_postgresql_read_${ordinal} true`;
// The sandbox's readers have no slots.
const slotsOf = (...ordinals: readonly number[]) =>
  onSandbox || ordinals.length === 0 ? 'none' : ordinals.map(slotOf).join(', ');

async function expectSlots(release: OperatedRelease, ...ordinals: readonly number[]): Promise<void> {
  const seen = () => slots(release).catch(String);
  await waitFor('the slots', seen, (text) => text === slotsOf(...ordinals), {deadlineMs: 30_000});
}

describe.each(helms)('installed with %s', (_name, helm) => {
  let release: OperatedRelease;
  beforeAll(async () => {
    release = await OperatedRelease.install(
      'official',
      ['--image-source', 'official', '--read-replicas', '2', '--username', 'app', '--database', 'shop'],
      {helm},
    );
  });
  afterAll(() => release.namespace.remove());

  test('writer and readers run the official image, and each reader has a slot of its own', async () => {
    expect(Object.values(await release.pods()).map(({image}) => image)).toEqual([
      officialImage,
      officialImage,
      officialImage,
    ]);
    await expectSlots(release, 0, 1);
    const {images} = await release.read<{images: unknown}>('status');
    expect(JSON.stringify(images ?? '')).not.toContain('bitnami');
    expect(await release.ask(writerPod, 'show wal_log_hints')).toBe(onSandbox ? 'off' : 'on');
  });

  test('the user of the application owns its database, and is no superuser', async () => {
    const sql = `select rolsuper || ' ' || (select datdba = r.oid from pg_database where datname = 'shop')`;
    expect(await release.ask(writerPod, `${sql} from pg_roles r where rolname = 'app'`)).toBe('false true');
  });

  test("no password is in the readers' settings, nor in any process", async () => {
    const conninfo = await release.ask(readerPod(0), 'show primary_conninfo');
    expect(conninfo).toContain('passfile');
    expect(conninfo).not.toContain('password=');
  });

  test('a reader that was away for longer than WAL is kept streams again, and is not copied again', async (context) => {
    notInSandbox(context, 'its readers have no slots');
    const {kubectl} = release.namespace;
    const inReader = (script: string) => kubectl(['exec', readerPod(1), '-c', 'postgresql', '--', 'sh', '-c', script]);
    await inReader('touch "$PGDATA/marked"');
    await kubectl(['scale', 'statefulset', 'orders-postgresql-read', '--replicas=1']);
    const away = `${slotOf(0)}, orders_postgresql_read_1 false`;
    await waitFor(
      'the reader to be gone',
      () => slots(release),
      (text) => text === away,
      {deadlineMs: 60_000},
    );
    // 12 segments of 16 MB, more than the 128 MB of wal_keep_size and less than the quarter of the volume that a slot
    // may keep, and then a checkpoint, which removes what nobody needs.
    await release.ask(writerPod, 'create table meanwhile as select 5 as n');
    for (let segment = 0; segment < 12; segment++)
      await release.ask(writerPod, "select pg_logical_emit_message(true, '', ''), pg_switch_wal()");
    await release.ask(writerPod, 'checkpoint');
    await kubectl(['scale', 'statefulset', 'orders-postgresql-read', '--replicas=2']);
    await expectSlots(release, 0, 1);
    const seen = () => release.ask(readerPod(1), 'select n from meanwhile').catch(String);
    await waitFor('the row', seen, (text) => text === '5', {deadlineMs: 30_000});
    // A copy would begin with an empty folder. (The log could tell as well, but kubelet may have lost it.)
    await inReader('test -e "$PGDATA/marked"');
  });

  test('an old writer is rewound to a promoted reader: pages say what hints changed', async (context) => {
    notInSandbox(context, 'its readers are copied by the sandbox itself');
    const script = readFileSync(join(import.meta.dirname, '..', 'support', 'clusters', 'rewind.sh'), 'utf8');
    const said = await release.namespace.kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'bash', '-c', script]);
    expect(said.trim().split('\n').at(-1)).toBe('rewound: 1,3');
  });

  test('more readers get a slot, and those that go leave none behind', async () => {
    await release.done('scale', '--read-replicas', '3');
    await expectSlots(release, 0, 1, 2);
    await release.done('scale', '--read-replicas', '1');
    await expectSlots(release, 0);
  });

  test('what an older version of ICU sorted is rebuilt before the image changes', async () => {
    const sql = (text: string) => release.ask(writerPod, text, 'shop');
    // As if the database had been made by an older ICU.
    await sql(`create table cities (name text collate \\"de-x-icu\\" primary key)`);
    await sql('insert into cities select md5(n::text) from generate_series(1, 1000) n');
    await sql("update pg_collation set collversion = '1' where collname = 'de-x-icu'");
    const file = () => sql("select pg_relation_filenode('cities_pkey')");
    const isKnown = () =>
      sql("select collversion = pg_collation_actual_version(oid) from pg_collation where collname = 'de-x-icu'");
    const before = await file();
    expect(await isKnown()).toBe('f');
    const {json} = await release.run('upgrade', '--image-tag', official.other, '--dry-run');
    const [rebuild, ...restarts] = json.plan?.consequences ?? [];
    expect(rebuild?.sentence).toMatch(/^In database shop 1 index is rebuilt first.*public\.cities_pkey \d+ KiB/);
    expect(restarts.map(({code}) => code)).toEqual(['REPLICA_RESTART', 'PRIMARY_RESTART']);
    await release.done('upgrade', '--image-tag', official.other);
    expect(await file()).not.toBe(before);
    expect(await isKnown()).toBe('t');
    expect((await release.pods())[writerPod]?.image).toBe(`${official.repository}:${official.other}`);
  });

  test('where another C library has sorted text the image does not change', async (context) => {
    notInSandbox(context, 'its databases sort by bytes, which no library changes');
    // The lab's databases sort by bytes too, so that they record no version: the test writes one down, as en_US.UTF-8
    // has it.
    const writeDown = (version: string) =>
      release.ask(writerPod, `update pg_database set datcollversion = ${version} where datname = 'shop'`, 'shop');
    await release.ask(writerPod, 'create table names (name text primary key)', 'shop');
    await writeDown("'2.31'");
    const before = await release.pods();
    const refused = await release.run('upgrade', '--image-tag', official.installed);
    expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 1, cause: 'COLLATION_CHANGED'});
    expect(refused.json.cause?.evidence).toEqual(['shop: 1 sorted by 2.31']);
    expect(await release.pods()).toEqual(before);
    expect((await release.read<{operation: unknown}>('status')).operation).toBeNull();
    await writeDown('null');
    await release.done('upgrade', '--image-tag', official.installed);
    expect((await release.pods())[writerPod]?.image).toBe(officialImage);
  });
});

describe.each(helms)('moved with %s', (_name, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  beforeAll(async () => {
    release = await OperatedRelease.install('moved', ['--read-replicas', '2', '--image-source', 'bitnamilegacy'], {
      helm,
    });
    client = await release.client();
    await release.ask(writerPod, 'create table kept as select generate_series(1, 500) n');
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  async function move(source: string, image: string): Promise<void> {
    const before = await release.pods();
    expect(await release.planned('upgrade', '--image-source', source)).toEqual([
      'REPLICA_RESTART StatefulSet/orders-postgresql-read',
      'PRIMARY_RESTART StatefulSet/orders-postgresql-primary',
    ]);
    const {longestGapMs, result} = await client.during(() => release.done('upgrade', '--image-source', source));
    // bench/day2.mjs measures it; here it has to be the pause of one restart.
    expect(longestGapMs, `to ${source}`).toBeLessThan(20_000);
    expect(result.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true, streaming: 2}});
    const after = await release.pods();
    const all = [readerPod(0), readerPod(1), writerPod];
    expect(Object.keys(after).sort()).toEqual([...all].sort());
    for (const name of all) {
      expect(after[name]).toMatchObject({image, restarts: 0});
      expect(after[name]?.uid).not.toBe(before[name]?.uid);
    }
    const order = all.map((name) => after[name]?.startedAt ?? 0);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    for (const name of all) await release.expectRows(name);
    await release.expectAllRows(client);
    expect((await release.run('upgrade', '--image-source', source)).json.outcome).toBe('unchanged');
  }

  test('from bitnamilegacy to official: readers first, the writer once, every row there', async () => {
    await move('official', officialImage);
    await expectSlots(release, 0, 1);
  });

  test('and back: no slot is left behind', async () => {
    await move('bitnamilegacy', frozenImage);
    await expectSlots(release);
  });
});
