// The Lease of the operation: who works on the release, and what is wanted.
import type {OperationRecord} from '../../observation/snapshot.ts';

/** What the Lease keeps for a later run. */
export type LeaseRecord = Pick<
  OperationRecord,
  'kind' | 'startedAt' | 'wanted' | 'dumpTo' | 'rotates' | 'switchover' | 'failover'
>;

export interface WatchLimits {
  /** As now() of the ports. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

export interface LeasePort {
  /** @returns null when the Lease is ours now, else who holds it, or may hold it still (`isEstimate`). */
  takeLease(record: LeaseRecord): Promise<OperationRecord | null>;
  /** Looks until it is known whether the holder is alive, or the signal aborts, or now() is at the deadline. */
  watchHolder(limits: WatchLimits): Promise<OperationRecord | null>;
  /** @throws UserError RELEASE_LOCKED when the Lease is not ours any more */
  renewLease(): Promise<void>;
  /** That it is ours still; asks only where the last renewal is too old to know. @throws UserError as renewLease */
  confirmLease(): Promise<void>;
  /** Writes down how far it is, while it is ours. @throws UserError as renewLease */
  noteLease(record: LeaseRecord): Promise<void>;
  /** Nobody holds it, and what is wanted stays written down. */
  pauseLease(): Promise<void>;
  endLease(): Promise<void>;
}
