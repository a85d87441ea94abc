// Whether the release is still the one that a plan was made from. A person may read a plan for long, so this is asked
// after the answer, and again under the Lease.
import {cause, type Cause} from '../core/cause.ts';
import {operationNoun} from '../commands/operation-words.ts';
import {operationAtWork} from '../observation/checks/existing-release.ts';
import {object} from '../observation/checks/messages.ts';
import type {OperationRecord, ReleaseState, Revision, Snapshot, Target} from '../observation/snapshot.ts';
import type {MadeFrom, SeenClaim} from '../plan/progress.ts';
import type {HelmPort} from './ports/helm.ts';
import type {Scope} from './ports/index.ts';
import type {ObservationPort} from './ports/observation.ts';

type SeenRevision = MadeFrom['release']['revisions'][number];

/** By another look, right after the answer, before anything is taken. Null: it is as it was. */
export async function changedSinceAsked(
  planned: Pick<MadeFrom, 'release' | 'operation'>,
  ports: Pick<ObservationPort, 'look'> & Scope,
): Promise<Cause | null> {
  const now = await ports.look();
  return changeBetween(planned, now) ?? begunBetween(planned, now);
}

/** By helm's records alone, once the Lease is ours. Null: it is as it was. */
export async function changedSince(
  planned: Pick<MadeFrom, 'release'>,
  {revisions, target}: Pick<HelmPort, 'revisions'> & Scope,
): Promise<Cause | null> {
  return changeBetween(planned, {target, release: {revisions: await revisions()}});
}

/** Null: helm's newest revision is the one that the plan was made from. */
export function changeBetween(
  planned: Pick<MadeFrom, 'release'>,
  {release, target}: {readonly release: Pick<ReleaseState, 'revisions'>; readonly target: Target},
): Cause | null {
  // Where helm keeps no record of what is in force, its records say nothing.
  if (planned.release.hasRecord === false) return null;
  const latest = release.revisions.at(-1);
  return isSameRevision(planned.release.revisions.at(-1), latest) ? null : changedMeanwhile(target, latest);
}

/** Null: nobody has begun an operation since the plan was made. */
export function begunBetween(
  planned: Pick<MadeFrom, 'operation'>,
  {operation, target}: {readonly operation: OperationRecord | null; readonly target: Target},
): Cause | null {
  if (operation === null || isSame(planned.operation, operation)) return null;
  if (operation.holderIsAlive && !operation.isEstimate) return operationAtWork(operation, target);
  return changedRefusal(
    target,
    `Somebody began another operation on ${target.release} meanwhile (${operationNoun(operation.kind)}).`,
  );
}

/** A claim that is made again has another uid, and another volume. */
export function claimsChanged(
  {claims}: {readonly claims: readonly SeenClaim[]},
  {claims: now, target}: Pick<Snapshot, 'claims' | 'target'>,
): Cause | null {
  const fresh = now.find(({metadata}) => !claims.some((claim) => isSameClaim(claim.metadata, metadata)));
  if (!fresh) return null;
  const {name} = fresh.metadata;
  return cause('RELEASE_LOCKED', `The volume ${name} was made after the plan. Nothing was removed.`, {
    object: object('PersistentVolumeClaim', target, name),
    remedies: [{title: 'Run the same command again: its plan names what is there now', again: true}],
  });
}

function isSameClaim(a: SeenClaim['metadata'], b: SeenClaim['metadata']): boolean {
  return a.name === b.name && a.uid === b.uid;
}

/** A release that was removed and installed again begins at revision 1 once more: its time tells the two apart. */
function isSameRevision(before: SeenRevision | undefined, now: SeenRevision | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return before.revision === now.revision && before.updatedAt === now.updatedAt;
}

function isSame(before: MadeFrom['operation'], now: OperationRecord): boolean {
  return before?.kind === now.kind && before.startedAt === now.startedAt;
}

/** The refusal where the newest revision is another one than that which the plan was made from. */
function changedMeanwhile(target: Target, latest: Revision | undefined): Cause {
  const now = latest === undefined ? 'it is gone' : `it is at revision ${latest.revision} now`;
  return changedRefusal(target, `Somebody changed ${target.release} meanwhile: ${now}.`);
}

/** The refusal where what is there is not what was looked at. `what`: a sentence of what was found. */
export function changedRefusal(target: Pick<Target, 'namespace' | 'release'>, what: string): Cause {
  return cause('RELEASE_LOCKED', `${what} Nothing was changed.`, {
    object: {kind: 'Release', namespace: target.namespace, name: target.release},
    remedies: [{title: 'Run the same command again: it starts from what is there now', again: true}],
  });
}
