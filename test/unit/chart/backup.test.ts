// Backups in the chart's words and back, and the scripts; test/sandbox/backup-scripts.test.ts runs them.
import {execFile, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, it, test} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {restoreMark} from '../../../source/chart/own-marks.ts';
import {backupCommand, keptBy, restoreCommand} from '../../../source/chart/backup/scripts.ts';
import {at} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {mergeAnswers} from '../../../source/parameters/answers.ts';
import {backup as descriptor} from '../../../source/parameters/descriptors/backup.ts';
import {answersFrom, resolve} from '../../../source/parameters/resolve.ts';
import {ordinary} from '../../support/arbitrary-parameters.ts';
import {root} from '../../support/paths.ts';

const naming = {fullname: 'orders-postgresql'};
const nowhere = {nodes: null, storageClasses: null, cloud: null};
const on = {...ordinary, backup: {schedule: '0 3 * * *', size: '20Gi', keep: 3}};
const problemOf = (act: () => unknown) => {
  try {
    act();
    return '';
  } catch (error) {
    return error instanceof UserError ? error.message : `a bug: ${String(error)}`;
  }
};

describe('in the values of the chart', () => {
  it('the volume stays on uninstall, and only one job runs at a time', () => {
    expect(at(toValues(on, naming), ['backup'])).toMatchObject({
      enabled: true,
      cronjob: {
        schedule: '0 3 * * *',
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        storage: {size: '20Gi', resourcePolicy: 'keep', storageClass: 'gp3'},
      },
    });
    expect(toValues(ordinary, naming)).not.toHaveProperty('backup');
  });

  it('what stands beside ours stays, and what contradicts is refused', () => {
    const beside = {backup: {cronjob: {nodeSelector: {disk: 'big'}, storage: {storageClass: 'cheap'}}}};
    const wanted = {...on, extraValues: beside};
    expect(fromValues(toValues(wanted, naming))).toEqual(wanted);
    expect(at(toValues(wanted, naming), ['backup', 'cronjob', 'storage', 'storageClass'])).toBe('cheap');
    const contradicts = {...on, extraValues: {backup: {cronjob: {schedule: '@hourly'}}}};
    expect(problemOf(() => toValues(contradicts, naming))).toMatch(/backup.cronjob.schedule .* contradicts --backup/);
  });

  it("the chart's own backups, by --values, stay what they are", () => {
    const own = {backup: {enabled: true, cronjob: {schedule: '@daily'}}};
    const values = toValues({...ordinary, extraValues: own}, naming);
    expect(at(values, ['backup'])).toEqual(own.backup);
    expect(fromValues(values)).toMatchObject({backup: {schedule: null}, extraValues: own});
  });

  it('a command of an earlier version of ours is known, and gives way to the one of now', () => {
    const values = JSON.parse(JSON.stringify(toValues(on, naming))) as {backup: {cronjob: {command: string[]}}};
    values.backup.cronjob.command[2] += '# earlier\n';
    const read = fromValues(values);
    expect(read).toEqual(on);
    expect(toValues(read ?? ordinary, naming)).toEqual(toValues(on, naming));
  });

  it('a command of somebody else is not ours', () => {
    expect(keptBy(backupCommand({keep: 7, ...naming, username: 'app', database: 'appdb'}))).toBe(7);
    expect(keptBy(['/bin/sh', '-c', 'pg_dumpall', 'backup', '7'])).toBeNull();
    expect(keptBy(undefined)).toBeNull();
  });
});

describe('what is said', () => {
  it.each([
    ['off', {schedule: 'off'}],
    [' 0 3 * * * ', {schedule: '0 3 * * *'}],
  ])('%s is an answer', (text, value) => {
    expect(descriptor.parse(text)).toEqual({value});
  });
  it.each([
    ['every night', /is not a schedule. Use five fields/],
    ['0 0 31 2 *', /never comes/],
  ])('%s is none', (text, problem) => {
    expect(descriptor.parse(text)).toMatchObject({problem: expect.stringMatching(problem)});
  });
  it('a size or a number without a schedule is refused', () => {
    expect(problemOf(() => resolve({backup: {size: '20Gi'}}, nowhere))).toMatch(/^--backup-size is about backups/);
    expect(problemOf(() => resolve({backup: {keep: 2}}, nowhere))).toMatch(/^--backup-keep is about backups/);
    expect(descriptor.flags.map(({name, read}) => [name, read?.('0')])).toMatchObject([
      ['--backup-schedule', {problem: expect.stringContaining('is not a schedule')}],
      ['--backup-size', {problem: expect.stringContaining('too little')}],
      ['--backup-keep', {problem: expect.stringContaining('not a number of backups')}],
    ]);
  });
  it('off takes the size along, and another size keeps the schedule', () => {
    const set = (backup: object) => resolve(mergeAnswers({backup}, answersFrom(on)), nowhere).backup;
    expect(set({schedule: 'off'})).toEqual({schedule: null, size: '8Gi', keep: 7});
    expect(set({size: '30Gi'})).toEqual({schedule: '0 3 * * *', size: '30Gi', keep: 3});
  });
});

describe('the scripts', () => {
  const folder = join(root, 'source', 'chart', 'backup');
  const text = (name: string) => readFileSync(join(folder, `${name}.sh`), 'utf8');

  it('mark a restore that goes on as it is asked for', () => {
    expect(text('common')).toContain(`\nmarker=${restoreMark}\n`);
  });

  const whole = {
    backup: backupCommand({keep: 7, ...naming, username: 'app', database: 'appdb'})[2] ?? '',
    list: text('list'),
    verify: `${text('common')}${text('verify')}`,
    restore: restoreCommand('20260102T030405Z', 'appdb')[2] ?? '',
  };

  it('that stands in the values is no template of helm', () => {
    expect(whole.backup).not.toContain('{{');
  });

  it.each([
    ['istio', 15_020, '/quitquitquit'],
    ['linkerd', 4191, '/shutdown'],
  ])('end the proxy of %s, and wait for nobody where there is none', async (mesh, port, path) => {
    const asked: string[] = [];
    const server = createServer(({method, url}, response) => {
      asked.push(`${method} ${url}`);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const {port: here} = server.address() as AddressInfo;
    const script = `set -eu\n${text('proxy').replace(String(port), String(here))}\nend_proxy "$1"; echo through`;
    const end = () => promisify(execFile)('sh', ['-c', script, 'sh', mesh]);
    expect((await end()).stdout).toBe('through\n');
    expect(asked).toEqual([`POST ${path}`]);
    await new Promise((resolve) => server.close(resolve));
    expect((await end()).stdout).toBe('through\n');
  });

  it('are told of no mesh where there is none', () => {
    expect(restoreCommand('one', 'appdb')).toHaveLength(6);
    expect(restoreCommand('one', 'appdb', 'istio').at(-1)).toBe('istio');
  });

  test.each(Object.entries(whole))('%s is for any POSIX shell', (_name, script) => {
    expect(spawnSync('sh', ['-n'], {input: script}).status).toBe(0);
  });

  test.skipIf(spawnSync('shellcheck', ['--version']).status !== 0).each(Object.entries(whole))(
    'shellcheck has nothing to say of %s',
    (_name, script) => {
      // SC2317: a function that is defined again further down.
      const {stdout} = spawnSync('shellcheck', ['--shell=sh', '--exclude=SC2317', '-'], {
        input: script,
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
    },
  );
});
