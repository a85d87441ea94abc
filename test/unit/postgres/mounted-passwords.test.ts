// The passwords that a pod has as files, and whether the database takes them: real shells, and a psql of the test's.
import {execFile} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeEach, describe, expect, it} from 'vitest';
import {secretKeys} from '../../../source/chart/secret-keys.ts';
import {mountedPasswords} from '../../../source/postgres/mounted-passwords.ts';
import type {Exec} from '../../../source/postgres/psql.ts';
import {tryLogin} from '../../../source/postgres/try-login.ts';

let folder: string;
let commands: (readonly string[])[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-files-'));
  commands = [];
  for (const name of ['secrets', 'conf']) mkdirSync(join(folder, name));
});

/** Runs it here, with the pod's folders below the test's. */
const exec: Exec = (_pod, _container, command, stdin) => {
  commands.push(command);
  const [program = '', ...words] = command.map((word) => word.replaceAll('/opt/bitnami/postgresql', folder));
  return new Promise((resolve) => {
    const child = execFile(program, words, (error, stdout, stderr) =>
      resolve({exitCode: error ? Number(error.code) : 0, stdout, stderr}),
    );
    // A psql that asks for no password reads none.
    child.stdin?.on('error', () => undefined).end(stdin);
  });
};
const put = (path: string, text: string) => writeFileSync(join(folder, path), text);

describe('the files', () => {
  const strange = "p\\a:s\"s 'wörd' $HOME `id` %s";

  it('come back letter by letter, without a line end at the end', async () => {
    put('secrets/postgres-password', strange);
    put('secrets/password', 'x'.repeat(100));
    put('secrets/replication-password', 'third\n');
    put('secrets/metrics-password', 'fourth');
    expect(await mountedPasswords(exec, 'pod', 'postgresql', secretKeys)).toEqual({
      pod: 'pod',
      admin: [strange],
      user: ['x'.repeat(100)],
      replication: ['third'],
      metrics: ['fourth'],
      failure: null,
    });
    expect(JSON.stringify(commands)).not.toContain('third');
  });

  it('that are not there, or empty, are left out', async () => {
    put('secrets/password', 'here');
    put('secrets/postgres-password', '');
    expect(await mountedPasswords(exec, 'pod', 'postgresql', secretKeys)).toMatchObject({
      admin: [],
      user: ['here'],
      replication: [],
      failure: null,
    });
  });

  it('of a reader have the password that it streams with, when the key is long gone', async () => {
    put('conf/.pgpass', '# a comment\n*:*:*:other:no\n*:*:*:repl_user:a\\:b\\\\c\n');
    expect(await mountedPasswords(exec, 'pod', 'postgresql', secretKeys)).toMatchObject({
      replication: ['a:b\\c'],
      failure: null,
    });
  });

  it('cannot be read: it says why, and throws nothing', async () => {
    const broken: Exec = () => Promise.reject(new Error('pods "pod" is forbidden'));
    expect(await mountedPasswords(broken, 'pod', 'postgresql', secretKeys)).toMatchObject({
      user: [],
      failure: 'its files could not be read: pods "pod" is forbidden',
    });
  });
});

describe('a login', () => {
  /** A psql that knows one password, asks for none at the hosts that are trusted, and keeps what its arguments were. */
  const psql = (knows: string, {trusts = '', says = ''} = {}): Exec => {
    const file = join(folder, 'psql');
    const lines = [
      '#!/bin/sh',
      `for t in ${trusts}; do case "$*" in *"host=$t "*|*"host='$t' "*) exit 0;; esac; done`,
      'IFS= read -r given',
      `[ "$given" = '${knows}' ] && { ${says === '' ? 'exit 0' : `echo '${says}' >&2; exit 2`}; }`,
      'echo \'Password: psql: error: FATAL: password authentication failed for user "app"\' >&2',
      'exit 2',
    ];
    writeFileSync(file, lines.join('\n'));
    chmodSync(file, 0o755);
    return (pod, container, command, stdin, timeoutMs) =>
      exec(
        pod,
        container,
        command.map((word) => word.replace('PATH=$PATH:$d', `PATH=${folder}:$PATH`)),
        stdin,
        timeoutMs,
      );
  };
  const places = [{pod: 'pod', container: 'postgresql', podIP: '10.0.0.7'}];
  const login = (password: string) => ({username: 'app', password});

  it('says right and wrong', async () => {
    expect((await tryLogin(psql('good'), places, login('good'))).is).toBe('right');
    expect((await tryLogin(psql('good'), places, login('bad'))).is).toBe('wrong');
  });

  it('never has the password among its arguments', async () => {
    await tryLogin(psql('canary-password'), places, login('canary-password'));
    expect(JSON.stringify(commands)).not.toContain('canary-password');
  });

  it('proves nothing where anybody is let in, and is tried at the address of the pod then', async () => {
    expect((await tryLogin(psql('good', {trusts: '127.0.0.1'}), places, login('bad'))).is).toBe('wrong');
    expect((await tryLogin(psql('good', {trusts: '127.0.0.1'}), places, login('good'))).is).toBe('right');
    expect(await tryLogin(psql('good', {trusts: '127.0.0.1 10.0.0.7'}), places, login('bad'))).toMatchObject({
      is: 'unknown',
      text: 'pod asks for no password at 10.0.0.7',
    });
  });

  it('that may not use the database had the right password', async () => {
    const says = 'psql: error: FATAL: permission denied for database "postgres"';
    expect((await tryLogin(psql('good', {says}), places, login('good'))).is).toBe('right');
  });

  it('is unknown while nobody answers, and the next pod is asked', async () => {
    const silent: Exec = async () => ({exitCode: 2, stdout: '', stderr: 'psql: error: connection refused'});
    expect(await tryLogin(silent, places, login('good'))).toEqual({
      is: 'unknown',
      text: 'psql: error: connection refused',
    });
    const works = psql('good');
    const firstSilent: Exec = (pod, ...rest) => (pod === 'silent' ? silent(pod, ...rest) : works(pod, ...rest));
    const both = [{pod: 'silent', container: 'postgresql', podIP: null}, ...places];
    expect((await tryLogin(firstSilent, both, login('good'))).is).toBe('right');
    expect(await tryLogin(works, [], login('good'))).toMatchObject({is: 'unknown'});
    expect((await tryLogin(works, places, login('two\nlines'))).is).toBe('unknown');
  });
});
