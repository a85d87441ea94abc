// The request of an operation that shows what it will do before it does it.
import {propose} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {cause, type Cause} from '../core/cause.ts';
import {object} from '../observation/checks/messages.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Plan, Result} from '../plan/progress.ts';
import {causeIn, endOf, refused, type Beginning} from './result.ts';

export interface PlannedRequest {
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  /** The equivalent command, for the plan. */
  readonly command: string;
  /** Shows the plan to a person; false leaves everything as it is. Null: nobody is to be asked. */
  readonly confirm: ((plan: Plan) => Promise<boolean>) | null;
}

/**
 * The result where the operation ends at its plan: in a dry run, where somebody says no, or where the plan no longer
 * holds when they say yes. Null: it goes on.
 */
export async function endAtPlan(
  {dryRun, confirm}: Pick<PlannedRequest, 'dryRun' | 'confirm'>,
  plan: Plan,
  base: Beginning,
  whyChanged: () => Promise<Cause | null> = async () => null,
): Promise<Result | null> {
  if (dryRun) return endOf({...base, outcome: 'planned', plan});
  const no = await whyNotConfirmed(confirm, plan, whyChanged);
  return no && refused({...base, cause: no});
}

/**
 * Why the operation does not go on after the question. Null: it does.
 * @param whyChanged the cause where the release is not what the plan was made from any more
 */
export async function whyNotConfirmed(
  confirm: PlannedRequest['confirm'],
  plan: Plan,
  whyChanged: () => Promise<Cause | null>,
): Promise<Cause | null> {
  if (confirm === null) return null;
  if (!(await confirm(plan))) return cause('CANCELLED', 'Nothing was changed.');
  return whyChanged().catch(causeIn);
}

/** The refusal where what somebody agreed to finish is finished by now. */
export function finishedMeanwhile(target: Target, kind: 'switchover' | 'failover'): Cause {
  return cause('CANCELLED', `The ${kind} of ${target.release} was finished meanwhile. Nothing was changed.`, {
    object: object('Release', target, target.release),
    remedies: [propose('See what is there', {kind: 'status', ...releaseRef(target), watch: false})],
  });
}
