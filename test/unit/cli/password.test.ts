// A password is taken byte for byte, or not at all.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import type {Invocation} from '../../../source/cli/command.ts';
import {readPassword} from '../../../source/cli/password.ts';
import {UserError} from '../../../source/core/cause.ts';

const file = join(mkdtempSync(join(tmpdir(), 'pghi-password-')), 'password');
const read = async (options: Invocation['options'], bytes: Buffer, environmentPassword: string | null = null) =>
  readPassword({
    options,
    environmentPassword,
    stdin: Readable.from([bytes]),
    stderr: process.stderr,
  } as unknown as Invocation).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    return error.reason;
  });
const ways: readonly [string, (bytes: Buffer) => ReturnType<typeof read>][] = [
  [
    '--password-file',
    async (bytes) => {
      writeFileSync(file, bytes);
      return read({passwordFile: file}, Buffer.alloc(0));
    },
  ],
  ['--password-stdin', async (bytes) => read({passwordStdin: true}, bytes)],
];

describe.each(ways)('%s', (flag, given) => {
  it.each(['correct horse battery', 'Straße und Größe', '密码密码密码密码密码密码', '🐘'.repeat(12), 'a'.repeat(100)])(
    'takes %s as it is, without the line break at its end',
    async (password) => {
      expect(await given(Buffer.from(`${password}\n`))).toBe(password);
      expect(await given(Buffer.from(password))).toBe(password);
    },
  );

  it.each([
    ['bytes of another encoding', Buffer.from('Straße und Größe', 'latin1'), 'not UTF-8'],
    ['half a character', Buffer.from('correct horse 🐘').subarray(0, -1), 'not UTF-8'],
    ['UTF-16', Buffer.from('\ufeffcorrect horse battery', 'utf16le'), 'UTF-16'],
    ['big-endian UTF-16', Buffer.from('\ufeffcorrect horse battery', 'utf16le').swap16(), 'UTF-16'],
    ['a byte order mark', Buffer.from('\ufeffcorrect horse battery'), 'byte order mark'],
  ])('refuses %s', async (_what, bytes, words) => {
    const refused = await given(bytes);
    expect(refused).toMatchObject({code: 'BAD_INPUT', message: expect.stringContaining(words) as string});
    expect(JSON.stringify(refused)).toContain(flag);
    expect(JSON.stringify(refused)).not.toContain('correct');
  });
});

describe('a short password', () => {
  const short = 'hunter2';
  const typing = (answer: string, options: Invocation['options'] = {}, output = 'text') => {
    writeFileSync(file, short);
    const [stdin, stdout] = [new PassThrough(), new PassThrough()].map((one) => Object.assign(one, {isTTY: true}));
    stdin?.write(answer);
    return readPassword({
      options: {passwordFile: file, ...options},
      stdin,
      stdout,
      stderr: process.stderr,
      output,
      signal: new AbortController().signal,
      asking: {isOpen: false},
      environmentPassword: null,
    } as unknown as Invocation).catch((error: unknown) => (error as UserError).reason);
  };

  it('is taken where whoever is asked says so', async () => expect(await typing('y\n')).toBe(short));

  it.each([
    ['whoever is asked says no', '\n', {}, 'text'],
    ['nobody is to be asked', 'y\n', {yes: true}, 'text'],
    ['a script reads the output', 'y\n', {}, 'json'],
  ] as const)('is refused where %s', async (_why, answer, options, output) => {
    expect(await typing(answer, options, output)).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('--allow-weak-password') as string,
    });
  });
});

it('PGHI_PASSWORD is refused where its bytes were no text', async () => {
  const none = Buffer.alloc(0);
  expect(await read({}, none, 'correct horse battery')).toBe('correct horse battery');
  expect(await read({}, none, Buffer.from('Größe und Straße', 'latin1').toString())).toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('PGHI_PASSWORD') as string,
  });
});
