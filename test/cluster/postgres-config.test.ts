// Settings of PostgreSQL while somebody writes: a setting that a reload brings about restarts nothing, one that needs a
// start says so before, and the server itself shows each.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {settingNamed} from '../../source/parameters/postgres-settings.ts';
import {helms} from '../support/clusters/helms.ts';
import {sampled} from '../support/clusters/sampled.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

const pods = [writerPod, readerPod(0)];
const config = (...settings: readonly string[]) => settings.flatMap((one) => ['--postgres-config', one]);

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  beforeAll(async () => {
    const flags = [
      '--read-replicas',
      '1',
      ...config('log_min_duration_statement=2s', "log_line_prefix='%m [%p] it''s '"),
    ];
    release = await OperatedRelease.install('postgres-config', [...flags, '--sizing', 'auto'], {helm});
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  async function expectEverywhere(settings: Readonly<Record<string, string>>): Promise<void> {
    for (const pod of pods)
      for (const [name, value] of Object.entries(settings))
        expect(`${pod} ${name} ${await release.ask(pod, `show ${name}`)}`).toBe(`${pod} ${name} ${value}`);
    expect(await release.read<{operation: unknown; state: string}>('status')).toMatchObject({
      operation: null,
      state: 'ready',
    });
    await release.expectAllRows(client);
  }
  const codes = async (command: string, ...flags: readonly string[]) =>
    (await release.planned(command, ...flags)).map((one) => one.split(' ')[0]);
  const set = (...flags: readonly string[]) => client.during(() => release.done('set', ...flags));

  test('a new release has its settings, and those that follow from its 256Mi', async () => {
    await expectEverywhere({
      log_min_duration_statement: '2s',
      log_line_prefix: "%m [%p] it's",
      shared_buffers: '64MB',
      max_connections: '100',
      random_page_cost: '1.1',
      huge_pages: 'off',
    });
  });

  test('the table of PostgreSQL 17 is what the server says', async () => {
    const sql =
      "select name || ' ' || context || ' ' || vartype || ' ' || coalesce(unit, '-') || ' ' " +
      "|| coalesce(min_val, '-') || ' ' || coalesce(max_val, '-') from pg_settings " +
      "where context <> 'internal' and name not like '%.%'";
    const rows = (await release.ask(writerPod, sql)).split('\n').filter((row) => row !== '');
    expect(rows.length).toBeGreaterThan(300);
    const own = rows.map((row) => {
      const setting = settingNamed(row.split(' ')[0] ?? '');
      if (setting === null) return 'not in the table';
      const {name, context, kind, unit, least, largest} = setting;
      const isNumber = kind === 'integer' || kind === 'real';
      return [name, context, kind, unit ?? '-', ...(isNumber ? [least, largest] : ['-', '-'])].join(' ');
    });
    const asNumbers = (row: string) => row.replace(/ -?[\d.]+(e[+-]?\d+)?(?= |$)/g, (number) => ` ${Number(number)}`);
    expect(own.map(asNumbers)).toEqual(rows.map(asNumbers));
  });

  test('what reloads is reloaded: same pods, no restart, no failed write; and taken back', async () => {
    const before = await release.lives();
    expect(await codes('set', ...config('work_mem=9MB'))).toEqual(['SETTINGS_RELOAD']);
    expect((await set(...config('work_mem=9MB'))).failedWrites).toBe(0);
    await expectEverywhere({work_mem: '9MB', log_min_duration_statement: '2s'});
    await set(...config('work_mem=', 'log_min_duration_statement='));
    // A four-hundredth of 256 MiB, by --sizing auto.
    await expectEverywhere({work_mem: '655kB', log_min_duration_statement: '-1'});
    expect(await release.lives()).toEqual(before);
    expect(await codes('set', ...config('work_mem='))).toEqual(['NO_CHANGE']);
  });

  test('killed before and after the reload: the same command ends where it would have', async () => {
    const before = await release.lives();
    const configMap = ['get', 'configmap', 'orders-postgresql-primary-extended-configuration', '-o', 'yaml'];
    const moments: readonly (readonly [value: string, seen: () => Promise<string>])[] = [
      ['5MB', () => release.namespace.kubectl(configMap)],
      ['6MB', () => release.ask(readerPod(0), 'show work_mem')],
    ];
    for (const [value, seen] of sampled(moments, 1)) {
      const dying = release.begin('set', ...config(`work_mem=${value}`));
      await waitFor(value, seen, (text) => text.includes(value), {everyMs: 20, deadlineMs: 120_000});
      dying.child.kill('SIGKILL');
      await dying.finished;
      await set(...config(`work_mem=${value}`));
      await expectEverywhere({work_mem: value});
    }
    expect(await release.lives()).toEqual(before);
  });

  test('what takes effect at a start is said before, and restarts readers first', async () => {
    const asked = config('max_connections=130', 'work_mem=7MB');
    const {json} = await release.run('set', ...asked, '--dry-run');
    const why = expect.stringContaining('because max_connections takes effect at a start only') as string;
    expect(json.plan?.consequences).toMatchObject([
      {code: 'REPLICA_RESTART', sentence: why},
      {code: 'PRIMARY_RESTART', sentence: why},
    ]);
    await set(...asked);
    await expectEverywhere({max_connections: '130', work_mem: '7MB'});
    await set(...config('max_connections='));
    await expectEverywhere({max_connections: '100', work_mem: '7MB'});
  });

  test('a resize takes the sized settings along', async () => {
    const before = await release.lives();
    await client.during(() => release.done('resize', '--cpu', '150m'));
    expect(await release.lives()).toEqual(before);
    expect(await codes('resize', '--memory', '320Mi')).toEqual(['REPLICA_RESTART', 'PRIMARY_RESTART']);
    await client.during(() => release.done('resize', '--memory', '320Mi'));
    await expectEverywhere({shared_buffers: '80MB', effective_cache_size: '240MB'});
  });

  test('sizing off and auto again', async () => {
    await set('--sizing', 'off');
    await expectEverywhere({work_mem: '7MB'});
    expect(await release.ask(writerPod, 'show shared_buffers')).not.toBe('80MB');
    await set('--sizing', 'auto');
    await expectEverywhere({shared_buffers: '80MB', work_mem: '7MB'});
  });

  test.each([
    ['wrok_mem=9MB', 'Did you mean work_mem?'],
    ['work_mem=lots', '"lots" is not a value of work_mem'],
    ['wal_level=logical', 'wal_level is not to be set'],
    ['ssl=on', 'use --tls instead'],
    ['fsync=off', 'loses data'],
  ])('%s is refused at once', async (setting, text) => {
    const {json, code} = await release.run('set', ...config(setting));
    expect({code, cause: json.cause}).toMatchObject({
      code: 2,
      cause: {code: 'BAD_INPUT', message: expect.stringContaining(text)},
    });
  });
});
