// How a command ends that goes on until somebody stops it.
import {cause, type Cause} from '../core/cause.ts';
import {exitCodeOf, type Outcome} from '../core/outcome.ts';

/** Why something ended that a signal has stopped. */
export const stoppedOnRequest: Cause = cause('CANCELLED', 'Stopped on request.');

/** The exit code, and what the data says of the end; nothing where it ended by itself. */
export function endOfWatching({aborted}: Pick<AbortSignal, 'aborted'>): {
  readonly code: number;
  readonly said: {readonly outcome?: Outcome; readonly cause?: Cause};
} {
  if (!aborted) return {code: exitCodeOf('succeeded', null), said: {}};
  // Which signal it was is known to main.ts, which turns the code into that of SIGTERM.
  return {code: exitCodeOf('cancelled', null), said: {outcome: 'cancelled', cause: stoppedOnRequest}};
}
