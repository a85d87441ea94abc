// Pages that are written from what the program knows. `npx vitest run --project unit -u` writes them again.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {expect, it} from 'vitest';
import {commands} from '../../source/cli/index.ts';
import {parseCommandLine} from '../../source/cli/parse.ts';
import {parametersPage} from '../support/parameters-page.ts';
import {securityPage} from '../support/security-page.ts';
import {root} from '../support/paths.ts';
import {shellWords} from '../support/shell-words.ts';

it('docs/parameters.md tells every parameter', async () => {
  const page = parametersPage();
  expect(page).not.toMatch(/undefined|\[object|^- [^:]+: $/m);
  await expect(page).toMatchFileSnapshot(join(root, 'docs', 'parameters.md'));
});

it('docs/security.md tells every right that is asked for, and a Role that has them', async () => {
  const page = securityPage();
  expect(page).not.toMatch(/undefined|\[object/);
  await expect(page).toMatchFileSnapshot(join(root, 'docs', 'security.md'));
});

it("the README's picture is made of the recorded frames (node scripts/readme-picture.mjs recreates it)", async () => {
  const script = pathToFileURL(join(root, 'scripts', 'readme-picture.mjs')).href;
  const {picture, pictureFile} = (await import(script)) as {picture: () => string; pictureFile: string};
  expect(readFileSync(pictureFile, 'utf8')).toBe(picture());
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('docs/pictures/screens.svg');
});

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

it.each(pages)('the links of %s lead somewhere', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#\s]+)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link));
  for (const link of links) expect(existsSync(join(root, page, '..', link)), link).toBe(true);
});

it.each(pages)('the command lines of %s are read by the program', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.split('\n')).filter((line) => /pg-helm-install(\.js)? /.test(line));
  for (const line of lines) {
    const [own = ''] = line.split(/ [|>#] | && (?!.*pg-helm-install)/);
    const words = shellWords(own.replace(/^.*?pg-helm-install(\.js)? /, ''));
    expect(() => parseCommandLine(words, commands, ''), line).not.toThrow();
  }
});
