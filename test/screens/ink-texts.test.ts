// What stands for Ink's own measuring and wrapping in the bundle says what Ink says, and is what is bundled.
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build, type BuildOptions} from 'esbuild';
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {root} from '../support/paths.ts';

const load = async <T>(...path: string[]) => (await import(pathToFileURL(join(root, ...path)).href)) as T;
type Wrap = (text: string, width: number, kind: string) => string;
type Measure = (text: string) => {width: number; height: number};
/** Ink's, and ours. */
const both = async <T>(name: string) => {
  const [theirs, mine] = await Promise.all([load<{default: T}>('node_modules', 'ink', 'build', `${name}.js`), load<{default: T}>('scripts', `ink-${name}.mjs`)]);
  return [theirs.default, mine.default] as const;
};

const text = fc.array(fc.constantFrom('a', 'word ', '日本', '✔', '\n', '\u001b[31m', '\u001b[39m', '👩‍👩‍👧', ' ', 'long-name-of-a-pod'), {maxLength: 20}).map((parts) => parts.join(''));

it('wraps and cuts as Ink does, also when the same is asked twice', async () => {
  const [theirs, mine] = await both<Wrap>('wrap-text');
  const kind = fc.constantFrom('wrap', 'truncate', 'truncate-end', 'truncate-middle', 'truncate-start');
  // More different ones than are kept.
  fc.assert(fc.property(text, fc.integer({min: 1, max: 40}), kind, (one, width, how) => { expect([mine(one, width, how), mine(one, width, how)]).toEqual([theirs(one, width, how), theirs(one, width, how)]); }), {numRuns: 2000});
});

it('measures as Ink does', async () => {
  const [theirs, mine] = await both<Measure>('measure-text');
  fc.assert(fc.property(text, (one) => { expect(mine(one)).toEqual(theirs(one)); }), {numRuns: 1000});
});

it('is in the bundle in place of that of Ink', async () => {
  const {bundleOptions} = await load<{bundleOptions: BuildOptions}>('scripts', 'bundle-options.mjs');
  const {metafile} = await build({...bundleOptions, entryPoints: [join(root, 'node_modules', 'ink', 'build', 'index.js')], outfile: 'never-written.js', write: false, metafile: true});
  const texts = Object.keys(metafile?.inputs ?? {}).filter((path) => /(measure|wrap)-text/.test(path));
  expect(texts.sort()).toEqual(['scripts/ink-measure-text.mjs', 'scripts/ink-wrap-text.mjs']);
});
