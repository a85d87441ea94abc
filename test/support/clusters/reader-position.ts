// Where a reader is in the WAL, for tests of a failover.
import type {ReaderPosition} from '../../../source/observation/role/failover.ts';

export function positionOf(pod: string, bytes: number, rest: Partial<ReaderPosition> = {}): ReaderPosition {
  return {
    pod,
    bytes,
    lsn: `0/${bytes.toString(16).toUpperCase()}`,
    timeline: 1,
    slot: '',
    receiver: null,
    replayedAt: null,
    ...rest,
  };
}
