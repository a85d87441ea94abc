// The script that official images are started with; test/sandbox/official-entrypoint.test.ts runs it.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {entrypointArguments, isEntrypoint} from '../../../source/chart/official/entrypoint.ts';
import {root} from '../../support/paths.ts';

const file = join(root, 'source', 'chart', 'official', 'entrypoint.sh');
const script = entrypointArguments[2] ?? '';

test('a script of ours is known by its first line, in any version; one of somebody else is not', () => {
  expect(isEntrypoint(entrypointArguments)).toBe(true);
  expect(isEntrypoint(['sh', '-c', `${script}# newer\n`])).toBe(true);
  expect(isEntrypoint(['sh', '-c', 'exec postgres'])).toBe(false);
  expect(isEntrypoint(undefined)).toBe(false);
});

test('it is no template of helm, which renders arguments as one', () => {
  expect(script).not.toContain('{{');
});

test('it is a script for any POSIX shell', () => {
  expect(spawnSync('sh', ['-n', file]).status).toBe(0);
});

test.skipIf(spawnSync('shellcheck', ['--version']).status !== 0)('shellcheck has nothing to say of it', () => {
  const {stdout, status} = spawnSync('shellcheck', ['--shell=sh', '--severity=style', file], {encoding: 'utf8'});
  expect({stdout, status}).toEqual({stdout: '', status: 0});
});
