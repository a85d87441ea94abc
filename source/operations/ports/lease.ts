// The Lease of the operation: who works on the release, and what is wanted.
import type {OperationRecord} from '../../observation/snapshot.ts';

/** What the Lease keeps for a later run. */
export type LeaseRecord = Pick<
  OperationRecord,
  | 'kind'
  | 'startedAt'
  | 'wanted'
  | 'dumpTo'
  | 'isDumping'
  | 'lastDump'
  | 'adopts'
  | 'detaches'
  | 'rotates'
  | 'switchover'
  | 'failover'
  | 'interrupted'
>;

export interface WatchLimits {
  /** Milliseconds since the epoch, by now() of the ports. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

export interface LeasePort {
  /**
   * @param over when the operation was begun that may be replaced; null: none may; absent: any whose holder is dead
   * @returns null when the Lease is ours now, else who holds it, or may hold it still (`isEstimate`), or has left it
   */
  takeLease(record: LeaseRecord, over?: string | null): Promise<OperationRecord | null>;
  /** Looks until it is known whether the holder is alive, or the signal aborts, or now() is at the deadline. */
  watchHolder(limits: WatchLimits): Promise<OperationRecord | null>;
  /** @throws UserError RELEASE_LOCKED when the Lease is not ours any more */
  renewLease(): Promise<void>;
  /**
   * Makes sure that we still hold the Lease; asks only where the last renewal is too old to know.
   * @throws UserError as renewLease
   */
  confirmLease(): Promise<void>;
  /** Records how far the operation is, while we hold the Lease. @throws UserError as renewLease */
  noteLease(record: LeaseRecord): Promise<void>;
  /** Leaves the Lease without a holder; what is wanted stays recorded in it. */
  pauseLease(): Promise<void>;
  endLease(): Promise<void>;
}
