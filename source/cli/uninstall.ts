// uninstall: removes the release; what stays is named, with its size.
import {begin} from '../client/requests/begin.ts';
import {dumpPath} from '../client/dump-path.ts';
import {assertRemovable} from '../client/questions/removable.ts';
import type {Run} from './command.ts';
import {confirmPlan, assertConfirmable, nameAgain} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession} from './session.ts';

export const runUninstall: Run = async (invocation) => {
  const {options} = invocation;
  const operation = operationOf('uninstall', invocation);
  const {deleteData} = operation;
  // An impossible path is refused before the cluster is asked.
  dumpPath(operation.dumpTo);
  assertConfirmable(invocation);
  const confirmed = nameAgain(invocation, deleteData ? '--delete-data deletes the volumes' : null);
  const session = await openSession(invocation);
  const {target} = session;
  await assertRemovable(session, operation);
  const steps = begin(operation, invocation, session, {
    dryRun: options['dryRun'] === true,
    password: null,
    signal: invocation.signal,
    confirm: confirmPlan(
      invocation,
      `Uninstall ${target.release} from ${target.namespace} on ${target.context}?`,
      deleteData && confirmed === null ? target.release : null,
    ),
  });
  return runToEnd(invocation, steps);
};
