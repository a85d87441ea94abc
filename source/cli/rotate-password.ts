// rotate-password: new passwords in the server and in the Secret, while it serves.
import {mustBeAscii, mustTakePassword, rotationRequest} from '../client/rotation-request.ts';
import {rotatePasswords} from '../operations/rotate-passwords.ts';
import type {Run} from './command.ts';
import {ask, mayAsk} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {readPassword} from './password.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession, text, timeoutOf} from './session.ts';

export const runRotatePassword: Run = async (invocation) => {
  const {options, signal, reporter} = invocation;
  const {role} = operationOf('rotate-password', invocation);
  mayAsk(invocation);
  timeoutOf(options);
  if (text(options['passwordFile']) !== null || options['passwordStdin'] === true) mustTakePassword(role);
  // PGHI_PASSWORD is that of an install.
  const password = await readPassword({...invocation, environmentPassword: null});
  if (password !== null) mustBeAscii(password);
  const session = await openSession(invocation);
  const {target, ports} = session;
  const request = await rotationRequest(
    invocation,
    session,
    {role, password},
    {
      dryRun: options['dryRun'] === true,
      confirm:
        options['yes'] === true
          ? null
          : (plan) => {
              reporter.plan(plan);
              return ask(
                invocation,
                `Change these passwords of ${target.release} in ${target.namespace} on ${target.context}?`,
              );
            },
    },
  );
  return runToEnd(invocation, rotatePasswords(request, ports, signal));
};
