// Asks a person yes or no, on a terminal only.
import {createInterface} from 'node:readline';
import {badInput} from '../core/cause.ts';
import type {Invocation} from './command.ts';

/** @throws UserError BAD_INPUT at once when nobody can be asked and --yes was not given */
export function mayAsk({options, stdin, stdout, output}: Invocation): void {
  if (options['yes'] === true || options['dryRun'] === true) return;
  if (stdin.isTTY && stdout.isTTY && output === 'text') return;
  throw badInput(
    'This changes the cluster, and there is no terminal to ask on. Add --yes to go ahead, or --dry-run to see ' +
      'what would happen.',
  );
}

/** Enter alone means no. */
export async function ask({options, stdin, stdout, signal}: Invocation, question: string): Promise<boolean> {
  if (options['yes'] === true) return true;
  const lines = createInterface({input: stdin, output: stdout, terminal: true});
  try {
    return await new Promise<boolean>((resolve) => {
      signal.addEventListener('abort', () => resolve(false), {once: true});
      lines.on('SIGINT', () => resolve(false));
      lines.question(`\n${question} [y/N] `, (answer) => resolve(/^y(es)?$/i.test(answer.trim())));
    });
  } finally {
    lines.close();
  }
}

/** Where data goes: the release's name has to be typed. */
export async function typedName({stdin, stdout}: Invocation, name: string): Promise<boolean> {
  const lines = createInterface({input: stdin, output: stdout, terminal: true});
  try {
    return await new Promise<boolean>((resolve) => {
      lines.on('SIGINT', () => resolve(false));
      lines.question(`\nThe data will be gone for good. Type the release's name to go on: `, (typed) =>
        resolve(typed.trim() === name),
      );
    });
  } finally {
    lines.close();
  }
}
