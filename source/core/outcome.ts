// How the end of an operation becomes an exit code. Scripts rely on these numbers.
import type {CauseCode} from './cause.ts';

/** How an operation ends. */
export type Outcome = 'succeeded' | 'unchanged' | 'planned' | 'failed' | 'refused' | 'detached' | 'cancelled';

export const exitCodes = {ok: 0, failed: 1, badInput: 2, refused: 3, noAccess: 4, detached: 5, bug: 70} as const;

const noAccess: readonly CauseCode[] = ['CLUSTER_UNREACHABLE', 'CONNECTION_LOST', 'CREDENTIALS_EXPIRED', 'FORBIDDEN'];

/** `signal`: what stopped us, where the outcome is `cancelled`. */
export function exitCodeOf(
  outcome: Outcome,
  code: CauseCode | null,
  signal: 'SIGINT' | 'SIGTERM' | null = null,
): number {
  if (outcome === 'succeeded' || outcome === 'unchanged' || outcome === 'planned') return exitCodes.ok;
  if (outcome === 'cancelled') return signal === 'SIGTERM' ? 143 : 130;
  if (outcome === 'detached') return exitCodes.detached;
  if (code === 'BAD_INPUT') return exitCodes.badInput;
  if (code !== null && noAccess.includes(code)) return exitCodes.noAccess;
  return outcome === 'refused' ? exitCodes.refused : exitCodes.failed;
}

/** Whether nothing is left to do. A plan whose files were written is what was asked for. */
export function isGoodEnd(
  end: {readonly outcome: Outcome; readonly files?: readonly unknown[] | undefined} | null,
): boolean {
  if (end?.outcome === 'planned') return end.files !== undefined;
  return end?.outcome === 'succeeded' || end?.outcome === 'unchanged';
}
