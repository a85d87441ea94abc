// status: one look; with --watch the tracks that the operation shows in another terminal, to the same end.
import {reachableStatus} from '../client/reachable-commands.ts';
import {existingStatus, watchStatus} from '../client/questions/status-now.ts';
import {statusExitCode} from '../client/questions/status.ts';
import type {Progress, Result} from '../plan/progress.ts';
import type {Run} from './command.ts';
import {statusLines} from './output/text/status-lines.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession, timeoutOf} from './session.ts';

export const runStatus: Run = async (invocation) => {
  const {options, signal, reporter, reach} = invocation;
  const session = await openSession(invocation);
  const {status, now} = await existingStatus(session);
  if (options['watch'] === true)
    return runToEnd(invocation, watched(watchStatus(session, timeoutOf(options), signal), reach));
  const told = reachableStatus(status, reach);
  reporter.tell({release: status.name, ...told}, () => statusLines(told, now, reach));
  return statusExitCode(status.state);
};

/** The same data as without --watch, and beside it how the watch ended. */
async function* watched(
  watching: ReturnType<typeof watchStatus>,
  reach: (command: string) => string,
): AsyncGenerator<Progress, Result> {
  const {result, status} = yield* watching;
  // `operation` is the command's name here, as in every result; a reporter prints fields that it does not know.
  return status ? ({...reachableStatus(status, reach), ...result} as Result) : result;
}
