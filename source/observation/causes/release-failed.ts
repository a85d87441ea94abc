// Helm's last run for the release failed, nobody carries it on, and no rule knows more about it.
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, type Remedy} from '../../core/cause.ts';
import {toTheSecond} from '../../core/time.ts';
import {ownershipOf} from '../ownership.ts';
import {viewOf} from '../release-view.ts';
import type {Revision, Snapshot} from '../snapshot.ts';
import {evidence, refTo} from './messages.ts';
import type {FoundCause} from './rule.ts';

/** Not certain: a helm that is not ours may be run again for it at any time. */
export function releaseFailed(snapshot: Snapshot): FoundCause | null {
  const {newest} = viewOf(snapshot);
  if (newest?.status !== 'failed' || mayBeCarriedOn(snapshot)) return null;
  const {release} = snapshot.target;
  const since = newest.updatedAt ? ` at ${toTheSecond(newest.updatedAt)}` : '';
  return {
    certain: false,
    cause: cause(
      'RELEASE_FAILED',
      `helm failed${since} to make revision ${newest.revision} of ${release}, and nobody carries it on. What it had ` +
        'applied by then stays; the rest is as it was before.',
      {
        object: refTo('Release', {name: release}, snapshot),
        firstSeen: newest.updatedAt,
        evidence: evidence(newest.description || 'helm did not record why'),
        remedies: remediesFor(snapshot, newest),
      },
    ),
  };
}

/** Where the Lease may not be read, or its holder was seen only once, nobody knows. */
function mayBeCarriedOn({operation, unreadable}: Snapshot): boolean {
  return unreadable.includes('leases') || operation?.holderIsAlive === true || operation?.isEstimate === true;
}

function remediesFor(snapshot: Snapshot, newest: Revision): readonly Remedy[] {
  const {release, target, statefulSets} = snapshot;
  const history = propose('See its revisions', {kind: 'history', ...releaseRef(target)});
  // What plain helm set would be refused, or taken back.
  const {kind} = ownershipOf({target, release, holdsPostgres: statefulSets.length > 0});
  if (kind !== 'ours') return [history];
  const hasEarlier = release.revisions.some(({revision, status}) => revision < newest.revision && status !== 'failed');
  return [
    propose('Apply it once more', {kind: 'recover', ...releaseRef(target)}),
    ...(hasEarlier
      ? [propose('Or go back; data and passwords stay', {kind: 'rollback', ...releaseRef(target), revision: null})]
      : []),
    history,
  ];
}
