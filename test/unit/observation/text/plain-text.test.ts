// What a terminal would obey never reaches it.
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {plain} from '../../../../source/observation/text/plain-text.ts';

it.each([
  ['colours', '\u001b[1;31mFATAL\u001b[0m', 'FATAL'],
  ['a title, ended either way', '\u001b]0;title\u0007a\u001b]2;title\u001b\\b', 'ab'],
  ['a link', '\u001b]8;;https://example.org\u001b\\text\u001b]8;;\u001b\\', 'text'],
  ['sequences of eight bits', '\u009b2Ja\u009d0;title\u009cb', 'ab'],
  ['a saved cursor, a character set', '\u001b7a\u001b(Bb', 'ab'],
  ['a sequence cut off', 'a\u001b[31', 'a'],
  ['line ends and tabs', 'a\r\nb\rc\td', 'a\nb\nc d'],
  ['bells, backspaces, NUL, DEL', 'a\u0007\u0008\u0000\u007fb', 'ab'],
  ['turned writing', 'a\u202eb\u2066c', 'abc'],
  ['other scripts and signs stay', 'grün 日本 👩‍👩‍👧 [31m', 'grün 日本 👩‍👩‍👧 [31m'],
])('%s', (_, text, expected) => {
  expect(plain(text)).toBe(expected);
});

it('leaves no control character but newlines, and is done in one go', () => {
  fc.assert(
    fc.property(
      fc.string({unit: fc.constantFrom(...'\u001b\u009b\u009d\u0007\u0000\r\n\t\\[];?0m1Ha é'.split(''))}),
      (text) => {
        expect(plain(text)).not.toMatch(/(?!\n)\p{Cc}/u);
        expect(plain(plain(text))).toBe(plain(text));
      },
    ),
  );
});
