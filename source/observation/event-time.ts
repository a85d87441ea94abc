// When an event was seen last.
import type {ClusterEvent} from './kubernetes.ts';

type Times = Pick<ClusterEvent, 'metadata' | 'lastTimestamp' | 'eventTime' | 'firstTimestamp'>;

/** As the API server says it; null: the event does not say. The scheduler sets eventTime alone. */
export function lastSeenAt({metadata, lastTimestamp, eventTime, firstTimestamp}: Times): string | null {
  return lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata?.creationTimestamp ?? null;
}

/** In milliseconds since the epoch; 0 when it does not say. */
export function timeOf(event: Times): number {
  return Date.parse(lastSeenAt(event) ?? '') || 0;
}
