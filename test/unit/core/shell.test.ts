// A command in more than one line.
import {execFileSync} from 'node:child_process';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {commandLine, shellLines} from '../../../source/core/shell.ts';

describe('a command in lines', () => {
  it('is one command to a shell, whatever is quoted in it', () => {
    const word = fc.oneof(
      fc.stringMatching(/^[a-z./-]{1,30}$/),
      fc
        .string({maxLength: 40})
        .filter(
          (text) => !/[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/.test(text),
        ),
    );
    fc.assert(
      fc.property(fc.array(word, {minLength: 1, maxLength: 12}), fc.integer({min: 20, max: 100}), (words, width) => {
        const lines = shellLines(commandLine('printf', ['%s\\n', ...words]), width);
        expect(execFileSync('/bin/sh', ['-c', lines.join('\n')], {encoding: 'utf8'})).toBe(
          words.map((one) => `${one}\n`).join(''),
        );
      }),
      {numRuns: 30},
    );
  });

  it('has a flag and its value in one line, where both fit into one', () => {
    expect(shellLines('pg-helm-install install orders --sandbox --username app --yes', 44)).toEqual([
      'pg-helm-install install orders --sandbox \\',
      '  --username app --yes',
    ]);
    expect(shellLines(`install --memory ${'9'.repeat(30)}`, 30)).toEqual([
      'install --memory \\',
      `  ${'9'.repeat(30)}`,
    ]);
  });
});
