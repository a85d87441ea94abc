// install: makes one request from flags, environment and answers file.
import {badInput} from '../core/cause.ts';
import {begin} from '../client/requests/begin.ts';
import {extraValuesFiles, mergeAnswers, type Answers} from '../parameters/answers.ts';
import type {AnswersFile, serializeAnswersFile} from '../parameters/answers-file.ts';
import {releaseNameProblem} from '../parameters/identifiers.ts';
import type {Invocation, Run} from './command.ts';
import {confirmPlan, assertConfirmable} from './confirm.ts';
import {runToEnd} from './run-to-end.ts';
import {readAnswers, readGiven} from './given.ts';
import {readPassword} from './password.ts';
import {saveFile} from '../client/save-file.ts';
import {openSession, text} from './session.ts';

export const runInstall: Run = async (invocation) => {
  const {options} = invocation;
  assertConfirmable(invocation);
  const file = text(options['answers']) === null ? null : await readAnswers(String(options['answers']));
  const answers = mergeAnswers(await readGiven(invocation), file?.answers ?? {});
  // A wrong duration is refused before anybody is asked for anything.
  const password = await readPassword(invocation);
  const name = invocation.release ?? file?.target.release ?? null;
  const problem = name === null ? null : releaseNameProblem(name);
  if (problem) throw badInput(`The release name ${name}: ${problem}`);

  return installAnswered(invocation, {answers, password, file});
};

interface Answered {
  readonly answers: Answers;
  /** Null: generated. */
  readonly password: string | null;
  /** Absent or null: the answers came from elsewhere. */
  readonly file?: AnswersFile | null;
}

/** Shows the plan, asks, installs and proves. @returns the exit code */
export async function installAnswered(
  invocation: Invocation,
  {answers, password, file = null}: Answered,
): Promise<number> {
  const {options} = invocation;
  const session = await openSession(invocation, file?.target ?? {});
  const {context, namespace, release} = session.target;
  const place = {context, namespace, release};
  const steps = begin(
    {kind: 'install', ...place, answers, valuesFile: extraValuesFiles(options, {})},
    invocation,
    session,
    {
      dryRun: options['dryRun'] === true,
      password,
      signal: invocation.signal,
      ...(file ? {chartOfFile: file.chart} : {}),
      confirm: confirmPlan(invocation, `Install ${release} into ${namespace} on ${context}?`),
      async onResolved(parameters, chart) {
        const to = text(options['saveAnswers']);
        if (to !== null) await saveAnswers(to, {target: place, chart, parameters});
      },
    },
  );
  return runToEnd(invocation, steps);
}

async function saveAnswers(path: string, resolved: Parameters<typeof serializeAnswersFile>[0]): Promise<void> {
  const {serializeAnswersFile: serialize} = await import('../parameters/answers-file.ts');
  await saveFile('--save-answers', path, serialize(resolved));
}
