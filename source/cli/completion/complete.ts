// Called by the script of a shell: prints the words that may come next, within a moment or not at all.
import {isReadOnly} from '../../core/read-only.ts';
import {plain} from '../../observation/text/plain-text.ts';
import type {Command, Invocation, Run} from '../command.ts';
import {commands} from '../index.ts';
import {candidates, type CompletionWord, type Names} from './candidates.ts';

/** How long a person who presses the completion key waits for a cluster. */
const answerWithinMs = 300;

/** Prints nothing when something is wrong: a shell would print it into the line that is being typed. */
const runComplete: Run = async (invocation) => {
  const {words} = invocation;
  // PowerShell sends a space where nothing was begun yet.
  const typed = [...words.slice(0, -1), words.at(-1)?.trim() ?? ''];
  const found = candidates(typed, commands, isReadOnly(invocation.environment));
  const lines = found.kind === 'files' ? [':files'] : (await wordsOf(invocation, found)).map(lineOf);
  await new Promise<void>((written) => {
    invocation.stdout.write(lines.map((line) => `${line}\n`).join(''), () => written());
  });
  // Exits at once, so that a cluster that is still being asked holds nothing up.
  return process.exit(0);
};

/** The words of the command line follow this command's name, and are not read as flags of ours. */
export const completeCommand: Command = {
  name: '__complete',
  summary: 'the words that may come next, one a line',
  release: 'none',
  hidden: true,
  options: [],
  load: () => Promise.resolve(runComplete),
};

async function wordsOf(
  invocation: Invocation,
  found: Exclude<ReturnType<typeof candidates>, {kind: 'files'}>,
): Promise<readonly CompletionWord[]> {
  if (found.kind === 'words') return found.words;
  const late = new Promise<readonly CompletionWord[]>((resolve) => setTimeout(() => resolve([]), answerWithinMs));
  const asked = lookUp(found.names, found.options, invocation.environment);
  const names = await Promise.race([asked.catch(() => []), late]);
  return names.map(({word, about}) => ({word: `${found.prefix}${word}`, about}));
}

function lineOf({word, about}: CompletionWord): string {
  const clean = (text: string) => plain(text).replace(/\s+/g, ' ').trim();
  return about === '' ? clean(word) : `${clean(word)}\t${clean(about)}`;
}

async function lookUp(
  names: Names,
  options: Readonly<Record<string, string | boolean>>,
  environment: Invocation['environment'],
): Promise<readonly CompletionWord[]> {
  const {knownNames} = await import('../../client/questions/known-names.ts');
  const kubeconfig = await kubeconfigOf(options, environment);
  const [context, namespace] = [textOf(options['context']), textOf(options['namespace'])];
  const found = await knownNames(names, {kubeconfig, context, namespace});
  return found.map(({name, about}) => ({word: name, about}));
}

function textOf(option: string | boolean | undefined): string | null {
  return typeof option === 'string' ? option : null;
}

/** The kubeconfig to look names up with. The sandbox's is only named: nothing is started to complete a word. */
async function kubeconfigOf(
  options: Readonly<Record<string, string | boolean>>,
  environment: Invocation['environment'],
): Promise<string | null> {
  if (options['sandbox'] !== true) return textOf(options['kubeconfig']);
  const {sandboxFiles} = await import('@pg-helm-install/sandbox');
  return sandboxFiles(environment).kubeconfig;
}
