import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  generatePassword,
  passwordProblem,
  passwordStrength,
  withoutFinalNewline,
} from '../../../source/parameters/password.ts';

describe('passwordProblem', () => {
  it.each(['a'.repeat(12), 'a'.repeat(100), 'with space "\'$%&{{', 'ü'.repeat(100), '🐘'.repeat(12)])(
    'takes %s',
    (password) => {
      expect(passwordProblem(password)).toBeNull();
    },
  );

  it.each([
    ['', 'invalid'],
    ['a'.repeat(101), 'invalid'],
    ['a'.repeat(20) + '\n', 'invalid'],
    ['abc\0defghijklmn', 'invalid'],
    ['abc\rdefghijklmn', 'invalid'],
    ['a\nb', 'invalid'],
    ['a'.repeat(11), 'weak'],
  ])('calls %j %s', (password, kind) => {
    expect(passwordProblem(password)?.kind).toBe(kind);
  });

  it('never repeats the password', () => {
    fc.assert(
      fc.property(
        fc.string({minLength: 5, maxLength: 200}).filter((text) => !/^[\s\w]*$/.test(text)),
        (password) => {
          expect(passwordProblem(password)?.text ?? '').not.toContain(password);
        },
      ),
    );
    expect(passwordProblem('tuna-melt')?.text).toContain('--allow-weak-password');
  });
});

describe('withoutFinalNewline', () => {
  it.each([
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\n\n', 'secret\n'],
    ['secret ', 'secret '],
  ])('%j becomes %j', (text, password) => {
    expect(withoutFinalNewline(text)).toBe(password);
  });
});

describe('generatePassword', () => {
  const bytesOf = (bytes: readonly number[]) => {
    let next = 0;
    return (count: number): Uint8Array => Uint8Array.from({length: count}, () => bytes[next++ % bytes.length] ?? 0);
  };

  it('gives 24 letters and digits, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 247}), {minLength: 1}), (bytes) => {
        expect(generatePassword(bytesOf(bytes))).toMatch(/^[A-Za-z0-9]{24}$/);
      }),
    );
  });

  it('makes every character equally likely: of all bytes each stands for as many', () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      // A refused byte is skipped, so the 0 behind it shows: A.
      const [first = ''] = generatePassword(bytesOf([byte, 0, 0]));
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    expect(counts.get('A')).toBe(4 + 8);
    expect(new Set([...counts].filter(([letter]) => letter !== 'A').map(([, count]) => count))).toEqual(new Set([4]));
  });

  it('makes a strong one', () => {
    expect(passwordStrength(generatePassword(bytesOf([11, 200, 33, 44, 5, 66, 177, 88, 99, 120])))).toBe('strong');
  });
});

describe('passwordStrength', () => {
  it.each([
    ['short', 'weak'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['abcdefghijkl', 'fair'],
    ['correct horse battery staple', 'strong'],
  ])('%s is %s', (password, strength) => {
    expect(passwordStrength(password)).toBe(strength);
  });
});
