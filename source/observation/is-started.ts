// Between an install's first change and helm's first record of it.
import type {Snapshot} from './snapshot.ts';

/** An install that has recorded what it wants, and of which helm knows nothing yet. */
export function isStarted({release, operation}: Snapshot): boolean {
  return release.revisions.length === 0 && operation !== null && operation.wanted !== null;
}
