// The wizard: shows what was given by flag or file, which can be edited, and asks for the rest.
import {homedir} from 'node:os';
import {exitSummaryLines} from './output/text/exit-summary-lines.ts';
import {printLines} from './output/text/fit-lines.ts';
import {isReadOnly} from '../core/read-only.ts';
import {lookOf, painter} from '../core/signs.ts';
import {exitCodeOf, exitCodes} from '../core/outcome.ts';
import {mergeAnswers} from '../parameters/answers.ts';
import type {Invocation, Run} from './command.ts';
import type {Choose} from '../client/client.ts';
import {readAnswers, readGiven} from './given.ts';
import {lazyClient} from '../client/lazy-client.ts';
import {addsLines, text, timeoutOf} from './options.ts';
import {readPassword} from './password.ts';
import {reachOf} from '../client/reachable-commands.ts';
import type {ExitSummary} from '../tui/exit-summary.ts';
import type {TargetHints} from './session.ts';

export const runWizard: Run = async (invocation) => {
  if (addsLines(invocation)) {
    const {askInLines} = await import('./questions/questions.ts');
    return askInLines(invocation);
  }
  const {release} = invocation;
  return openScreens(invocation, {release, opens: release === null ? null : 'dashboard'});
};

/** Opens the screens; `opens`: the first screen of a release that was named. @returns the exit code */
export async function openScreens(
  invocation: Invocation,
  {release, opens}: {readonly release: string | null; readonly opens: 'top' | 'dashboard' | null},
): Promise<number> {
  const {options, environment, signal, stdin, stdout, stderr, interrupts} = invocation;
  const file = text(options['answers']) === null ? null : await readAnswers(String(options['answers']));
  const answers = mergeAnswers(await readGiven(invocation), file?.answers ?? {});
  const password = await readPassword(invocation);
  const target = {...targetOf(options, file?.target ?? {}), ...(release === null ? {} : {release})};

  // Comes before Ink is loaded, because Ink decides about colour once.
  await import('../tui/colour.ts');
  const {openWizard} = await import('../tui/open.tsx');
  // To the screens Ctrl-C is a key.
  interrupts.ignored = true;
  const {own, choose} = choosable(invocation);
  const client = lazyClient(timeoutOf(options), async () =>
    (await import('../client/client.ts')).openClient(own, choose),
  );
  const running = openWizard(
    {client, given: {answers, target, password, opens, readOnly: isReadOnly(environment)}},
    {stdin, stdout, stderr},
  );
  signal.addEventListener('abort', running.unmount, {once: true});
  const exitSummary = await running.ended;
  if (!exitSummary) return signal.aborted ? 130 : 0;
  const paint = painter(lookOf(environment, stdout.isTTY === true, options['color'] === false));
  const lines = exitSummaryLines(exitSummary, paint, reachOf(own) ?? ((command) => command));
  printLines(stdout, lines);
  return exitCodeAfter(exitSummary);
}

/** What was given, where a flag takes precedence over the file. */
function targetOf(options: Invocation['options'], hints: TargetHints): TargetHints {
  const {release} = hints;
  const context = text(options['context']) ?? hints.context;
  const namespace = text(options['namespace']) ?? hints.namespace;
  return {...(context ? {context} : {}), ...(namespace ? {namespace} : {}), ...(release ? {release} : {})};
}

/** The screens may choose another cluster: what is done and said afterwards is about that one. */
function choosable(invocation: Invocation): {readonly own: Invocation; readonly choose: Choose} {
  const chosen: Record<string, unknown> = {...invocation.options};
  const around: Record<string, string | undefined> = {...invocation.environment};
  // The screens have a key for fetching helm, and no question may be asked beside them.
  const own: Invocation = {...invocation, options: chosen, environment: around};
  Reflect.deleteProperty(own, 'obtainHelm');
  const choose: Choose = {
    kubeconfig: (path) => void Object.assign(chosen, {kubeconfig: path.replace(/^~(?=\/)/, homedir()), sandbox: false}),
    async sandbox(onDoing) {
      const {inSandbox} = await import('./in-sandbox.ts');
      const there = await inSandbox(
        {...own, options: {...chosen, kubeconfig: undefined, context: undefined}},
        'wizard',
        onDoing,
      );
      Object.assign(chosen, there.options, {sandbox: true});
      Object.assign(around, there.environment);
    },
  };
  return {own, choose};
}

function exitCodeAfter({result, left}: ExitSummary): number {
  if (left) return exitCodes.detached;
  return result ? exitCodeOf(result.outcome, result.cause?.code ?? null) : exitCodes.ok;
}
