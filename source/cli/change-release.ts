// A change of a release from the command line: shows what the change means, and asks before it begins.
import {deletesData, type OperationOf} from '../commands/operation.ts';
import type {ChangeKind} from '../observation/snapshot.ts';
import {begin, type BeginOptions} from '../client/requests/begin.ts';
import type {Invocation} from './command.ts';
import {confirmPlan, assertConfirmable} from './confirm.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession, text} from './session.ts';

/** The first word of the question to the operator. */
const words: Readonly<Record<ChangeKind, string>> = {
  scale: 'Scale',
  upgrade: 'Upgrade',
  resize: 'Resize',
  set: 'Change',
  restart: 'Restart',
  rollback: 'Roll back',
  adopt: 'Adopt',
};

/** @returns the exit code */
export async function changeRelease(
  invocation: Invocation,
  operation: OperationOf<ChangeKind>,
  more: Pick<BeginOptions, 'askMemory'> = {},
): Promise<number> {
  const {options, signal} = invocation;
  assertConfirmable(invocation);
  const session = await openSession(invocation);
  const {release, namespace, context} = session.target;
  const steps = begin(operation, invocation, session, {
    ...more,
    dryRun: options['dryRun'] === true,
    password: null,
    signal,
    // A chart that is named by its path exists in one version only, so any version is allowed.
    anyChartVersion: text(options['chart']) !== null,
    confirm: confirmPlan(
      invocation,
      `${words[operation.kind]} ${release} in ${namespace} on ${context}?`,
      deletesData(operation) && text(options['confirm']) === null ? release : null,
    ),
  });
  return runToEnd(invocation, steps);
}
