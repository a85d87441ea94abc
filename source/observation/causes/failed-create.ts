// What the events of a StatefulSet say while it may not create the pods or claims that it should have.
import type {ClusterEvent, StatefulSet} from '../kubernetes.ts';
import {viewOf, type Role} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {timeOf} from '../event-time.ts';
import {eventsAbout, firstSeenOf, momentOf} from './database-pods.ts';

export interface FailedCreate {
  readonly set: StatefulSet;
  readonly role: Role;
  readonly words: string;
  readonly firstSeen: string | null;
  /**
   * The event is newer than the newest revision and than the start of the operation at work; an older one may be about
   * what has been put right since.
   */
  readonly current: boolean;
}

/**
 * The newest refusal to create a pod or claim of a StatefulSet that has fewer pods than desired. A refusal from before
 * its newest pod was made has been overcome. Source: StatefulSet controller, event `FailedCreate`.
 */
export function failedCreate(snapshot: Snapshot, pattern: RegExp): FailedCreate | null {
  const {writerSet, readerSet} = viewOf(snapshot);
  for (const [set, role] of [
    [writerSet, 'writer'],
    [readerSet, 'reader'],
  ] as const) {
    const event = set ? refusal(snapshot, set) : null;
    if (!set || !event || !pattern.test(event.message ?? '')) continue;
    const current = timeOf(event) >= attemptBegan(snapshot) - 1000;
    return {set, role, words: event.message ?? '', firstSeen: firstSeenOf(event), current};
  }
  return null;
}

function refusal(snapshot: Snapshot, set: StatefulSet): ClusterEvent | null {
  const own = new RegExp(`^${set.metadata.name}-\\d+$`);
  const pods = snapshot.pods.filter(({metadata}) => own.test(metadata.name ?? ''));
  if (pods.length >= (set.spec.replicas ?? 1)) return null;
  const newestPod = Math.max(0, ...pods.map(({metadata}) => momentOf(metadata.creationTimestamp)));
  const event = eventsAbout(snapshot, 'StatefulSet', set).findLast(({reason}) => reason === 'FailedCreate');
  return event && timeOf(event) >= newestPod ? event : null;
}

function attemptBegan({release: {revisions}, operation}: Snapshot): number {
  return Math.max(momentOf(revisions.at(-1)?.updatedAt), momentOf(operation?.startedAt));
}
