// Claims of desired pods that have no volume yet, and the newest event about each.
import type {PersistentVolumeClaim, ClusterEvent} from '../kubernetes.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {eventsAbout} from './database-pods.ts';

interface PendingClaim {
  readonly claim: PersistentVolumeClaim;
  /** Oldest first. */
  readonly events: readonly ClusterEvent[];
  readonly newest: ClusterEvent;
}

export function pendingClaims(snapshot: Snapshot): readonly PendingClaim[] {
  return viewOf(snapshot).claims.flatMap((claim): PendingClaim[] => {
    if (claim.status?.phase !== 'Pending' || claim.metadata.deletionTimestamp) return [];
    const events = eventsAbout(snapshot, 'PersistentVolumeClaim', claim);
    const newest = events.at(-1);
    return newest ? [{claim, events, newest}] : [];
  });
}
