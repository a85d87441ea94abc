// helm's newest record says that an operation is under way, and nobody carries it out.
import {cause} from '../../cause.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import type {FoundCause} from './rule.ts';
import {evidence, installer, refTo} from './say.ts';

const work: Readonly<Record<string, string>> = {
  'pending-install': 'an install',
  'pending-upgrade': 'an upgrade',
  'pending-rollback': 'a rollback',
  uninstalling: 'an uninstall',
};

/** Not certain: a helm that we do not know of may be at it right now, on another machine. */
export function releaseLocked(snapshot: Snapshot): FoundCause | null {
  const {newest} = viewOf(snapshot);
  const {operation, target} = snapshot;
  const what = work[newest?.status ?? ''];
  if (!newest || !what || operation?.holderIsAlive) return null;
  const since = newest.updatedAt ? ` since ${newest.updatedAt}` : '';
  const by = operation
    ? `It was begun by ${operation.holder}, which gave its last sign of life at ${operation.renewedAt}`
    : 'It was begun by a helm that this program did not start; it was killed, or still runs on another machine';
  return {
    certain: false,
    cause: cause(
      'RELEASE_LOCKED',
      `helm has recorded ${what} of ${target.release} as under way${since} (revision ${newest.revision}, ${newest.status}). ${by}. Until it is ended, helm refuses every other change.`,
      {
        object: refTo('Release', {name: target.release}, snapshot),
        firstSeen: newest.updatedAt,
        evidence: evidence(`revision ${newest.revision}: ${newest.status}, ${newest.description}`),
        remedies: [{title: 'When no helm is at work on it any more: go on from there', command: installer(snapshot, 'recover')}],
      },
    ),
  };
}
