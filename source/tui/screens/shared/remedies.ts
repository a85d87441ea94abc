// What the number of a remedy does.
import {createContext, useContext} from 'react';
import type {Cause, Remedy} from '../../../core/cause.ts';
import {deletesData, isOperation, type Operation} from '../../../commands/operation.ts';
import type {Hint} from '../../components/Footer.tsx';

/** Carries out an operation and shows how it goes; null where none can be run. */
export const RunContext = createContext<((operation: Operation) => void) | null>(null);

export type RemedyDoes =
  | {readonly kind: 'again'}
  | {readonly kind: 'run'; readonly operation: Operation}
  | {readonly kind: 'copy'; readonly text: string};

/**
 * `again`: what was done last, once more. `run`: an operation that goes on with a release or changes it and loses
 * nothing; a rollback, a failover and an adoption are shown first.
 * `copy`: its command goes to the clipboard. Null: it is for a person to do.
 */
export function remedyDoes(
  {command, action, again}: Remedy,
  {canRun, canRunAgain}: {readonly canRun: boolean; readonly canRunAgain: boolean},
): RemedyDoes | null {
  if (canRun && action && isOperation(action) && runs(action)) return {kind: 'run', operation: action};
  if (command !== undefined) return {kind: 'copy', text: command};
  return canRunAgain && again ? {kind: 'again'} : null;
}

/** Not the other kinds: `install` and `uninstall` have a screen that asks, and a `set` is pasted by the operator. */
function runs(operation: Operation): boolean {
  const isShownFirst = ['rollback', 'failover', 'adopt'].includes(operation.kind);
  const goesOn = ['recover', 'scale', 'upgrade', 'resize', 'restart'].includes(operation.kind);
  return isShownFirst || (goesOn && !deletesData(operation));
}

/** The numbers of the remedies by what they do, for the footer. */
export function useRemedyKeys(cause: Cause | undefined, canRunAgain: boolean): readonly Hint[] {
  const canRun = useContext(RunContext) !== null;
  const does = (cause?.remedies ?? []).slice(0, 9).map((remedy) => remedyDoes(remedy, {canRun, canRunAgain}));
  const numbers = (...kinds: readonly RemedyDoes['kind'][]) =>
    does.flatMap((one, index) => (one && kinds.includes(one.kind) ? [String(index + 1)] : [])).join(' ');
  const hint = (keys: string, what: string) => (keys === '' ? [] : [{keys, does: what}]);
  return [...hint(numbers('run', 'again'), 'run'), ...hint(numbers('copy'), 'copy')];
}
