// uninstall: removes the release; what stays is named, with its size.
import {leftByHelm} from '../operations/steps/left-objects.ts';
import {begin} from '../client/begin.ts';
import {isLeftByUs} from '../observation/ownership.ts';
import {dumpPath} from '../client/dump-path.ts';
import type {Run} from './command.ts';
import {confirmPlan, assertConfirmable, nameAgain} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {runToEnd} from './run-to-end.ts';
import {requireRelease, openSession, timeoutOf} from './session.ts';

export const runUninstall: Run = async (invocation) => {
  const {options} = invocation;
  const operation = operationOf('uninstall', invocation);
  const {deleteData} = operation;
  // An impossible path is refused before the cluster is asked.
  dumpPath(operation.dumpTo);
  assertConfirmable(invocation);
  const confirmed = nameAgain(invocation, deleteData ? '--delete-data deletes the volumes' : null);
  timeoutOf(options);
  const session = await openSession(invocation);
  const {target, ports} = session;
  // A release that is gone is no error where an earlier uninstall left something. Its leftovers can still be deleted,
  // an interrupted uninstall goes on, and one that ended but was killed before it said so is done.
  const before = await ports.look();
  if (!deleteData && !isLeftByUs(before) && (await leftByHelm(ports, before)).length === 0) requireRelease(before);
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
