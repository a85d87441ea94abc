// A plan that is shown now and carried out later: what it was made from, and whether that is still so.
import type {Cause} from '../core/cause.ts';
import {changedSinceAsked} from '../operations/changed-meanwhile.ts';
import type {Plan, Progress, Result} from '../plan/progress.ts';
import {causeIn} from '../operations/result.ts';
import type {Session} from './session.ts';

/** The look begins before the plan is made: what changes in between makes the plan void, not wrong. */
export async function* withMadeFrom(
  {ports}: Pick<Session, 'ports'>,
  planning: AsyncGenerator<Progress, Result>,
): AsyncGenerator<Progress, Result> {
  const looked = ports.look().catch(() => null);
  const result = yield* planning;
  const seen = await looked;
  if (!result.plan || seen === null) return result;
  const {revisions, hasRecord} = seen.release;
  const newest = revisions.slice(-1).map(({revision, updatedAt}) => ({revision, updatedAt}));
  const operation = seen.operation && {kind: seen.operation.kind, startedAt: seen.operation.startedAt};
  const madeFrom = {release: {revisions: newest, ...(hasRecord === false ? {hasRecord} : {})}, operation};
  return {...result, plan: {...result.plan, madeFrom}};
}

/** Null: it is as it was, or nobody knows what it was. */
export async function changedSincePlanned(
  {madeFrom}: Pick<Plan, 'madeFrom'>,
  {ports}: Pick<Session, 'ports'>,
): Promise<Cause | null> {
  const changed = madeFrom ? await changedSinceAsked(madeFrom, ports).catch(causeIn) : null;
  return changed && {...changed, remedies: changed.remedies.map((one) => (one.again === true ? lookAgain : one))};
}

const lookAgain = {title: 'Go back and look at its plan again: it starts from what is there now'};
