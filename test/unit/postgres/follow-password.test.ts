// A reader is given the password that it streams with: real files and shells, and a psql of the test's.
import {execFile} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeEach, expect, it} from 'vitest';
import {followPassword} from '../../../source/postgres/follow-password.ts';
import type {Exec} from '../../../source/postgres/psql.ts';

const replication = "n\\e:w's one";
const asLine = "*:*:*:repl_user:n\\\\e\\:w's one\n";
let folder: string;
let commands: (readonly string[])[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-follow-'));
  commands = [];
  mkdirSync(join(folder, 'bin'));
});

const exec: Exec = (_pod, _container, command, stdin) => {
  commands.push(command);
  const [program = '', ...words] = command;
  const env = {...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, FOLDER: folder};
  return new Promise((resolve) => {
    const child = execFile(program, words, {env}, (error, stdout, stderr) =>
      resolve({exitCode: error ? Number(error.code) : 0, stdout, stderr}),
    );
    child.stdin?.on('error', () => undefined).end(stdin);
  });
};

/** It answers what the file `answer` says, takes the password `old`, and notes that it was told to reload. */
function psqlWith(answer: string): void {
  writeFileSync(join(folder, 'answer'), answer);
  const script = [
    '#!/bin/sh',
    'IFS= read -r password',
    '[ "$password" = old ] || { echo "FATAL:  password authentication failed" >&2; exit 2; }',
    'case "$*" in *pg_reload_conf*) echo yes > "$FOLDER/reloaded";; *) cat "$FOLDER/answer";; esac',
  ].join('\n');
  writeFileSync(join(folder, 'bin', 'psql'), script);
  chmodSync(join(folder, 'bin', 'psql'), 0o755);
}

const follow = (admin = 'old') => followPassword({exec, pod: 'reader', container: 'postgresql'}, {admin, replication});
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

it('by the file that its connection names, which it reads at each connection', async () => {
  const passfile = join(folder, '.pgpass');
  writeFileSync(passfile, '*:*:*:repl_user:old\n');
  psqlWith(
    `${folder}/postgresql.conf\nhost=primary port=5432 user=repl_user passfile='${passfile}' application_name=a\n`,
  );
  expect(await follow()).toEqual({is: 'has it'});
  expect(read('.pgpass')).toBe(asLine);
  expect(statSync(passfile).mode & 0o777).toBe(0o600);
  expect(() => read('reloaded')).toThrow();
});

it('with a file in the place of a password in the setting, and the setting loaded again', async () => {
  const conf = join(folder, 'postgresql.conf');
  const before = "max_connections = 10\n#primary_conninfo = ''\nport = 5432\n";
  writeFileSync(
    conf,
    `${before.replace('port', "primary_conninfo = 'host=primary user=repl_user password=old'\nport")}`,
  );
  psqlWith(`${conf}\nhost=primary user=repl_user password=old application_name='my ''app'\n`);
  expect(await follow()).toEqual({is: 'has it'});
  expect(read('.pgpass')).toBe(asLine);
  expect(read('postgresql.conf')).toContain(`passfile=''${folder}/.pgpass''`);
  expect(read('postgresql.conf')).not.toMatch(/password=|old/);
  expect(read('postgresql.conf')).toContain(before);
  expect(read('reloaded')).toBe('yes\n');
});

it.each([
  ['with the password where ALTER SYSTEM wrote it', (at: string) => `${at}/data/postgresql.auto.conf\npassword=old\n`],
  ['whose connection is not known', () => '\n'],
  [
    'whose file is where nothing can be written',
    (at: string) => `\nuser=repl_user passfile=${at}/no/such/folder/.pgpass\n`,
  ],
] as const)('one %s needs a restart', async (_what, answer) => {
  psqlWith(answer(folder));
  expect((await follow()).is).toBe('needs a restart');
});

it('one that has it already is left alone', async () => {
  psqlWith(`${folder}/postgresql.conf\nuser=repl_user password='n\\\\e:w\\'s one'\n`);
  expect(await follow()).toEqual({is: 'has it'});
  expect(commands).toHaveLength(1);
});

it('one that does not take the password of postgres yet is unknown; no password is in a command', async () => {
  psqlWith('\n');
  const answer = await follow('the next one');
  expect(answer).toEqual({is: 'unknown', text: 'reader: FATAL: password authentication failed'});
  expect(commands.flat().join()).not.toMatch(/the next one|w's one/);
});
