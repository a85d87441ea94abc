// What the containers find on their PATH: files of the package, copied to where every user may read them.
import {execFileSync, spawnSync} from 'node:child_process';
import {accessSync, constants, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {installPrograms} from '../../source/kubelet/programs/install.ts';
import {programFiles} from '../../source/places.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pghi-it's programs-"));
  // Twice, because a sandbox that starts again finds the programs of the last time.
  await installPrograms(folder, '/nowhere/node');
  await installPrograms(folder, process.execPath);
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

test('every file of the package is used, and every command can be run', () => {
  const commands = readdirSync(folder).filter((name) => !/\.mjs$/.test(name));
  expect(commands).toContain('psql');
  for (const name of commands) accessSync(join(folder, name), constants.X_OK);
  expect(realpathSync(join(folder, 'interpreter'))).toBe(realpathSync(process.execPath));
  const texts = readdirSync(folder)
    .filter((name) => name !== 'interpreter')
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const unused = readdirSync(programFiles()).filter(
    (name) => !texts.includes(readFileSync(join(programFiles(), name), 'utf8')),
  );
  // The kubelet itself runs that one, around each container.
  expect(unused).toEqual(['hold.sh']);
});

test('each shell script is one that sh understands', () => {
  for (const name of readdirSync(programFiles()).filter((one) => one.endsWith('.sh')))
    execFileSync('sh', ['-n', join(programFiles(), name)]);
});

test('what there is not says so by its name', () => {
  const {status, stderr} = spawnSync(join(folder, 'pg_restore'), {encoding: 'utf8'});
  expect({status, stderr}).toEqual({
    status: 127,
    stderr:
      'pg_restore: the sandbox does not have it: its PostgreSQL is initdb, pg_ctl, postgres and pg_dump alone. ' +
      'Run your own against the endpoint.\n',
  });
});

test('outside of a container a stand-in says that nobody answers', () => {
  // A port that nobody listens on.
  const env = {...process.env, PGHI_SANDBOX: '127.0.0.1 1 token'};
  for (const name of ['psql', 'pg_dump']) {
    const {status, stderr} = spawnSync(join(folder, name), ['-c', 'select 1'], {encoding: 'utf8', env});
    expect(stderr).toContain('the sandbox does not answer');
    expect(status).not.toBe(0);
  }
});
