// What a check is: it looks at the place and at what is wanted, and says what stands in the way.
import {cause, type Cause, type CauseCode, type Warning, type WarningCode} from '../../core/cause.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {Target} from '../snapshot.ts';
import type {Survey} from '../survey.ts';

export interface CheckContext {
  readonly parameters: Parameters;
  readonly target: Target;
  /** Read back from the release's values; null when there is no release, or it is not ours. */
  readonly existing: Parameters | null;
  readonly chart: {readonly source: string; readonly version: string};
}

/** What only the checks of an install are given. */
export interface InstallContext extends CheckContext {
  /** What the operator said, as opposed to what was filled in. */
  readonly explicit: ReadonlySet<keyof Parameters>;
  readonly requireEncryption: boolean;
  readonly passwordGiven: boolean;
}

export type Finding =
  {readonly severity: 'refuse'; readonly cause: Cause} | {readonly severity: 'warn'; readonly warning: Warning};

/** Empty: nothing stands in the way. */
export type CheckRule<Context = CheckContext> = (survey: Survey, desired: Context) => readonly Finding[];

export function refuse(code: CauseCode, message: string, rest: Partial<Omit<Cause, 'code' | 'message'>> = {}): Finding {
  return {severity: 'refuse', cause: cause(code, message, rest)};
}

export function warn(code: WarningCode, message: string): Finding {
  return {severity: 'warn', warning: {code, message}};
}
