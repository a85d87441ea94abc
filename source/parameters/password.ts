// What may be a password, how strong it is, and how one is made.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const generatedLength = 24;
const shortest = 12;
/** The chart's image refuses longer ones. Source: bitnami/containers, libpostgresql.sh. */
const longest = 100;

/** An `invalid` password is never accepted; a `weak` one is when the operator insists. The text never repeats it. */
interface PasswordProblem {
  readonly kind: 'invalid' | 'weak';
  readonly text: string;
}

export function passwordProblem(password: string): PasswordProblem | null {
  const length = [...password].length;
  if (length === 0) return {kind: 'invalid', text: 'The password is empty. Give 12 to 100 characters.'};
  if (/[\0\r\n]/.test(password))
    return {
      kind: 'invalid',
      text: 'The password holds a line break or a NUL character. Give 12 to 100 characters on one line.',
    };
  if (length > longest)
    return {kind: 'invalid', text: `The password has ${length} characters. The database takes at most ${longest}.`};
  if (length < shortest)
    return {
      kind: 'weak',
      text:
        `The password has ${length} of at least ${shortest} characters. To use it all the same, add ` +
        '--allow-weak-password.',
    };
  return null;
}

/** A file or a pipe ends with a line break that is not meant to be part of the password, so one is removed. */
export function withoutFinalNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/**
 * 24 characters of A–Z, a–z and 0–9, each as likely as the other. `randomBytes` gives that many bytes of a
 * cryptographic source.
 */
export function generatePassword(randomBytes: (count: number) => Uint8Array): string {
  let password = '';
  // Bytes beyond the last whole multiple of 62 would make the first letters likelier.
  const fair = 256 - (256 % alphabet.length);
  while (password.length < generatedLength) {
    for (const byte of randomBytes(generatedLength - password.length)) {
      if (byte < fair && password.length < generatedLength) password += alphabet.charAt(byte % alphabet.length);
    }
  }
  return password;
}

type PasswordStrength = 'weak' | 'fair' | 'strong';

/** An estimate, as a word for the form: length times the kinds of characters, and little for few different ones. */
export function passwordStrength(password: string): PasswordStrength {
  const characters = [...password];
  const kinds: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^a-zA-Z0-9]/, 33],
  ];
  const pool = kinds.reduce((sum, [kind, size]) => sum + (kind.test(password) ? size : 0), 0);
  if (characters.length < shortest || new Set(characters).size < 6) return 'weak';
  return characters.length * Math.log2(pool) < 80 ? 'fair' : 'strong';
}
