// What every operation is asked that shows what it will do before it does it.
import type {Plan} from './progress.ts';

export interface PlannedRequest {
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  /** The equivalent command, for the plan. */
  readonly command: string;
  /** Shows the plan to a person; false leaves everything as it is. Null: nobody is to be asked. */
  readonly confirm: ((plan: Plan) => Promise<boolean>) | null;
}
