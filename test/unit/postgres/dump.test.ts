// A dump's text: whose it is, whether it is whole, and which passwords stay out of it.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
  dumpCommand,
  dumpInput,
  headerIn,
  headerText,
  isWhole,
  withoutPasswordsOf,
} from '../../../source/postgres/dump.ts';

const globals = [
  '--',
  '-- PostgreSQL database cluster dump',
  'CREATE ROLE postgres;',
  "ALTER ROLE postgres WITH SUPERUSER INHERIT LOGIN BYPASSRLS PASSWORD 'SCRAM-SHA-256$4096:a$b:c';",
  'CREATE ROLE "The ""App""";',
  `ALTER ROLE "The ""App""" WITH NOSUPERUSER LOGIN PASSWORD 'it''s' VALID UNTIL 'infinity';`,
  "ALTER ROLE other WITH LOGIN PASSWORD 'SCRAM-SHA-256$4096:x$y:z';",
];
const data = [
  '\\connect template1',
  "ALTER ROLE postgres WITH LOGIN PASSWORD 'a row of a table that looks like it';",
  'caf\u00e9',
  '',
];

function filtered(text: string, cuts: readonly number[]): string {
  const bytes = Buffer.from(text, 'utf8');
  const {through, rest} = withoutPasswordsOf(['postgres', 'The "App"']);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces = [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
  return Buffer.concat([...pieces.map(through), rest()]).toString('utf8');
}

test('the passwords of the roles of the release stay out, those of other roles and all data stay in', () => {
  const out = filtered([...globals, ...data].join('\n'), []).split('\n');
  expect(out[3]).toBe('ALTER ROLE postgres WITH SUPERUSER INHERIT LOGIN BYPASSRLS;');
  expect(out[5]).toBe(`ALTER ROLE "The ""App""" WITH NOSUPERUSER LOGIN VALID UNTIL 'infinity';`);
  expect(out.filter((_, index) => index !== 3 && index !== 5)).toEqual(
    [...globals, ...data].filter((_, index) => index !== 3 && index !== 5),
  );
});

test('however it arrives in pieces, and whatever bytes it has, it comes out the same', () => {
  const text = [...globals, ...data].join('\n');
  const whole = filtered(text, []);
  fc.assert(fc.property(fc.array(fc.nat(), {maxLength: 12}), (cuts) => filtered(text, cuts) === whole));
  fc.assert(
    fc.property(fc.array(fc.uint8Array({maxLength: 40})), (pieces) => {
      const {through, rest} = withoutPasswordsOf(['postgres']);
      const bytes = pieces.map((piece) => Buffer.from(piece));
      expect(Buffer.concat([...bytes.map(through), rest()])).toEqual(Buffer.concat(bytes));
    }),
  );
});

test('a header is read back; what is not ours has none', () => {
  const header = {release: 'orders', namespace: 'team-a', madeAt: '2026-01-02T03:04:05.000Z'};
  expect(headerIn(headerText(header, ['postgres']))).toEqual(header);
  for (const other of [
    '',
    '--\n-- PostgreSQL database cluster dump',
    '-- pg-helm-install dump/v1 {"release":1}',
    '-- pg-helm-install dump/v1 {',
  ])
    expect(headerIn(other)).toBeNull();
});

test.each([
  ['as pg_dumpall ends', '--\n-- PostgreSQL database cluster dump complete\n--\n\n', true],
  ['as one database ends', '--\n-- PostgreSQL database dump complete\n--\n\n', false],
  ['cut off in the trailer', '-- PostgreSQL database cluster dump compl', false],
  ['a row that holds it', "insert '-- PostgreSQL database cluster dump complete'", false],
  ['more after it than ever comes', `-- PostgreSQL database cluster dump complete\n${'x'.repeat(2000)}`, false],
])('whole or not: %s', (_, tail, whole) => expect(isWhole(tail)).toBe(whole));

/** The script itself, with a pg_dumpall that tells what it was given. */
function runScript(
  password: string,
  pgDumpall: string,
): {stdout: string; status: number | null; left: string[]; folder: string} {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-dump-'));
  writeFileSync(join(folder, 'pg_dumpall'), `#!/bin/sh\n${pgDumpall}\n`, {mode: 0o755});
  const [shell = '', ...args] = dumpCommand.map((word) => word.replace('d=/dev/shm;', `d=${folder};`));
  const {stdout, status} = spawnSync(shell, args, {
    input: dumpInput(password),
    env: {PATH: `${folder}:${process.env['PATH'] ?? ''}`},
    encoding: 'utf8',
  });
  return {stdout, status, left: readdirSync(folder).filter((name) => name.startsWith('pg-helm-install')), folder};
}

test('the password reaches pg_dumpall by a file that only its user can read, and the file goes', () => {
  const {stdout, status, left} = runScript(
    'a:b\\c  $(id) %s',
    'cat "$PGPASSFILE"; stat -c %a "$PGPASSFILE"; env | grep -c "a:b"; tr "\\0" " " < /proc/$PPID/cmdline | grep ' +
      '-c "a:b"; exit 3',
  );
  expect(stdout).toBe('127.0.0.1:*:*:postgres:a\\:b\\\\c  $(id) %s\n600\n0\n0\n');
  expect({status, left}).toEqual({status: 3, left: []});
});

test('nobody reads its output any more: the password file goes too', () => {
  const {folder} = runScript('secret password', 'exit 0');
  const script = dumpCommand.map((word) => word.replace('d=/dev/shm;', `d=${folder};`));
  writeFileSync(join(folder, 'pg_dumpall'), '#!/bin/sh\nwhile echo "a row of a table"; do :; done 2> /dev/null\n', {
    mode: 0o755,
  });
  const piped = spawnSync('sh', ['-c', 'sh -c "$1" | head -1', 'sh', script[2] ?? ''], {
    input: dumpInput('secret password'),
    env: {PATH: `${folder}:${process.env['PATH'] ?? ''}`},
    encoding: 'utf8',
  });
  expect(piped.stdout).toBe('a row of a table\n');
  expect(
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join(),
  ).not.toContain('secret password');
});
