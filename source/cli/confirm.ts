// Asks a person yes or no, on a terminal only.
import {badInput} from '../core/cause.ts';
import type {Plan} from '../plan/progress.ts';
import type {Invocation} from './command.ts';
import {text} from './options.ts';
import {fitted} from './output/text/fit-lines.ts';
import {typedLine} from './typed-line.ts';

/** Whether a person can be asked for what is missing: on a terminal, where --yes does not say that nobody answers. */
export function mayQuestion(invocation: Invocation): boolean {
  return invocation.options['yes'] !== true && isOnTerminal(invocation);
}

/** Whether a person reads the answer and can type. */
export function isOnTerminal({stdin, stdout, output}: Invocation): boolean {
  return output === 'text' && stdin.isTTY === true && stdout.isTTY === true;
}

/** @throws UserError BAD_INPUT at once when nobody can be asked and --yes was not given */
export function assertConfirmable(invocation: Invocation): void {
  const {options} = invocation;
  if (options['yes'] === true || options['dryRun'] === true || isOnTerminal(invocation)) return;
  throw badInput(
    'This changes the cluster, and there is no terminal to ask on. Add --yes to go ahead, or --dry-run to see ' +
      'what would happen.',
  );
}

/** @param byDefault what Enter alone means */
export async function ask(invocation: Invocation, question: string, byDefault = false): Promise<boolean> {
  const {options, stdout} = invocation;
  if (options['yes'] === true) return true;
  const asked = fittedQuestion(`${question} [${byDefault ? 'Y/n' : 'y/N'}]`, stdout);
  const answer = (await typedLine(invocation, `\n${asked}`))?.trim();
  return answer === '' ? byDefault : /^y(es)?$/i.test(answer ?? '');
}

/** The question, broken to the terminal's width, with a space behind which the answer is typed. */
function fittedQuestion(question: string, {columns}: Invocation['stdout']): string {
  return `${fitted([question], columns).join('\n')} `;
}

/**
 * The name that --confirm gives.
 * @param loss what is deleted for good, so that with --yes the release has to be named again; null: nothing is deleted
 * @throws UserError BAD_INPUT for another name than the release's, and for none where one is needed
 */
export function nameAgain({options, release}: Invocation, loss: string | null): string | null {
  const name = text(options['confirm']);
  if (name !== null && name !== release) throw badInput(`--confirm: "${name}" is not the release's name.`);
  if (loss !== null && options['yes'] === true && name === null && options['dryRun'] !== true)
    throw badInput(`${loss} for good. With --yes, name the release again: --confirm ${release ?? 'NAME'}`);
  return name;
}

/**
 * Shows a plan, and asks whether to go on.
 * @param name the release's, where it has to be typed instead of a yes; null: a yes is enough
 * @param loss the sentence right before the name is typed
 * @returns null with --yes: nobody reads a plan
 */
export function confirmPlan(
  invocation: Invocation,
  question: string,
  name: string | null = null,
  loss = 'The data will be gone for good.',
): ((plan: Plan) => Promise<boolean>) | null {
  if (invocation.options['yes'] === true) return null;
  return (plan) => {
    invocation.reporter.plan(plan);
    return name === null ? ask(invocation, question) : typedName(invocation, name, loss);
  };
}

/** Asks for the release's name, where data goes. */
async function typedName(invocation: Invocation, name: string, loss: string): Promise<boolean> {
  const question = fittedQuestion(`${loss} Type the release's name to go on:`, invocation.stdout);
  return (await typedLine(invocation, `\n${question}`))?.trim() === name;
}
