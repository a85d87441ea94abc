// status: one look; with --watch the tracks that the operation shows in another terminal, to the same end.
import {reachableStatus} from '../client/reachable-commands.ts';
import {existingStatus, watchStatus} from '../client/status-now.ts';
import {statusExitCode} from '../client/status.ts';
import type {Run} from './command.ts';
import {statusLines} from './output/text/status-lines.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession, timeoutOf} from './session.ts';

export const runStatus: Run = async (invocation) => {
  const {options, signal, reporter, reach} = invocation;
  const session = await openSession(invocation);
  const {status, now} = await existingStatus(session);
  if (options['watch'] === true) return runToEnd(invocation, watchStatus(session, timeoutOf(options), signal));
  const told = reachableStatus(status, reach);
  reporter.tell({release: status.name, ...told}, () => statusLines(told, now, reach));
  return statusExitCode(status.state);
};
