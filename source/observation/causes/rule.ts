// What a rule is: one reason why a release does not get ready, looked for in one Snapshot.
import type {Cause} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';

export interface FoundCause {
  readonly cause: Cause;
  /** Waiting does not heal it: somebody has to change something. */
  readonly certain: boolean;
  /** Nothing more may be done to the release, because that could destroy what heals it. */
  readonly endsOperation?: true;
}

export type CauseRule = (snapshot: Snapshot) => FoundCause | null;
