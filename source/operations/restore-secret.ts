// Before a change or an uninstall that was interrupted goes on, the Secret of the database gets back what it lacks.
import {cause, UserError, type Cause} from '../cause.ts';
import {fromValues} from '../chart/values.ts';
import {viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Ending} from './converge.ts';
import type {Progress, Result} from './progress.ts';
import {isEmpty, rescuePasswords, rescueSentences, writeRescued} from './rescue-secret.ts';
import {endOf, lockedBy, refused} from './result.ts';
import type {World} from './world.ts';

export interface RestoreRequest {
  /** The release as it was found. */
  readonly before: Snapshot;
  /** Says what is to be restored and asks; false leaves everything as it is. */
  readonly confirm: (sentence: string) => Promise<boolean>;
  /** What goes on afterwards, and needs no passwords to be prepared. */
  readonly rest: (isRestored: boolean) => Promise<AsyncGenerator<Progress, Result>>;
}

/**
 * Nothing else begins where a password that is missing can be found nowhere. It comes before a chart is pulled, say:
 * the files of the pods may not stay.
 */
export async function* restoreSecretFirst(
  {before, confirm, rest}: RestoreRequest,
  world: World,
): AsyncGenerator<Progress, Result> {
  const base = {operation: 'recover', target: world.target, began: world.now(), now: () => world.now(), warnings: []};
  const values = viewOf(before).newest ? before.release.values : null;
  const username = values ? fromValues(values)?.username : undefined;
  if (username === undefined || before.unreadable.includes('secrets')) return yield* await rest(false);
  const rescue = await rescuePasswords(world, {username, replaces: true});
  if ('code' in rescue) return refused({...base, cause: rescue});
  if (isEmpty(rescue)) return yield* await rest(false);
  if (before.operation?.holderIsAlive) return refused({...base, cause: lockedBy(before.operation, world.target)});
  if (!(await confirm(rescueSentences(world.target, rescue).plan)))
    return refused({...base, cause: cause('CANCELLED', 'Nothing was changed.')});
  const note = await writeRescued(world, rescue);
  let result: Result;
  try {
    result = yield* await rest(true);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    result = endOf({...base, outcome: 'failed', ending: failed(error.reason)});
  }
  const outcome = result.outcome === 'unchanged' ? 'succeeded' : result.outcome;
  return {...result, operation: 'recover', outcome, notes: [note, ...result.notes]};
}

/** What came after the Secret could not begin. */
function failed(why: Cause): Ending {
  return {how: 'failed', snapshot: null, cause: why, phases: [], notes: [], changed: true};
}
