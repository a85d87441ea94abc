// switchover: the writer's role moves to a reader, by exchanging their volumes.
import {begin} from '../client/requests/begin.ts';
import type {Run} from './command.ts';
import {confirmPlan, assertConfirmable} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession} from './session.ts';

export const runSwitchover: Run = async (invocation) => {
  const {options, signal} = invocation;
  const asked = operationOf('switchover', invocation);
  assertConfirmable(invocation);
  const session = await openSession(invocation, {}, {needsHelm: false});
  const {target} = session;
  const steps = begin({...asked, ...target}, invocation, session, {
    dryRun: options['dryRun'] === true,
    password: null,
    signal,
    confirm: confirmPlan(
      invocation,
      `Move the writer of ${target.release} in ${target.namespace} on ${target.context}?`,
    ),
  });
  return runToEnd(invocation, steps);
};
