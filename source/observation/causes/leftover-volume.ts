// A reader's volume holds a copy of another database than the writer's.
import {cause} from '../../cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {isCurrent, readerSaying} from './look.ts';
import type {FoundCause} from './rule.ts';
import {cloneAgain, evidence, kubectl, nameOf, refTo} from './say.ts';

/**
 * Certain: the two never become one. The reader may be Ready all the same and answer what the earlier database held.
 */
export function leftoverVolume(snapshot: Snapshot): FoundCause | null {
  const reader = readerSaying(snapshot, /database system identifier differs between the primary and standby/);
  if (!reader) return null;
  const {name} = reader.pod.metadata;
  return {
    certain: isCurrent(snapshot, reader),
    cause: cause(
      'LEFTOVER_VOLUME',
      `The volume of ${nameOf(reader)} (claim data-${name}) is left over from another database than the writer's. ` +
        `The reader cannot follow the writer, and what it answers is that other database's.`,
      {
        object: refTo('Pod', reader.pod.metadata, snapshot),
        evidence: evidence(reader.line, ...reader.after.filter((line) => line.includes('DETAIL'))),
        remedies: [
          {
            title:
              'First make sure that nobody misses the earlier data: this volume may be its last copy. Look at the claims',
            command: kubectl(snapshot, `get pvc -l app.kubernetes.io/instance=${snapshot.target.release}`),
          },
          cloneAgain(snapshot, reader.pod),
        ],
      },
    ),
  };
}
