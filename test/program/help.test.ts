// What --help prints, word for word: test/program/help/*.txt are meant to be read. `npx vitest run --project program
// -u` writes them again.
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {commands} from '../../source/cli/index.ts';
import {cli} from '../support/cli.ts';
import {root} from '../support/paths.ts';

const folder = join(root, 'test', 'program', 'help');
const names = commands.map(({name}) => name);

it('of the program', async () => {
  const {code, stdout, stderr} = await cli(['--help']);
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  await expect(stdout).toMatchFileSnapshot(join(folder, 'pg-helm-install.txt'));
});

describe('of a command', () => {
  it.each(names)('%s', async (name) => {
    const {code, stdout, stderr} = await cli([name, '--help']);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    await expect(stdout).toMatchFileSnapshot(join(folder, `${name}.txt`));
  });

  it('has no text without its command', () => {
    expect(new Set(readdirSync(folder))).toEqual(new Set(['pg-helm-install', ...names].map((name) => `${name}.txt`)));
  });
});

it('fits a page, and tells every flag in words', async () => {
  const texts = await Promise.all(
    [[], ...names.map((name) => [name])].map(async (args) => (await cli([...args, '--help'])).stdout),
  );
  for (const text of texts) {
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
    expect(text).not.toMatch(/undefined|\[object/);
  }
});

it('prints the version of the package', async () => {
  const {default: pack} = (await import('../../package.json', {with: {type: 'json'}})) as {default: {version: string}};
  expect(await cli(['--version'])).toMatchObject({code: 0, stdout: `${pack.version}\n`, stderr: ''});
});
