// status: one look, or with --watch the same tracks as the operation in another terminal, to the same end.
import {statusOf, statusExitCode, type Status} from '../client/status.ts';
import {watchRelease} from '../operations/watch.ts';
import {statusLines} from './output/text/status-lines.ts';
import type {Invocation, Run} from './command.ts';
import {drive} from './drive.ts';
import {mustExist, notFound, openSession, timeoutOf} from './session.ts';

export const runStatus: Run = async (invocation) => {
  const session = await openSession(invocation);
  const snapshot = await session.world.look();
  const status = statusOf(snapshot);
  if (!status) {
    mustExist(snapshot);
    throw notFound(session.target);
  }
  if (invocation.options['watch'] === true) {
    const deadline = session.world.now() + timeoutOf(invocation.options);
    return drive(invocation, watchRelease(session.world, deadline, invocation.signal));
  }
  show(invocation, status);
  return statusExitCode(status.state);
};

function show({face, reach}: Invocation, status: Status): void {
  face.answer({release: status.name, ...status}, () => statusLines(status, reach));
}
