// The Lease of one operation while it is ours: when it was last renewed, so that nobody changes anything who has lost
// it unawares.
import type {OperationRecord} from '../observation/snapshot.ts';
import type {LeaseRecord} from '../operations/ports/lease.ts';
import {clock} from '../core/time.ts';
import type {Api} from './api.ts';
import {leaseSeconds, renewLease, takeLease} from './lease.ts';

/** Half of the lease is left to what is begun within it. */
const freshMs = (leaseSeconds * 1000) / 2;
/** By so much the machine's clock may differ from ours before one has to think that the machine slept. */
const driftMs = 2000;

export class HeldLease {
  /** Before the request that renewed it, by both clocks. */
  private renewed: {readonly now: number; readonly wall: number} | null = null;

  constructor(
    private readonly api: Api,
    private readonly namespace: string,
    private readonly name: string,
    private readonly release: string,
  ) {}

  /** @returns as takeLease in lease.ts */
  async take(record: LeaseRecord): Promise<OperationRecord | null> {
    const asked = {now: clock.now(), wall: clock.wall()};
    const holder = await takeLease(this.api, this.namespace, this.name, record, this.release);
    this.renewed = holder === null ? asked : null;
    return holder;
  }

  /** @throws UserError RELEASE_LOCKED when it is not ours any more */
  async renew(): Promise<void> {
    const asked = {now: clock.now(), wall: clock.wall()};
    await renewLease(this.api, this.namespace, this.name);
    this.renewed = asked;
  }

  /** That it is ours still: renewed, where the last time is too long ago. @throws UserError as renew() */
  async confirm(): Promise<void> {
    if (!this.isFresh()) await this.renew();
  }

  /** Our clock may stand still while the machine sleeps, and the machine's may be set: both have to agree. */
  private isFresh(): boolean {
    if (this.renewed === null) return false;
    const elapsed = clock.now() - this.renewed.now;
    return elapsed < freshMs && Math.abs(clock.wall() - this.renewed.wall - elapsed) < driftMs;
  }
}
