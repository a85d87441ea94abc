// status: one look; with --watch the tracks that the operation shows in another terminal, to the same end.
import {reachableStatus} from '../client/reach.ts';
import {statusOf, statusExitCode, type Status} from '../client/status.ts';
import {clusterTimeOf} from '../observation/cluster-time.ts';
import {watchRelease} from '../operations/watch.ts';
import {statusLines} from './output/text/status-lines.ts';
import type {Invocation, Run} from './command.ts';
import {runToEnd} from './run-to-end.ts';
import {requireRelease, notFound, openSession, timeoutOf} from './session.ts';

export const runStatus: Run = async (invocation) => {
  const session = await openSession(invocation);
  const snapshot = await session.ports.look();
  const status = statusOf(snapshot);
  if (!status) {
    requireRelease(snapshot);
    throw notFound(session.target);
  }
  if (invocation.options['watch'] === true) {
    const deadline = session.ports.now() + timeoutOf(invocation.options);
    return runToEnd(invocation, watchRelease(session.ports, deadline, invocation.signal));
  }
  show(invocation, status, clusterTimeOf(snapshot));
  return statusExitCode(status.state);
};

function show({reporter, reach}: Invocation, status: Status, now: number): void {
  const told = reachableStatus(status, reach);
  reporter.tell({release: status.name, ...told}, () => statusLines(told, now, reach));
}
