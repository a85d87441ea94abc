// Backups of a release whose clients have to speak TLS: made now, proven by a restore, told by status, restored as a
// new release; the schedule taken away and given back, the volume kept. On a cluster alone: the sandbox's PostgreSQL
// has no pg_restore.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import type {BackupListing} from '../../source/observation/backups/backup-list.ts';
import type {Result} from '../../source/plan/progress.ts';
import {cliJson} from '../support/cli.ts';
import {helms} from '../support/clusters/helms.ts';
import {kubectl, kubectlJson} from '../support/clusters/namespace.ts';
import {OperatedRelease, writerPod} from '../support/clusters/operated-release.ts';

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  beforeAll(async () => {
    release = await OperatedRelease.install(
      'backup',
      [
        ...['--read-replicas', '0', '--username', 'app', '--database', 'appdb', '--tls', 'self-signed,required'],
        ...['--backup-schedule', '0 3 * * *', '--backup-size', '1Gi', '--backup-keep', '2'],
      ],
      {helm},
    );
    await release.ask(writerPod, 'create table kept as select generate_series(1, 500) as n', 'appdb');
  });
  afterAll(() => release.namespace.remove());

  function backup<T = Result>(...words: readonly string[]) {
    const chart = words[0] === 'restore' ? ['--chart', release.chart] : [];
    const where = ['-n', release.namespace.name, '--timeout', '150s'];
    return cliJson<T>(['backup', 'orders', ...words, ...where, ...chart], {env: release.env});
  }
  const listed = async () => (await backup<BackupListing>('list')).json.backups;

  test('one that is not there is named, and nothing is begun', async () => {
    const {code, json} = await backup('verify');
    expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'BACKUP_NOT_FOUND'});
  });

  test('run makes one now, verify proves it by a restore, and status tells both', async () => {
    const lives = await release.lives();
    const made = await backup('run');
    expect(made).toMatchObject({code: 0, json: {outcome: 'succeeded', backup: {database: 'appdb', proof: null}}});
    const proven = await backup('verify');
    expect(proven).toMatchObject({
      code: 0,
      json: {
        outcome: 'succeeded',
        backup: {name: made.json.backup?.name, proof: {ok: true, rows: 500, tables: 1, amcheck: 'passed'}},
      },
    });
    expect((await listed()).map(({name, proof}) => [name, proof?.ok])).toEqual([[made.json.backup?.name, true]]);
    const status = await release.read<Status>('status');
    expect(status.backup).toMatchObject({
      schedule: '0 3 * * *',
      last: {name: made.json.backup?.name},
      tried: {ok: true},
      failed: null,
      isRunning: false,
      lateSince: null,
    });
    const now = await release.lives();
    expect(Object.keys(lives).map((pod) => now[pod])).toEqual(Object.values(lives));
    // Nothing but its result is left of the proof.
    expect(Object.keys(now).filter((pod) => /verify|list/.test(pod))).toEqual([]);
  });

  test('restore makes a new release of one, and never one over another', async () => {
    const [newest] = await listed();
    const refused = await backup('restore', '--as', 'orders', '--yes');
    expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 3, cause: 'RELEASE_EXISTS'});
    await release.ask(writerPod, 'delete from kept where n > 300', 'appdb');
    const again = ['restore', newest?.name ?? '', '--as', 'again', '--storage-size', '2Gi', '--yes'];
    const {code, json} = await backup(...again);
    expect({code, cause: json.cause, outcome: json.outcome}).toEqual({code: 0, cause: undefined, outcome: 'succeeded'});
    expect(json).toMatchObject({release: 'again', endpoints: {writer: {proven: true}}, backup: {name: newest?.name}});
    expect(await release.ask('again-postgresql-primary-0', 'select count(*) from kept', 'appdb')).toBe('500');
    expect(await release.ask(writerPod, 'select count(*) from kept', 'appdb')).toBe('300');
    const sizeOf = (name: string) =>
      kubectlJson<{spec: {resources: {requests: {storage: string}}}}>([
        ...['-n', release.namespace.name, 'get', 'pvc', `data-${name}-postgresql-primary-0`],
      ]).then(({spec}) => spec.resources.requests.storage);
    expect([await sizeOf('again'), await sizeOf('orders')]).toEqual(['2Gi', '1Gi']);
    // The same command once more has nothing to do, and does nothing.
    expect((await backup(...again)).code).toBe(0);
    expect(await release.ask('again-postgresql-primary-0', 'select count(*) from kept', 'appdb')).toBe('500');
  });

  test('a restore that broke off goes on by the same command, also where its Job is gone', async () => {
    const [newest] = await listed();
    const again = 'again-postgresql-primary-0';
    await release.ask(again, 'create database pg_helm_install_restore', 'postgres');
    await release.ask(again, `comment on database pg_helm_install_restore is '${newest?.name}'`, 'postgres');
    await release.ask(again, 'delete from kept', 'appdb');
    await release.ask(again, 'alter database appdb connection limit 0', 'postgres');
    const job = ['-n', release.namespace.name, 'delete', 'job', '-l', 'app.kubernetes.io/component=backup-restore'];
    await kubectl(job);
    const words = ['restore', newest?.name ?? '', '--as', 'again', '--storage-size', '2Gi'];
    const planned = await backup(...words, '--dry-run');
    expect(planned.json.plan?.consequences.map(({code}) => code)).toEqual(['BACKUP_RESTORE', 'DATA_DELETED']);
    const {code, json} = await backup(...words, '--yes');
    expect({code, cause: json.cause, outcome: json.outcome}).toEqual({code: 0, cause: undefined, outcome: 'succeeded'});
    expect(json.endpoints?.writer.proven).toBe(true);
    expect(await release.ask(again, 'select count(*) from kept', 'appdb')).toBe('500');
    expect(await release.ask(again, 'select count(*) from pg_database where datconnlimit = 0', 'postgres')).toBe('0');
  });

  test('the schedule goes and comes back while the database runs, and what was backed up stays', async () => {
    const lives = (await release.lives())[writerPod];
    await release.done('set', '--backup-schedule', 'off');
    expect((await release.read<Status>('status')).backup).toMatchObject({schedule: null, tried: {ok: true}});
    expect((await backup('run')).json.cause?.code).toBe('BACKUP_NOT_FOUND');
    // The existing volume has 1 GiB; asking for another size would not shrink it.
    await release.done('set', '--backup-schedule', '@hourly', '--backup-size', '1Gi');
    expect(await listed()).toHaveLength(1);
    expect((await release.lives())[writerPod]).toBe(lives);
    const shrunk = await release.run('set', '--backup-size', '512Mi');
    expect(shrunk.json.cause?.code).toBe('BAD_INPUT');
  });

  test('an uninstall leaves them, and they can be listed without the release', async () => {
    const words = ['uninstall', 'orders', '-n', release.namespace.name, '--yes', '--timeout', '120s'];
    const {json, code} = await cliJson<Result>(words, {env: release.env});
    expect({code, cause: json.cause}).toEqual({code: 0, cause: undefined});
    const name = 'orders-postgresql-primary-pgdumpall';
    expect(json.ledger?.find((one) => one.name === name)).toMatchObject({fate: 'kept'});
    const claims = await kubectlJson<{items: {metadata: {name: string}}[]}>([
      ...['-n', release.namespace.name, 'get', 'pvc'],
    ]);
    expect(claims.items.map(({metadata}) => metadata.name)).toContain(name);
    expect(await listed()).toHaveLength(1);
  });
});
