// Rules of the source that no linter knows: a file says what it does and names no machine.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {root} from '../support/paths.ts';

const files = ['source', join('sandbox', 'source')]
  .flatMap((folder) =>
    readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'}).map((name) => join(folder, name)),
  )
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({name, text: readFileSync(join(root, name), 'utf8')}));

describe.each([
  ['says in its first line what it does', ({text}: {text: string}) => /^(#!.*\n)?\/\/ \S/.test(text)],
  [
    'names no machine and no registry of packages',
    ({text}: {text: string}) => !/\/(var\/tmp|work|root|home\/\w+)\/|registry\.npmjs|localhost:4873/.test(text),
  ],
  [
    'loads its neighbours with their extension',
    ({text}: {text: string}) => !/from '\.\.?\/[^']*(?<!\.tsx?)'/.test(text),
  ],
] as const)('every file of the source %s', (_rule, keeps) => {
  it('', () => {
    expect(files.filter((file) => !keeps(file)).map(({name}) => name)).toEqual([]);
  });
});
