// What an operation waits for, in words that are short enough for one line.
import type {CauseCode} from '../../core/cause.ts';

/** Codes whose own words do not say it. */
const ownWords: Readonly<Partial<Record<CauseCode, string>>> = {
  UNSCHEDULABLE: 'no node has room',
  VOLUME_PENDING: 'the volume is not there yet',
  CRASH_LOOP: 'restarts again and again',
  NODE_LOST: 'the node does not answer',
  ENDPOINT_UNPROVEN: 'no right answer yet',
  CONNECTION_LOST: 'the connection is lost',
  POD_REFUSED: 'the cluster refuses the pod',
  REPLICA_BEHIND: 'the reader is behind',
  READER_NOT_STREAMING: 'the reader does not stream',
};

/** `IMAGE_RATE_LIMITED` → `image rate limited`. */
export function waitingWords(code: CauseCode): string {
  return ownWords[code] ?? code.toLowerCase().replaceAll('_', ' ');
}
