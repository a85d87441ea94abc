// Rules of the source that no linter knows: a file says what it does and names no machine.
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize, relative, sep} from 'node:path';
import {describe, expect, it, test} from 'vitest';
import {commands} from '../../source/cli/index.ts';
import {kubectlFlags} from '../support/kubectl-flags.ts';
import {testsReplacingModules} from '../support/setup/replacing-modules.ts';
import {root} from '../support/paths.ts';

const files = ['source', join('sandbox', 'source')]
  .flatMap((folder) =>
    readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'}).map((name) => join(folder, name)),
  )
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({name, text: readFileSync(join(root, name), 'utf8')}));

type File = (typeof files)[number];
/** Where a claim's name is made of a StatefulSet's. */
const names = join('source', 'chart', 'names.ts');

/** Where our own command lines are made. */
const builders = [
  'source/commands/command-line.ts',
  // Whole lines for --help, each of which a test parses; a command that reach leaves alone; our name and version.
  'source/cli/examples.ts',
  'source/client/reachable-commands.ts',
  'source/cli/bug-report.ts',
];
const verbs = commands.filter(({hidden}) => hidden !== true).map(({name}) => name);
const ownLine = new RegExp(`commandLine\\('pg-helm-install'|pg-helm-install (?:\\$\\{|(?:${verbs.join('|')})\\b)`);

const foreignLine = new RegExp(
  `commandLine\\('kubectl'|['"\`]kubectl (?:-|\\$\\{)|\\bkubectl (?:${Object.keys(kubectlFlags).join('|')}|config) `,
);

/** Whether the code has a command of ours as text, or joins one of words; comments do not count. */
function writesCommand(text: string, line = ownLine): boolean {
  return line.test(text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, ''));
}

describe.each([
  ['says in its first line what it does', ({text}: File) => /^(#!.*\n)?\/\/ \S/.test(text)],
  [
    'names no machine and no registry of packages',
    ({text}: File) => !/\/(var\/tmp|work|root|home\/\w+)\/|registry\.npmjs|localhost:4873/.test(text),
  ],
  [
    'asks for the name of a claim: a release may have been given one',
    ({name, text}: File) => !name.startsWith('source') || name === names || !/\bdata-\$\{|'data-'/.test(text),
  ],
  [
    'has our own command lines made in one place, commands/command-line.ts',
    ({name, text}: File) => builders.includes(name) || !name.startsWith('source') || !writesCommand(text),
  ],
  [
    'has command lines of kubectl made in one place, commands/kubectl.ts, so that each names its context',
    ({name, text}: File) =>
      name === 'source/commands/kubectl.ts' || !name.startsWith('source') || !writesCommand(text, foreignLine),
  ],
  [
    'says with oncePerRun that a step is done once in a run',
    ({name, text}: File) => name.endsWith('once-per-run.ts') || !/\bdone: \(\) => \w+,/.test(text),
  ],
  [
    'loads its neighbours with their extension',
    ({text}: File) => !/from '\.\.?\/[^']*(?<!\.tsx?|\.sh\?raw)'/.test(text),
  ],
] as const)('every file of the source %s', (_rule, keeps) => {
  it('without exception', () => {
    expect(files.filter((file) => !keeps(file)).map(({name}) => name)).toEqual([]);
  });
});

describe.each([
  ['the product', 'source'],
  ['the sandbox', join('sandbox', 'source')],
])('the imports of %s, those of types included, have no circle', (_whose, top) => {
  const own = files.filter(({name}) => name.startsWith(`${top}${sep}`));
  const known = new Set(own.map(({name}) => name));
  const imports = new Map(
    own.map(({name, text}) => [
      name,
      [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)]
        .map(([, path = '']) => normalize(join(dirname(name), path)))
        .filter((path) => known.has(path)),
    ]),
  );

  test('between files', () => {
    expect([...imports.keys()].filter((file) => reaches(imports, file, file))).toEqual([]);
  });

  test('between its folders', () => {
    const folderOf = (file: string) => join(top, relative(top, file).split(sep)[0] ?? '');
    const folders = new Map<string, readonly string[]>();
    for (const [file, found] of imports)
      folders.set(folderOf(file), [
        ...(folders.get(folderOf(file)) ?? []),
        ...found.map(folderOf).filter((one) => one !== folderOf(file)),
      ]);
    expect([...folders.keys()].filter((folder) => reaches(folders, folder, folder))).toEqual([]);
  });
});

test('a value that a file exports is loaded by another one', () => {
  const readers = ['source', 'sandbox', 'test', 'scripts', 'bench', 'examples']
    .flatMap((folder) =>
      readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'}).map((name) => join(folder, name)),
    )
    .filter((name) => /\.(tsx?|mjs)$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => ({name, text: readFileSync(join(root, name), 'utf8')}));
  const loadedBy = new Map<string, string[]>();
  for (const {name, text} of readers)
    for (const [, path = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const target = normalize(join(dirname(name), path));
      loadedBy.set(target, [...(loadedBy.get(target) ?? []), text]);
    }
  // What the package exports is for others, and the page is made by scripts/man-page.mjs from a bundle of this file.
  const forOthers = ['source/client/index.ts', 'sandbox/source/index.ts', 'source/cli/man-page.ts'];
  const lonely = files
    .filter(({name}) => !forOthers.includes(name))
    .flatMap(({name, text}) =>
      [...text.matchAll(/^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm)]
        .map(([, value = '']) => value)
        .filter((value) => !(loadedBy.get(name) ?? []).some((other) => new RegExp(`\\b${value}\\b`).test(other)))
        .map((value) => `${name}: ${value}`),
    );
  expect(lonely).toEqual([]);
});

test('tests that replace modules have a process of their own: the others share theirs', () => {
  const tests = ['test/unit', 'test/screens', 'sandbox/test/unit'].flatMap((folder) =>
    readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'})
      .filter((name) => /\.test\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  const replacing = tests.filter((name) => /\bvi\.(do)?mock\(/i.test(readFileSync(join(root, name), 'utf8')));
  expect(replacing.length).toBeGreaterThan(0);
  expect(replacing.filter((name) => !testsReplacingModules.includes(name))).toEqual([]);
});

/** Whether one comes from `from` to `to` along at least one import. */
function reaches(imports: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [...(imports.get(from) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === to) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(imports.get(next) ?? []));
  }
  return false;
}

describe('every line that somebody wrote', () => {
  const roots = ['source', 'sandbox', 'test', 'scripts', 'bench', 'bin', 'examples'];
  const written = roots
    .flatMap((folder) =>
      readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'}).map((name) => join(folder, name)),
    )
    .concat(readdirSync(root))
    .filter((name) => /\.(tsx?|mjs|js)$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name));
  /** A regular expression that stands alone: one literal, and what closes the argument or the statement. */
  const isRegularExpression = (line: string) => /^\s*\/(?![/*]).*\/[a-z]*[,;]?$/.test(line);

  it('has at most 120 columns, unless it is one regular expression', () => {
    const wide = written.flatMap((name) =>
      readFileSync(join(root, name), 'utf8')
        .split('\n')
        .flatMap((line, at) => (line.length > 120 && !isRegularExpression(line) ? [`${name}:${at + 1}`] : [])),
    );
    expect(wide).toEqual([]);
  });
});

describe('the sandbox and the product', () => {
  /** What the files below a folder of the checkout load by a path, with who does. */
  const loads = (folder: string) =>
    readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'})
      .filter((name) => /\.(tsx?|mjs)$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(folder, name))
      .flatMap((name) =>
        [...readFileSync(join(root, name), 'utf8').matchAll(/(?:from |import\()'(\.[^']*)'/g)].map(([, path = '']) => ({
          name,
          target: relative(root, join(root, dirname(name), path)),
        })),
      );

  it('know nothing of each other but the package by its name', () => {
    const within = (folder: string, target: string) => target.startsWith(`${folder}/`);
    const product = loads('source').filter(({target}) => !within('source', target));
    const sandbox = loads(join('sandbox', 'source')).filter(({target}) => !within('sandbox/source', target));
    expect([...product, ...sandbox]).toEqual([]);
  });

  it('share no more than the support of tests', () => {
    const foreign = loads(join('sandbox', 'test')).filter(
      ({target}) => !target.startsWith('sandbox/') && !target.startsWith('test/support/'),
    );
    expect(foreign).toEqual([]);
  });
});

test('a secret is wiped from the environment in the same way by an old Node, which cannot load the source', () => {
  const wiping = (name: string) =>
    /^function overwrite\(entry.*?^\}/ms
      .exec(readFileSync(join(root, name), 'utf8'))?.[0]
      .replace('(entry: string): void', '(entry)');
  expect(wiping('bin/newer-node.js')).toMatch(/writeSync\(memory/);
  expect(wiping('bin/newer-node.js')).toBe(wiping('source/core/own-environment.ts'));
});
