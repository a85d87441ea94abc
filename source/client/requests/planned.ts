// A plan that is shown now and carried out later: what it was made from, and whether that is still so.
import {objectNames} from '../../chart/names.ts';
import type {Operation} from '../../commands/operation.ts';
import type {Cause} from '../../core/cause.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {begunBetween, changeBetween, claimsChanged} from '../../operations/changed-meanwhile.ts';
import {movedMeanwhile} from '../../operations/role/perform-switchover.ts';
import type {MadeFrom, Plan, Progress, Result} from '../../plan/progress.ts';
import {causeIn} from '../../operations/result.ts';
import type {Session} from '../session.ts';

/** The look begins before the plan is made: what changes in between makes the plan void, not wrong. */
export async function* withMadeFrom(
  {ports}: Pick<Session, 'ports'>,
  operation: Operation,
  planning: AsyncGenerator<Progress, Result>,
): AsyncGenerator<Progress, Result> {
  const looked = ports.look().catch(() => null);
  const result = yield* planning;
  const seen = await looked;
  if (!result.plan || seen === null) return result;
  const {revisions, hasRecord} = seen.release;
  const newest = revisions.slice(-1).map(({revision, updatedAt}) => ({revision, updatedAt}));
  const begun = seen.operation && {kind: seen.operation.kind, startedAt: seen.operation.startedAt};
  const release = {revisions: newest, ...(hasRecord === false ? {hasRecord} : {})};
  const madeFrom = {release, operation: begun, ...volumesOf(operation, seen)};
  return {...result, plan: {...result.plan, madeFrom}};
}

/** What an operation depends on that neither helm's revision nor an operation that is begun says. */
function volumesOf(operation: Operation, seen: Snapshot): Pick<MadeFrom, 'writerVolume' | 'claims'> {
  if (operation.kind === 'switchover') return {writerVolume: writerVolumeIn(seen)};
  if (operation.kind !== 'uninstall' || !operation.deleteData) return {};
  const claims = seen.claims.map(({metadata: {name, uid}}) => ({
    metadata: {name, ...(uid === undefined ? {} : {uid})},
  }));
  return {claims};
}

function writerVolumeIn({claims, target}: Snapshot): string | null {
  const {writerClaim} = objectNames(target);
  return claims.find(({metadata}) => metadata.name === writerClaim)?.spec.volumeName ?? null;
}

/** Null: it is as it was, or nobody knows what it was. */
export async function changedSincePlanned(
  {madeFrom}: Pick<Plan, 'madeFrom'>,
  {ports}: Pick<Session, 'ports'>,
): Promise<Cause | null> {
  const changed = madeFrom ? await changedSince(madeFrom, ports).catch(causeIn) : null;
  return changed && {...changed, remedies: changed.remedies.map((one) => (one.again === true ? lookAgain : one))};
}

async function changedSince(madeFrom: MadeFrom, ports: Session['ports']): Promise<Cause | null> {
  const now = await ports.look();
  const {writerVolume = null, claims} = madeFrom;
  return (
    changeBetween(madeFrom, now) ??
    begunBetween(madeFrom, now) ??
    (writerVolume === null || writerVolume === writerVolumeIn(now) ? null : movedMeanwhile(now.target)) ??
    (claims ? claimsChanged({claims}, now) : null)
  );
}

const lookAgain = {title: 'Go back and look at its plan again: it starts from what is there now'};
