// Which revision a rollback goes to, and what of it can be wanted again.
import {badInput, cause, UserError} from '../cause.ts';
import {readBackDifferences} from '../chart/read-back.ts';
import {fromValues} from '../chart/values.ts';
import type {Api} from '../cluster/api.ts';
import {readHistory, readRevision} from '../cluster/releases.ts';
import {ours} from '../observation/checks/words.ts';
import type {Revision, Target} from '../observation/snapshot.ts';
import {ownershipRefusal} from '../operations/ownership.ts';
import {rollBack} from '../plan/rollback.ts';
import type {Edit} from './edits.ts';
import {notFound} from './session.ts';

/**
 * An upgrade with the old revision's values, adjusted, and its chart; never `helm rollback`. That would put back the
 * manifest as it was: a smaller disk in the StatefulSet, which
 * Kubernetes refuses for good, and whatever older versions of ours had not set yet; and it says nothing of the pods,
 * which stay broken.
 * @param asked null: the newest good one before the newest. @throws UserError RELEASE_NOT_FOUND, BAD_INPUT, NOT_OURS
 */
export async function rolledBack(api: Api, target: Target, asked: number | null): Promise<Edit> {
  const revisions = await readHistory(api, target);
  const newest = revisions.at(-1);
  if (!newest) throw notFound(target);
  const record = (revision: number) => readRevision(api, target, revision);
  // Before anything is said of the number: it may be a revision of somebody else's chart.
  const values = (await record(newest.revision))?.values ?? null;
  const foreign = await ownershipRefusal({target, release: {revisions, values}, holdsPostgres: false}, record);
  if (foreign) throw new UserError(foreign);
  const {revision, chartVersion} = chosen(revisions, asked, target);
  const opened = await record(revision);
  const old =
    opened && readBackDifferences(opened.values, target.fullname)?.length === 0 ? fromValues(opened.values) : null;
  if (!old) {
    throw new UserError(
      cause(
        'NOT_OURS',
        `Revision ${revision} of ${target.release} was not made by pg-helm-install: its values are not those that it writes, so what it wanted is not known.`,
        {
          object: {kind: 'Release', namespace: target.namespace, name: target.release},
          remedies: [{title: 'Name another revision', command: ours('history', target)}],
        },
      ),
    );
  }
  return {
    kind: 'rollback',
    parameters: (existing, _place, snapshot) => rollBack(revision, old, existing, snapshot).parameters,
    preface: (existing, snapshot) => rollBack(revision, old, existing, snapshot).preface,
    chartVersion,
    deleteVolumes: false,
    flags: [],
    words: [String(revision)],
    description: `Rollback to ${revision}`,
  };
}

function chosen(revisions: readonly Revision[], asked: number | null, target: Target): Revision {
  const listed = revisions.map(({revision}) => revision).join(', ');
  const remedy = {title: 'See what each one was', command: ours('history', target)};
  const found =
    asked === null
      ? revisions.slice(0, -1).findLast(({status}) => status === 'deployed' || status === 'superseded')
      : revisions.find(({revision}) => revision === asked);
  if (found) return found;
  throw badInput(
    asked === null
      ? `${target.release} has no earlier revision to go back to.`
      : `${target.release} has no revision ${asked} that helm still remembers. There are: ${listed}.`,
    [remedy],
  );
}
