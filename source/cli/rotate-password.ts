// rotate-password: new passwords in the server and in the Secret, while the database serves.
import {begin} from '../client/requests/begin.ts';
import {assertAscii, assertTakesPassword} from '../client/requests/rotation-request.ts';
import type {Run} from './command.ts';
import {confirmPlan, assertConfirmable} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {readPassword} from './password.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession, text} from './session.ts';

export const runRotatePassword: Run = async (invocation) => {
  const {options, signal} = invocation;
  const {role} = operationOf('rotate-password', invocation);
  assertConfirmable(invocation);
  if (text(options['passwordFile']) !== null || options['passwordStdin'] === true) assertTakesPassword(role);
  // PGHI_PASSWORD is the password of an install, and is not read here.
  const password = await readPassword({...invocation, environmentPassword: null});
  if (password !== null) assertAscii(password);
  const session = await openSession(invocation);
  const {target} = session;
  const steps = begin({kind: 'rotate-password', ...target, role}, invocation, session, {
    dryRun: options['dryRun'] === true,
    password,
    signal,
    confirm: confirmPlan(
      invocation,
      `Change these passwords of ${target.release} in ${target.namespace} on ${target.context}?`,
    ),
  });
  return runToEnd(invocation, steps);
};
