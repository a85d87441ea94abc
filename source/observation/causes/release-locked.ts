// An operation is recorded as under way, by helm or in its Lease, and nobody carries it out.
import {objectNames} from '../../chart/names.ts';
import {cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {toTheSecond} from '../../core/time.ts';
import {viewOf} from '../release-view.ts';
import type {OperationRecord, Snapshot} from '../snapshot.ts';
import {isStarted} from '../is-started.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';

const work: Readonly<Record<string, string>> = {
  'pending-install': 'an install',
  'pending-upgrade': 'an upgrade',
  'pending-rollback': 'a rollback',
  uninstalling: 'an uninstall',
};

/** Not certain: a helm that we do not know of may be working on it right now, on another machine. */
export function releaseLocked(snapshot: Snapshot): FoundCause | null {
  const {newest} = viewOf(snapshot);
  const {operation, target} = snapshot;
  if (isStarted(snapshot) && operation && !operation.holderIsAlive) return interrupted(operation, snapshot);
  const what = work[newest?.status ?? ''];
  if (!newest || !what || operation?.holderIsAlive) return null;
  const since = newest.updatedAt ? ` since ${toTheSecond(newest.updatedAt)}` : '';
  const by = operation
    ? `It was begun by ${operation.holder}, which gave its last sign of life at ${toTheSecond(operation.renewedAt)}`
    : 'It was begun by a helm that this program did not start; it was killed, or still runs on another machine';
  return {
    certain: false,
    cause: cause(
      'RELEASE_LOCKED',
      `helm has recorded ${what} of ${target.release} as under way${since} (revision ${newest.revision}, ` +
        `${newest.status}). ${by}. Until it is ended, helm refuses every other change.`,
      {
        object: refTo('Release', {name: target.release}, snapshot),
        firstSeen: newest.updatedAt,
        evidence: evidence(`revision ${newest.revision}: ${newest.status}, ${newest.description}`),
        remedies: [
          propose('When no helm is at work on it any more: go on from there', {
            kind: 'recover',
            ...releaseRef(snapshot.target),
          }),
        ],
      },
    ),
  };
}

function interrupted({holder, startedAt, renewedAt}: OperationRecord, snapshot: Snapshot): FoundCause {
  const {release} = snapshot.target;
  const by = `${holder ? `by ${holder.split('/')[0]} ` : ''}at ${toTheSecond(startedAt)}`;
  return {
    certain: false,
    cause: cause(
      'RELEASE_LOCKED',
      `An install of ${release} was begun ${by} and interrupted before helm made anything of it.`,
      {
        object: refTo('Lease', {name: objectNames(snapshot.target).lease}, snapshot),
        firstSeen: renewedAt,
        evidence: evidence(`last sign of life: ${toTheSecond(renewedAt)}`),
        remedies: [
          propose('Go on from there', {kind: 'recover', ...releaseRef(snapshot.target)}),
          propose('Or forget about it', {
            kind: 'uninstall',
            ...releaseRef(snapshot.target),
            deleteData: false,
            dumpTo: null,
          }),
        ],
      },
    ),
  };
}
