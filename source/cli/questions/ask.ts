// Questions in lines: one line each, choices by number, asked again until the answer is right.
import {once} from 'node:events';
import type {Invocation} from '../command.ts';
import {printLines} from '../output/text/fit-lines.ts';
import {typedLine} from '../typed-line.ts';

/**
 * @param byDefault what an empty answer means; null: there has to be an answer
 * @param problemOf what is wrong with an answer; null: nothing
 * @throws an AbortError when the operator leaves
 */
export async function ask(
  invocation: Invocation,
  question: string,
  byDefault: string | null,
  problemOf: (said: string) => string | null = () => null,
): Promise<string> {
  for (;;) {
    const said = (await answer(invocation, `${question}${byDefault === null ? '' : ` [${byDefault}]`}: `)).trim();
    if (said === '' && byDefault !== null) return byDefault;
    const problem = problemOf(said);
    if (problem === null) return said;
    printLines(invocation.stdout, [`That cannot be: ${problem}`]);
  }
}

/** What is typed is not shown. @throws an AbortError when the operator leaves */
export function askHidden(invocation: Invocation, question: string): Promise<string> {
  return answer(invocation, `${question}: `, true);
}

/**
 * Lets the operator choose by number, where the first is 1. @param byDefault the index that an empty answer means
 * @returns the index in the list
 */
export async function choose(
  invocation: Invocation,
  question: string,
  choices: readonly string[],
  byDefault: number | null = null,
): Promise<number> {
  printLines(
    invocation.stdout,
    choices.map((choice, index) => `${index + 1}. ${choice}`),
  );
  const problemOf = (said: string) =>
    Number.isInteger(Number(said)) && Number(said) >= 1 && Number(said) <= choices.length
      ? null
      : `a number from 1 to ${choices.length} is asked for.`;
  return Number(await ask(invocation, question, byDefault === null ? null : String(byDefault + 1), problemOf)) - 1;
}

async function answer(invocation: Invocation, question: string, hidden = false): Promise<string> {
  const said = await typedLine(invocation, question, {hidden});
  if (said !== null) return said;
  // Leaving a question is leaving the program, as Ctrl-C outside of a question is.
  const {signal} = invocation;
  if (!signal.aborted) {
    const left = once(signal, 'abort');
    process.kill(process.pid, 'SIGINT');
    await left;
  }
  throw Object.assign(new Error('left'), {name: 'AbortError'});
}
