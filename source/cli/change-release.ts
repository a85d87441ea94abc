// A change of a release from the command line: what it means is shown, and asked about.
import {deletesData, type OperationOf} from '../commands/operation.ts';
import type {ChangeKind} from '../observation/snapshot.ts';
import {begin} from '../client/begin.ts';
import type {Invocation} from './command.ts';
import {confirmPlan, mayAsk} from './confirm.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession, text, timeoutOf} from './session.ts';

/** What a question begins with. */
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
export async function changeRelease(invocation: Invocation, operation: OperationOf<ChangeKind>): Promise<number> {
  const {options, signal} = invocation;
  mayAsk(invocation);
  timeoutOf(options);
  const session = await openSession(invocation);
  const {release, namespace, context} = session.target;
  const steps = begin(operation, invocation, session, {
    dryRun: options['dryRun'] === true,
    password: null,
    signal,
    // A path that is named has one version of the chart: that is the one which is meant.
    anyChartVersion: text(options['chart']) !== null,
    confirm: confirmPlan(
      invocation,
      `${words[operation.kind]} ${release} in ${namespace} on ${context}?`,
      deletesData(operation) && text(options['confirm']) === null ? release : null,
    ),
  });
  return runToEnd(invocation, steps);
}
