// The newest warning about an object, in the words of the cluster.
import {clusterTimeOf} from '../cluster-time.ts';
import type {ClusterEvent, Pod} from '../kubernetes.ts';
import type {Snapshot} from '../snapshot.ts';
import {timeOf} from '../event-time.ts';
import {eventsAbout} from './database-pods.ts';

/** Older warnings may be about what has been put right since. */
const warningAgeMs = 600_000;

/** Undefined where there is none, or only one that is too old to be about the object's present state. */
export function warningAbout(
  snapshot: Snapshot,
  kind: string,
  object: Pick<Pod, 'metadata'>,
): ClusterEvent | undefined {
  return eventsAbout(snapshot, kind, object).findLast(
    (event) => event.type === 'Warning' && clusterTimeOf(snapshot) - timeOf(event) < warningAgeMs,
  );
}

/** Without a full stop. */
export function eventText({reason, message}: ClusterEvent): string {
  return [reason, message?.trim().replace(/\.$/, '')].filter(Boolean).join(': ');
}
