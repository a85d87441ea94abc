// The request of an operation that shows what it will do before it does it.
import {cause} from '../core/cause.ts';
import type {Plan, Result} from '../plan/progress.ts';
import {endOf, refused, type Beginning} from './result.ts';

export interface PlannedRequest {
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  /** The equivalent command, for the plan. */
  readonly command: string;
  /** Shows the plan to a person; false leaves everything as it is. Null: nobody is to be asked. */
  readonly confirm: ((plan: Plan) => Promise<boolean>) | null;
}

/** The result where the operation ends at its plan, in a dry run or because somebody says no. Null: it goes on. */
export async function endAtPlan(
  {dryRun, confirm}: Pick<PlannedRequest, 'dryRun' | 'confirm'>,
  plan: Plan,
  base: Beginning,
): Promise<Result | null> {
  if (dryRun) return endOf({...base, outcome: 'planned', plan});
  if (confirm === null || (await confirm(plan))) return null;
  return refused({...base, cause: cause('CANCELLED', 'Nothing was changed.')});
}
