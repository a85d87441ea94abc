// What an operator asked to keep is written whole or not at all, and never puts a file in the place of something else.
import {execFileSync} from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeEach, expect, it} from 'vitest';
import {saveFile} from '../../../source/client/save-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-save-'));
});
const save = (path: string, text = 'new', mode?: number) => saveFile('--save-answers', path, text, mode);

it('makes a file and replaces one', async () => {
  const path = join(folder, 'answers.yaml');
  await save(path, 'old');
  await save(path);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['answers.yaml']);
});

it('gives it the mode that is asked for', async () => {
  await save(join(folder, 'bundle'), 'x', 0o600);
  expect(statSync(join(folder, 'bundle')).mode & 0o777).toBe(0o600);
});

it('writes what a link leads to, and leaves the link', async () => {
  mkdirSync(join(folder, 'there'));
  writeFileSync(join(folder, 'there', 'real'), 'old');
  symlinkSync(join('there', 'real'), join(folder, 'link'));
  await save(join(folder, 'link'));
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, 'there', 'real'), 'utf8')).toBe('new');
});

it.skipIf(process.platform === 'win32')('writes into a pipe instead of replacing it', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [text] = await Promise.all([readFile(pipe, 'utf8'), save(pipe)]);
  expect(text).toBe('new');
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

it.each([
  [
    'a folder that is not there',
    () => join(folder, 'none', 'answers.yaml'),
    /^--save-answers: .*answers\.yaml cannot be written \(ENOENT\)\.$/,
  ],
  ['a folder', () => folder, /cannot be written \((EISDIR|ENOTEMPTY|EEXIST|EPERM)\)\.$/],
  [
    'a folder in the place of the half-written file',
    () => (mkdirSync(join(folder, `answers.yaml.${process.pid}.partial`)), join(folder, 'answers.yaml')),
    /cannot be written \(EISDIR\)\.$/,
  ],
])('names the flag, and leaves nothing behind: %s', async (_name, path, says) => {
  const target = path();
  const before = readdirSync(folder);
  await expect(save(target)).rejects.toThrow(says);
  expect(readdirSync(folder)).toEqual(before);
  expect(existsSync(`${folder}.${process.pid}.partial`)).toBe(false);
});
