// What the number of a remedy does. Pure.
import type {Cause, Remedy} from '../../../cause.ts';

/** `again`: ours to run. `copy`: its command goes to the clipboard. Null: it is for a person to do. */
export function remedyDoes({title, command}: Remedy, canRunAgain: boolean): 'again' | 'copy' | null {
  if (command !== undefined) return 'copy';
  return canRunAgain && /^(?:try again|run the same command again|wait longer: run the same command)/i.test(title) ? 'again' : null;
}

/** For the footer. */
export function remedyKeys(cause: Cause | undefined): readonly {readonly keys: string; readonly does: string}[] {
  const count = cause?.remedies.length ?? 0;
  return count === 0 ? [] : [{keys: count === 1 ? '1' : `1-${count}`, does: 'run or copy'}];
}
