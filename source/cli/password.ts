// The password that the operator gives: from a file, standard input, the environment, or typed unseen.
import {readFile} from 'node:fs/promises';
import {badInput, UserError} from '../core/cause.ts';
import {passwordProblem, withoutFinalNewline} from '../parameters/password.ts';
import type {Invocation} from './command.ts';
import {ask, mayQuestion} from './confirm.ts';
import {text} from './options.ts';
import {typedLine} from './typed-line.ts';

const byteOrderMark = '\ufeff';
const replacementCharacter = '\ufffd';

/** Null when none was given. @throws UserError BAD_INPUT, whose message never holds the password */
export async function readPassword(invocation: Invocation): Promise<string | null> {
  const {options, environmentPassword, stdin} = invocation;
  const file = text(options['passwordFile']);
  const fromStdin = options['passwordStdin'] === true;
  if (file !== null && fromStdin)
    throw badInput('--password-file and --password-stdin exclude each other. Give one of them.');
  const {password, where} =
    file !== null
      ? {password: await fromFile(file), where: '--password-file'}
      : fromStdin
        ? {
            password: stdin.isTTY ? await typed(invocation) : passwordIn(await all(stdin), '--password-stdin'),
            where: '--password-stdin',
          }
        : {password: fromEnvironment(environmentPassword), where: 'PGHI_PASSWORD'};
  if (password === null) return null;
  const problem = passwordProblem(password);
  if (problem && !(problem.kind === 'weak' && (await isWeakTaken(invocation))))
    throw badInput(`${where}: ${problem.text}`);
  return password;
}

/** Whether a short password is wanted all the same: a flag says so, or a person who is asked. */
async function isWeakTaken(invocation: Invocation): Promise<boolean> {
  if (invocation.options['allowWeakPassword'] === true) return true;
  return mayQuestion(invocation) && ask(invocation, 'The password has fewer than 12 characters. Take it all the same?');
}

async function fromFile(path: string): Promise<string> {
  try {
    return passwordIn(await readFile(path), `--password-file: ${path}`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw badInput(`--password-file: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`);
  }
}

/**
 * The bytes as the database is to get them. Whatever does not say which characters are meant is refused: read leniently
 * it would be another password than `kubectl create secret --from-file` makes of it.
 * @throws UserError BAD_INPUT
 */
function passwordIn(bytes: Buffer, where: string): string {
  const [first = 0, second = 0] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw badInput(`${where} is in UTF-16. Save it as UTF-8.`);
  const password = decoded(bytes);
  if (password === null) throw badInput(`${where} holds bytes that are not UTF-8. Save it as UTF-8.`);
  if (password.startsWith(byteOrderMark))
    throw badInput(
      `${where} begins with a byte order mark, which would be part of the password. Save it as UTF-8 without one.`,
    );
  return withoutFinalNewline(password);
}

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    return null;
  }
}

/** Node has decoded the environment already: what was not UTF-8 is a replacement character. */
function fromEnvironment(password: string | null): string | null {
  if (password?.includes(replacementCharacter))
    throw badInput('PGHI_PASSWORD holds bytes that are not UTF-8. Give it in UTF-8.');
  return password;
}

async function all(stdin: NodeJS.ReadStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin as AsyncIterable<Buffer>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The question goes to standard error, because a script may read standard output. */
async function typed(invocation: Invocation): Promise<string> {
  const password = await typedLine({...invocation, stdout: invocation.stderr}, 'Password (not shown): ', {
    hidden: true,
  });
  if (password === null) throw badInput('No password was given.');
  return password;
}
