// recover: goes on with what was interrupted, from what the release or the operation's Lease says was wanted.
import {begin} from '../client/requests/begin.ts';
import type {Run} from './command.ts';
import {ask, assertConfirmable} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {printLines} from './output/text/fit-lines.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession} from './session.ts';

export const runRecover: Run = async (invocation) => {
  assertConfirmable(invocation);
  const session = await openSession(invocation);
  const asking = async (question: string, facts: string | null) => {
    if (facts !== null) printLines(invocation.stdout, facts.split('\n'));
    return ask(invocation, question);
  };
  return runToEnd(
    invocation,
    begin(operationOf('recover', invocation), invocation, session, {
      dryRun: invocation.options['dryRun'] === true,
      password: null,
      signal: invocation.signal,
      ask: invocation.options['yes'] === true ? null : asking,
    }),
  );
};
