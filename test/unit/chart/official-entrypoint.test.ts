// What an official image is started with: what it refuses before any server starts, and what is a script of ours.
import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {entrypointArguments, isEntrypoint} from '../../../source/chart/official/entrypoint.ts';

const [shell = '', ...given] = entrypointArguments;

/** Runs the script on a volume; of PostgreSQL there is only the program that says its version. */
function start(files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}) {
  const place = mkdtempSync(join(tmpdir(), 'pghi-entrypoint-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(place, path, '..'), {recursive: true});
    writeFileSync(join(place, path), text);
  };
  write('bin/postgres', '#!/bin/sh\necho "postgres (PostgreSQL) 17.12 (Debian 17.12-1)"\n');
  chmodSync(join(place, 'bin/postgres'), 0o755);
  write('password', 'canary-of-the-password');
  for (const [path, text] of Object.entries(files)) write(join('volume', path), text);
  const {status, stdout, stderr} = spawnSync(shell, given, {
    encoding: 'utf8',
    env: {
      PATH: `${join(place, 'bin')}:/usr/bin:/bin`,
      POSTGRESQL_BASE_DIR: join(place, 'base'),
      POSTGRESQL_VOLUME_DIR: join(place, 'volume'),
      PGDATA: join(place, 'volume/data'),
      POSTGRES_PASSWORD_FILE: join(place, 'password'),
      ...environment,
    },
  });
  const output = stdout + stderr;
  expect(output).not.toContain('canary-of-the-password');
  return {status, output, has: (path: string) => existsSync(join(place, 'volume', path))};
}

test('an empty data folder beside a full one is refused, and nothing is made', () => {
  const {status, output, has} = start({'old/PG_VERSION': '17\n'});
  expect({status, made: has('data') || has('data.new')}).toEqual({status: 1, made: false});
  expect(output).toContain('/volume/data has no database, and ');
});

test('data of another major version are refused in the words of PostgreSQL', () => {
  const {status, output} = start({'data/PG_VERSION': '15\n'});
  expect(status).toBe(1);
  expect(output).toContain('database files are incompatible with server');
  expect(output).toContain('initialized by PostgreSQL version 15');
});

test('a folder with files that are no database is left alone', () => {
  const {status, output, has} = start({'data/notes': 'mine'});
  expect({status, kept: has('data/notes')}).toEqual({status: 1, kept: true});
  expect(output).toContain('PG_VERSION is missing');
});

test('nothing starts without a password', () => {
  const {status, output} = start({}, {POSTGRES_PASSWORD_FILE: '/dev/null'});
  expect(status).toBe(1);
  expect(output).toContain('No password in POSTGRES_PASSWORD_FILE');
});

test('a script of ours is known by its first line, in any version; one of somebody else is not', () => {
  const script = entrypointArguments[2] ?? '';
  expect(isEntrypoint(entrypointArguments)).toBe(true);
  expect(isEntrypoint(['sh', '-c', `${script}# newer\n`])).toBe(true);
  expect(isEntrypoint(['sh', '-c', 'exec postgres'])).toBe(false);
  expect(isEntrypoint(undefined)).toBe(false);
  // helm renders the arguments as a template.
  expect(script).not.toContain('{{');
});
