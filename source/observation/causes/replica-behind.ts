// A reader was away for so long that the writer has thrown away what it still needs.
import {cause} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {cloneAgain} from './clone-again.ts';
import {isCurrent, readerSaying} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {capitalised} from '../../core/capitalised.ts';
import {evidence, nameOf, refTo} from './messages.ts';

/** Certain: removed WAL does not come back. The reader may be Ready all the same and answer with stale rows. */
export function replicaBehind(snapshot: Snapshot): FoundCause | null {
  const reader = readerSaying(snapshot, /requested WAL segment \w+ has already been removed/);
  if (!reader) return null;
  return {
    certain: isCurrent(snapshot, reader),
    cause: cause(
      'REPLICA_BEHIND',
      `${capitalised(nameOf(reader))} can no longer catch up: the writer has removed the WAL that it needs. It ` +
        'answers rows as they were when it stopped. The writer is not affected.',
      {
        object: refTo('Pod', reader.pod.metadata, snapshot),
        evidence: evidence(reader.line),
        // The writer tells of removed WAL only to a copy of itself: it compares the system identifiers first.
        remedies: cloneAgain(snapshot, reader.pod, {isCopy: true}),
      },
    ),
  };
}
