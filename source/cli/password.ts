// The password that the operator gives: from a file, standard input, the environment, or typed unseen.
import {readFile} from 'node:fs/promises';
import {createInterface} from 'node:readline';
import {Writable} from 'node:stream';
import {badInput} from '../core/cause.ts';
import {passwordProblem, withoutFinalNewline} from '../parameters/password.ts';
import type {Invocation} from './command.ts';
import {text} from './options.ts';

/** Null when none was given. @throws UserError BAD_INPUT, whose message never holds the password */
export async function readPassword({options, environmentPassword, stdin, stderr}: Invocation): Promise<string | null> {
  const file = text(options['passwordFile']);
  const fromStdin = options['passwordStdin'] === true;
  if (file !== null && fromStdin)
    throw badInput('--password-file and --password-stdin exclude each other. Give one of them.');
  const {password, where} =
    file !== null
      ? {password: await fromFile(file), where: '--password-file'}
      : fromStdin
        ? {
            password: stdin.isTTY ? await typed(stdin, stderr) : withoutFinalNewline(await all(stdin)),
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

/** Reads a line that nobody sees: readline draws what is typed onto its output, and this output draws nothing. */
function typed(stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): Promise<string> {
  const unseen = new Writable({write: (_chunk, _encoding, done) => done()});
  const lines = createInterface({input: stdin, output: unseen, terminal: true});
  stderr.write('Password (not shown): ');
  return new Promise((resolve, reject) => {
    lines.on('SIGINT', () => {
      lines.close();
      reject(badInput('No password was given.'));
    });
    lines.question('', (password) => {
      lines.close();
      stderr.write('\n');
      resolve(password);
    });
  });
}
