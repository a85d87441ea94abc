// The revisions that helm still remembers of a release, the moves of its writer's role, and the way back from an
// adoption.
import {readCredentials} from '../../cluster/credentials.ts';
import {ifAllowed} from '../../cluster/readable.ts';
import {readHistory} from '../../cluster/releases.ts';
import {readSnapshot} from '../../cluster/snapshot.ts';
import type {Remedy} from '../../core/cause.ts';
import {plain} from '../../observation/text/plain-text.ts';
import {notFound} from './existing-release.ts';
import {unfinishedRollback} from '../requests/rollback-edit.ts';
import type {ReleaseAccess} from '../session.ts';
import type {EarlierRevision, History} from '../types.ts';
import {adoptedFrom, wayBackIn} from '../requests/way-back.ts';

/**
 * Without revisions for a release of which helm has no record here, as of one that Argo CD applies.
 * @throws UserError RELEASE_NOT_FOUND where nothing of it is there
 */
export async function historyOf({connection, target}: ReleaseAccess): Promise<History> {
  const {api} = connection;
  const [revisions, secret] = await Promise.all([readHistory(api, target), ifAllowed(readCredentials(api, target))]);
  if (revisions.length === 0) {
    const {snapshot} = await readSnapshot(connection, target);
    if (snapshot.statefulSets.length === 0) throw notFound(target);
  }
  const adopted = await adoptedFrom(api, target, revisions);
  return {revisions, roleMoves: secret?.roleMoves ?? [], beforeAdoption: adopted?.before.revision.revision ?? null};
}

/** How to go back behind the adoption: a rollback goes only to revisions of our own. Empty: it was not adopted. */
export async function wayBackOf(
  {connection: {api}, target}: ReleaseAccess,
  {revisions}: Pick<History, 'revisions'>,
): Promise<readonly Remedy[]> {
  return wayBackIn(api, target, revisions);
}

/** The revisions to roll back to, newest first; a rollback that was begun and not finished is the first choice. */
export async function earlierRevisionsOf({connection: {api}, target}: ReleaseAccess): Promise<EarlierRevision[]> {
  const [revisions, begun] = await Promise.all([readHistory(api, target), unfinishedRollback(api, target)]);
  const good = revisions.slice(0, -1).filter(({status}) => status === 'deployed' || status === 'superseded');
  const inOrder = good.reverse().sort((a, b) => Number(b.revision === begun) - Number(a.revision === begun));
  return inOrder.map(({revision, updatedAt, chartVersion, description}) => ({
    revision,
    chartVersion,
    description: plain(description),
    at: updatedAt?.slice(0, 16).replace('T', ' ') ?? '?',
  }));
}
