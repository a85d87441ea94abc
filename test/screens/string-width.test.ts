// The measure that stands for string-width in the bundle says what the package says.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build} from 'esbuild';
import fc from 'fast-check';
import stringWidth from 'string-width';
import {expect, it} from 'vitest';
import {root} from '../support/paths.ts';

it('is the same for every text, fast or not', {timeout: 30_000}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'width-'));
  try {
    const outfile = join(folder, 'width.mjs');
    await build({
      entryPoints: [join(root, 'scripts', 'ink', 'string-width.mjs')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    const {default: fast} = (await import(pathToFileURL(outfile).href)) as {default: typeof stringWidth};
    const signs = fc.constantFrom(
      '·',
      '…',
      '✔',
      '✖',
      '❯',
      '▸',
      '▾',
      '─',
      '→',
      '↑↓',
      '⏎',
      '•',
      '⠋',
      '▏',
      '×',
      '\u00ad',
      'e\u0301',
      '日本',
      '👩‍👩‍👧',
      '\u001b[31m',
      '\u001b[39m',
      '\u001b]8;;x\u0007',
      '\t',
      '©',
      '®',
      '™',
      '↔',
      '\u200b',
      '\u2764\ufe0f',
    );
    const text = fc
      .array(fc.oneof(signs, fc.string({unit: 'grapheme', maxLength: 4}), fc.string({maxLength: 6})), {maxLength: 12})
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (one) => {
        expect(fast(one)).toBe(stringWidth(one));
      }),
      {numRuns: 3000},
    );
    for (let code = 0; code < 0x3000; code += 1)
      expect(fast(String.fromCharCode(code)), `U+${code.toString(16)}`).toBe(stringWidth(String.fromCharCode(code)));
    // Evaluated only when it is needed: that is what it is for.
    writeFileSync(join(folder, 'first.mjs'), `import width from './width.mjs'; console.log(width('─── ❯ 日本 ok'));`);
    expect(execFileSync(process.execPath, [join(folder, 'first.mjs')], {encoding: 'utf8'})).toBe('13\n');
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
});
