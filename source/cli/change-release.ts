// A change of a release from the command line: what it means is shown, and asked about.
import {deletesData} from '../commands/operation.ts';
import type {ChangeKind} from '../observation/snapshot.ts';
import {change} from '../operations/change.ts';
import {changeRequest} from '../client/change-request.ts';
import type {Edit} from '../client/edits.ts';
import type {Invocation} from './command.ts';
import {ask, mayAsk, typedName} from './confirm.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession, text, timeoutOf, type Session} from './session.ts';

/** What a question begins with. */
const words: Readonly<Record<ChangeKind, string>> = {
  scale: 'Scale',
  upgrade: 'Upgrade',
  resize: 'Resize',
  set: 'Change',
  restart: 'Restart',
  rollback: 'Roll back',
};

/** @returns the exit code */
export async function changeRelease(
  invocation: Invocation,
  editOf: (session: Session) => Promise<Edit>,
): Promise<number> {
  const {options} = invocation;
  mayAsk(invocation);
  timeoutOf(options);
  const session = await openSession(invocation);
  const {target} = session;
  const edit = await editOf(session);
  const request = await changeRequest(invocation, session, edit, {
    dryRun: options['dryRun'] === true,
    confirm:
      options['yes'] === true
        ? null
        : async (plan) => {
            invocation.reporter.plan(plan);
            return deletesData(edit.asked) && text(options['confirm']) === null
              ? typedName(invocation, target.release)
              : ask(
                  invocation,
                  `${words[edit.asked.kind]} ${target.release} in ${target.namespace} on ${target.context}?`,
                );
          },
  });
  return runToEnd(invocation, change(request, session.ports, invocation.signal));
}
