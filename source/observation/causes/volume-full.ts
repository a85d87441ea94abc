// The volume has no room left.
import {kubectl, kubectlHere} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import {claimOfPod} from '../../chart/names.ts';
import type {Snapshot} from '../snapshot.ts';
import {crashSaying, isCurrent} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {evidence, nameOf, refTo} from './messages.ts';

/**
 * Certain: nothing is deleted from a database by itself. Shared memory that is too small says the same words and is
 * another matter.
 */
export function volumeFull(snapshot: Snapshot): FoundCause | null {
  const crash = crashSaying(
    snapshot,
    (line) => /no space left on device|disk quota exceeded/i.test(line) && !/shared memory/i.test(line),
  );
  if (!crash) return null;
  const name = claimOfPod(snapshot.target, crash.pod.metadata.name);
  const claim = snapshot.claims.find(({metadata}) => metadata.name === name);
  const size = claim?.status?.capacity?.storage ?? claim?.spec.resources?.requests?.storage;
  const larger = doubled(size);
  const patch = JSON.stringify({spec: {resources: {requests: {storage: larger}}}});
  const grow = kubectlHere(snapshot.target, 'patch', 'pvc', name, '--type', 'merge', '-p', patch);
  return {
    certain: isCurrent(snapshot, crash, crash.ended.finishedAt),
    cause: cause(
      'VOLUME_FULL',
      `The volume of ${nameOf(crash)} (claim ${name}${size ? `, ${size}` : ''}) is full, so PostgreSQL stops. ` +
        `The data is still there, and the ${crash.role} comes back when there is room.`,
      {
        object: refTo('Pod', crash.pod.metadata, snapshot),
        firstSeen: crash.ended.finishedAt ?? null,
        evidence: evidence(crash.line),
        remedies: [
          ...(larger ? [{title: 'Let the volume grow, where its storage class can', command: grow}] : []),
          {
            title: 'See whether the storage class grows volumes',
            command: kubectl(snapshot.target, 'get', 'storageclass'),
          },
          {title: 'Never delete files of pg_wal by hand: the database does not survive it'},
        ],
      },
    ),
  };
}

/** Twice the quantity, for whole numbers as Kubernetes reports a capacity; null for others. */
function doubled(size: string | undefined): string | null {
  const match = /^(\d+)([KMGTPE]i?|k)?$/.exec(size ?? '');
  return match ? `${BigInt(match[1] ?? '') * 2n}${match[2] ?? ''}` : null;
}
