// Real operations on the release of the demo.
import {begin} from '../../client/requests/begin.ts';
import {render} from '../../commands/command-line.ts';
import type {RequestOf, Operation, OperationKind} from '../../commands/operation.ts';
import {UserError, cause} from '../../core/cause.ts';
import type {Plan, Result} from '../../plan/progress.ts';
import type {Invocation} from '../command.ts';
import type {Session} from '../session.ts';
import type {LiveLine} from './live-line.ts';

export const release = 'demo';
export const namespace = 'demo';

function operationOf(asked: RequestOf<OperationKind>, {target: {context}}: Pick<Session, 'target'>): Operation {
  return {...asked, release, namespace, context};
}

export function commandOf(asked: RequestOf<OperationKind>, session: Pick<Session, 'target'>): string {
  return render(operationOf(asked, session), {kubeconfig: null, sandbox: true});
}

interface How {
  readonly between: LiveLine['between'];
  /** Called with the plan; null: nobody reads one. */
  readonly confirm: ((plan: Plan) => Promise<boolean>) | null;
}

/** Runs an operation to its end. @throws UserError with the cause of one that did not end well */
export async function toEnd(
  invocation: Invocation,
  session: Session,
  asked: RequestOf<OperationKind>,
  {between, confirm}: How,
): Promise<Result> {
  const {signal, reporter} = invocation;
  const how = {dryRun: false, password: null, confirm, signal};
  const running = begin(operationOf(asked, session), invocation, session, how);
  for (;;) {
    const step = await running.next();
    if (!step.done) {
      between(() => reporter.progress(step.value));
      continue;
    }
    const {outcome, cause: reason} = step.value;
    if (['succeeded', 'unchanged'].includes(outcome)) return step.value;
    throw new UserError(reason ?? cause('CANCELLED', 'The demo was stopped.'));
  }
}
