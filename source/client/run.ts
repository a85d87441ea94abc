// Carries out a command of ours from the screens: the same code as from a shell, with its progress told to whoever
// asked.
import type {Reporter} from '../cli/output/reporter.ts';
import {argumentsOf} from '../core/command-line.ts';
import type {Operation} from '../core/operation.ts';
import type {Progress, Result} from '../operations/progress.ts';
import {commands} from '../cli/index.ts';
import type {Invocation} from '../cli/command.ts';
import {parseCommandLine} from '../cli/parse.ts';

/** What holds for all that these screens do; the rest is of what they were opened for. */
const kept = ['kubeconfig', 'sandbox', 'chart', 'timeout'];

/** @throws UserError as the command does */
export async function* runCommand(
  invocation: Invocation,
  operation: Operation,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  const parsed = parseCommandLine(argumentsOf(operation), commands, '');
  if (parsed.kind !== 'command') throw new Error(`${operation.kind} is no command`);
  const told: Progress[] = [];
  let result: Result | null = null;
  let wake: () => void = () => undefined;
  const notify = (step: Progress) => {
    told.push(step);
    wake();
  };
  const nothing = () => undefined;
  const reporter: Reporter = {
    output: 'text',
    progress: notify,
    result: (end) => void (result = end),
    answer: nothing,
    plan: nothing,
    failure: nothing,
  };
  const options = Object.fromEntries(
    kept.flatMap((name) => (invocation.options[name] === undefined ? [] : [[name, invocation.options[name]]])),
  );
  const run = await parsed.command.load();
  let hasEnded = false;
  // The screens have asked already.
  const ended = run({
    ...invocation,
    release: parsed.release,
    words: parsed.words,
    options: {...options, ...parsed.options, yes: true},
    reporter,
    signal,
    where: {release: null, namespace: null, context: null},
  }).finally(() => {
    hasEnded = true;
    wake();
  });
  // It is awaited below, after the last step was told.
  ended.catch(nothing);
  while (!hasEnded || told.length > 0) {
    const next = told.shift();
    if (next) yield next;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await ended;
  if (!result) throw new Error(`${operation.kind} ended without a result`);
  return result;
}
