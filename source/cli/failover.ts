// failover: a reader becomes the writer in place of one that is lost.
import {begin} from '../client/requests/begin.ts';
import {clock} from '../core/time.ts';
import type {Run} from './command.ts';
import {confirmPlan, assertConfirmable, nameAgain} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession} from './session.ts';

export const runFailover: Run = async (invocation) => {
  const {options, signal} = invocation;
  const {to, nodeIsOff} = operationOf('failover', invocation);
  assertConfirmable(invocation);
  const confirmed = nameAgain(invocation, 'failover gives up what the lost writer did not send,');
  const session = await openSession(invocation, {}, {needsHelm: false});
  const {target} = session;
  const question = `Make a reader of ${target.release} in ${target.namespace} on ${target.context} its writer?`;
  const steps = begin({kind: 'failover', ...target, to, nodeIsOff}, invocation, session, {
    dryRun: options['dryRun'] === true,
    password: null,
    askedAt: clock.began,
    signal,
    confirm: confirmPlan(
      invocation,
      question,
      confirmed === null ? target.release : null,
      'What the earlier writer did not send is lost.',
    ),
  });
  return runToEnd(invocation, steps);
};
