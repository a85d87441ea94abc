// Asks a person for a text, in one line, until it is right.
import {createInterface} from 'node:readline';
import {cause, UserError} from '../core/cause.ts';
import type {Invocation} from './command.ts';
import {printLines} from './output/text/fit-lines.ts';

/** Asks again until the answer is right. `byDefault`: what an empty answer means; null: there is no default. */
export async function askText(
  invocation: Invocation,
  question: string,
  byDefault: string | null,
  problemOf: (said: string) => string | null,
): Promise<string> {
  for (;;) {
    const said = (await line(invocation, `${question}${byDefault === null ? '' : ` [${byDefault}]`}: `)).trim();
    if (said === '' && byDefault !== null) return byDefault;
    const problem = problemOf(said);
    if (problem === null) return said;
    printLines(invocation.stdout, [`That cannot be: ${problem}`]);
  }
}

/** @throws UserError CANCELLED when the operator leaves */
async function line({stdin, stdout, signal}: Invocation, question: string): Promise<string> {
  const lines = createInterface({input: stdin, output: stdout, terminal: true});
  try {
    return await new Promise<string>((resolve, reject) => {
      const left = () => reject(new UserError(cause('CANCELLED', 'Nothing was changed.')));
      signal.addEventListener('abort', left, {once: true});
      lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      lines.on('close', left);
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}
