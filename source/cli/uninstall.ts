// uninstall: the release goes; what stays is named, with its size.
import {badInput} from '../core/cause.ts';
import {leftByHelm} from '../operations/steps/left-objects.ts';
import {begin} from '../client/begin.ts';
import {dumpPath} from '../client/dump-path.ts';
import type {Run} from './command.ts';
import {ask, mayAsk, typedName} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {runToEnd} from './run-to-end.ts';
import {mustExist, openSession, text, timeoutOf} from './session.ts';

export const runUninstall: Run = async (invocation) => {
  const {options, release} = invocation;
  const operation = operationOf('uninstall', invocation);
  const {deleteData} = operation;
  const dryRun = options['dryRun'] === true;
  const confirmed = text(options['confirm']);
  // A path that cannot be is refused before the cluster is asked.
  dumpPath(operation.dumpTo);
  mayAsk(invocation);
  if (confirmed !== null && confirmed !== release)
    throw badInput(`--confirm: "${confirmed}" is not the release's name.`);
  if (deleteData && options['yes'] === true && confirmed === null && !dryRun) {
    throw badInput(
      `--delete-data deletes the volumes for good. With --yes, name the release again: --confirm ${release ?? 'NAME'}`,
    );
  }
  timeoutOf(options);
  const session = await openSession(invocation);
  const {target, ports} = session;
  // What an earlier uninstall left can still be deleted when the release itself is gone; one that was interrupted goes
  // on.
  const before = await ports.look();
  if (!deleteData && !before.operation && (await leftByHelm(ports, before)).length === 0) mustExist(before);
  const steps = begin(operation, invocation, session, {
    dryRun,
    password: null,
    signal: invocation.signal,
    confirm: async (plan) => {
      if (options['yes'] === true) return true;
      invocation.reporter.plan(plan);
      return deleteData && confirmed === null
        ? typedName(invocation, target.release)
        : ask(invocation, `Uninstall ${target.release} from ${target.namespace} on ${target.context}?`);
    },
  });
  return runToEnd(invocation, steps);
};
