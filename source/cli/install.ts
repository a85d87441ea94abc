// install: makes one request from flags, environment and answers file.
import {badInput} from '../core/cause.ts';
import {install} from '../operations/install.ts';
import {mergeAnswers, type Answers} from '../parameters/answers.ts';
import type {AnswersFile} from '../parameters/answers-file.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {releaseNameProblem} from '../parameters/identifiers.ts';
import {findChart, installRequest} from '../client/install-request.ts';
import type {Invocation, Run} from './command.ts';
import {confirmPlan, assertConfirmable} from './confirm.ts';
import {runToEnd} from './run-to-end.ts';
import {readAnswers, readGiven} from './given.ts';
import {readPassword} from './password.ts';
import {saveFile} from '../client/save-file.ts';
import {openSession, text, timeoutOf, type Session} from './session.ts';

export const runInstall: Run = async (invocation) => {
  const {options} = invocation;
  assertConfirmable(invocation);
  const file = text(options['answers']) === null ? null : await readAnswers(String(options['answers']));
  const answers = mergeAnswers(await readGiven(invocation), file?.answers ?? {});
  // A wrong duration is refused before anybody is asked for anything.
  timeoutOf(options);
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
  const chart = await findChart(invocation, session.helmProgram, file?.chart);
  return runToEnd(
    invocation,
    install(
      {
        ...installRequest({
          ...{settings: invocation, target: session.target, answers, chart, password},
          dryRun: options['dryRun'] === true,
        }),
        confirm: confirmPlan(
          invocation,
          `Install ${session.target.release} into ${session.target.namespace} on ${session.target.context}?`,
        ),
        onResolved: async (parameters) => {
          const to = text(options['saveAnswers']);
          if (to !== null) await saveAnswers(to, session, {source: chart.source, version: chart.version}, parameters);
        },
      },
      session.ports,
      invocation.signal,
    ),
  );
}

async function saveAnswers(
  path: string,
  {target}: Session,
  chart: {source: string; version: string},
  parameters: Parameters,
): Promise<void> {
  const {serializeAnswersFile} = await import('../parameters/answers-file.ts');
  const {context, namespace, release} = target;
  await saveFile(
    '--save-answers',
    path,
    serializeAnswersFile({target: {context, namespace, release}, chart, parameters}),
  );
}
