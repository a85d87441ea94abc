// The password that the operator gives: from a file, standard input, the environment, or typed unseen.
import {readFile} from 'node:fs/promises';
import {badInput} from '../core/cause.ts';
import {passwordProblem, withoutFinalNewline} from '../parameters/password.ts';
import type {Invocation} from './command.ts';
import {text} from './options.ts';
import {typedLine} from './typed-line.ts';

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
            password: stdin.isTTY ? await typed(invocation) : withoutFinalNewline(await all(stdin)),
            where: '--password-stdin',
          }
        : {password: environmentPassword, where: 'PGHI_PASSWORD'};
  if (password === null) return null;
  const problem = passwordProblem(password);
  if (problem && !(problem.kind === 'weak' && options['allowWeakPassword'] === true))
    throw badInput(`${where}: ${problem.text}`);
  return password;
}

async function fromFile(path: string): Promise<string> {
  try {
    return withoutFinalNewline(await readFile(path, 'utf8'));
  } catch (error) {
    throw badInput(`--password-file: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`);
  }
}

async function all(stdin: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin as AsyncIterable<Buffer>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** The question goes to standard error, because a script may read standard output. */
async function typed(invocation: Invocation): Promise<string> {
  const password = await typedLine({...invocation, stdout: invocation.stderr}, 'Password (not shown): ', {
    hidden: true,
  });
  if (password === null) throw badInput('No password was given.');
  return password;
}
