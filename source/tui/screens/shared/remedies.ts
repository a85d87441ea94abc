// What the number of a remedy does.
import {createContext, useContext} from 'react';
import type {Cause, Remedy} from '../../../core/cause.ts';
import type {Hint} from '../../components/Footer.tsx';

/** Carries out a command of this program and shows how it goes; null where none can be run. */
export const RunContext = createContext<((command: string) => void) | null>(null);

export type RemedyDoes = 'again' | 'run' | 'copy' | null;

/**
 * `again`: what was done last, once more. `run`: a command of ours that goes on with a release or changes it and loses
 * nothing; a rollback is shown first.
 * `copy`: its command goes to the clipboard. Null: it is for a person to do.
 */
export function remedyDoes(
  {title, command}: Remedy,
  {canRun, canRunAgain}: {readonly canRun: boolean; readonly canRunAgain: boolean},
): RemedyDoes {
  if (command !== undefined) return canRun && isOurs(command) ? 'run' : 'copy';
  return canRunAgain &&
    /^(?:try again|run the same command again|run the same again|wait longer: run the same command)/i.test(title)
    ? 'again'
    : null;
}

/** Without placeholders to be filled in, and without anything that deletes. */
function isOurs(command: string): boolean {
  return (
    /^pg-helm-install (recover|scale|upgrade|resize|restart|rollback) /.test(command) &&
    !/ --(delete|confirm)|&&| [A-Z]{2,}( |$)/.test(command)
  );
}

/**
 * Where a command goes back to, which is shown before it is done; a null revision is the newest one. Null: it is no way
 * back.
 */
export function rollbackOf(command: string): {readonly revision: number | null} | null {
  if (!command.startsWith('pg-helm-install rollback ')) return null;
  const revision = /(?<! -n| --context) (\d+)$/.exec(command)?.[1];
  return {revision: revision === undefined ? null : Number(revision)};
}

/** For the footer: the numbers, by what they do. */
export function useRemedyKeys(cause: Cause | undefined, canRunAgain: boolean): readonly Hint[] {
  const canRun = useContext(RunContext) !== null;
  const does = (cause?.remedies ?? []).slice(0, 9).map((remedy) => remedyDoes(remedy, {canRun, canRunAgain}));
  const numbers = (...of: readonly RemedyDoes[]) =>
    does.flatMap((one, index) => (of.includes(one) ? [String(index + 1)] : [])).join(' ');
  const hint = (keys: string, what: string) => (keys === '' ? [] : [{keys, does: what}]);
  return [...hint(numbers('run', 'again'), 'run'), ...hint(numbers('copy'), 'copy')];
}
