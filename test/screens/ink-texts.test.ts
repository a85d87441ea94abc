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
  const [theirs, mine] = await Promise.all([
    load<{default: T}>('node_modules', 'ink', 'build', `${name}.js`),
    load<{default: T}>('scripts', `ink-${name}.mjs`),
  ]);
  return [theirs.default, mine.default] as const;
};

const text = fc
  .array(
    fc.constantFrom('a', 'word ', '日本', '✔', '\n', '\u001b[31m', '\u001b[39m', '👩‍👩‍👧', ' ', 'long-name-of-a-pod'),
    {maxLength: 20},
  )
  .map((parts) => parts.join(''));

it('wraps and cuts as Ink does, also when the same is asked twice', async () => {
  const [theirs, mine] = await both<Wrap>('wrap-text');
  const kind = fc.constantFrom('wrap', 'truncate', 'truncate-end', 'truncate-middle', 'truncate-start');
  // More different ones than are kept.
  fc.assert(
    fc.property(text, fc.integer({min: 1, max: 40}), kind, (one, width, how) => {
      expect([mine(one, width, how), mine(one, width, how)]).toEqual([
        theirs(one, width, how),
        theirs(one, width, how),
      ]);
    }),
    {numRuns: 2000},
  );
});

it('measures as Ink does', async () => {
  const [theirs, mine] = await both<Measure>('measure-text');
  fc.assert(
    fc.property(text, (one) => {
      expect(mine(one)).toEqual(theirs(one));
    }),
    {numRuns: 1000},
  );
});

it('takes lines apart and puts them together as the package of Ink does, also when the same is asked twice', async () => {
  interface Tokens {
    tokenize(text: string): unknown[];
    styledCharsFromTokens(tokens: unknown[]): unknown[];
    styledCharsToString(chars: unknown[]): string;
  }
  const [theirs, mine] = await Promise.all([
    load<Tokens>('node_modules', '@alcalzone', 'ansi-tokenize', 'build', 'index.js'),
    load<Tokens>('scripts', 'ansi-tokenize.mjs'),
  ]);
  const style = fc.constantFrom(0, 1, 2, 4, 7, 22, 24, 27, 31, 36, 39, 41, 49, 90).map((code) => `\u001b[${code}m`);
  const line = fc
    .array(
      fc.oneof(
        style,
        fc.constantFrom(
          '\u001b[38;2;1;2;3m',
          '\u001b]8;;https://a.example\u0007',
          '\u001b]8;;\u0007',
          'word ',
          '日本',
          '✔',
          '👩‍👩‍👧',
          ' ',
        ),
      ),
      {maxLength: 20},
    )
    .map((parts) => parts.join(''));
  const through = ({tokenize, styledCharsFromTokens, styledCharsToString}: Tokens, texts: string[]) => {
    const chars = texts.map((one) => styledCharsFromTokens(tokenize(one)));
    // Cells of several lines beside each other, as in a frame.
    return [chars, styledCharsToString(chars.flat())];
  };
  fc.assert(
    fc.property(fc.array(line, {maxLength: 4}), (texts) => {
      expect([through(mine, texts), through(mine, texts)]).toEqual([through(theirs, texts), through(theirs, texts)]);
    }),
    {numRuns: 2000},
  );
});

it('is in the bundle in place of that of Ink', async () => {
  const {bundleOptions} = await load<{bundleOptions: BuildOptions}>('scripts', 'bundle-options.mjs');
  const {metafile} = await build({
    ...bundleOptions,
    entryPoints: [join(root, 'node_modules', 'ink', 'build', 'index.js')],
    outfile: 'never-written.js',
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile?.inputs ?? {});
  expect(inputs.filter((path) => /(measure|wrap)-text/.test(path)).sort()).toEqual([
    'scripts/ink-measure-text.mjs',
    'scripts/ink-wrap-text.mjs',
  ]);
  expect(inputs).toContain('scripts/ansi-tokenize.mjs');
});
