// The Lease of one operation while we hold it. It knows when it was last renewed, so that a run that has lost the Lease
// without noticing changes nothing.
import type {OperationRecord} from '../observation/snapshot.ts';
import type {LeaseRecord} from '../operations/ports/lease.ts';
import {clock} from '../core/time.ts';
import type {Api} from './api.ts';
import {leaseSeconds, renewLease, takeLease} from './lease.ts';

/** A change that begins while the Lease is fresh has at least half of its duration left. */
const freshMs = (leaseSeconds * 1000) / 2;
/** How far the wall clock may drift from clock.now() before the machine must be assumed to have slept. */
const driftMs = 2000;

export class HeldLease {
  /** The time just before the request that renewed it, by both clocks. */
  private renewed: {readonly now: number; readonly wall: number} | null = null;

  constructor(
    private readonly api: Api,
    private readonly namespace: string,
    private readonly name: string,
    private readonly release: string,
  ) {}

  /** @returns as takeLease in lease.ts */
  async take(record: LeaseRecord, over?: string | null): Promise<OperationRecord | null> {
    const asked = {now: clock.now(), wall: clock.wall()};
    const holder = await takeLease(this.api, this.namespace, this.name, record, this.release, over);
    this.renewed = holder === null ? asked : null;
    return holder;
  }

  /** @throws UserError RELEASE_LOCKED when it is not ours any more */
  async renew(): Promise<void> {
    const asked = {now: clock.now(), wall: clock.wall()};
    await renewLease(this.api, this.namespace, this.name);
    this.renewed = asked;
  }

  /**
   * Makes sure that we still hold the Lease, and renews it where the last renewal is too old.
   * @throws UserError as renew()
   */
  async confirm(): Promise<void> {
    if (!this.isFresh()) await this.renew();
  }

  /** clock.now() may stand still while the machine sleeps, and the wall clock may be set, so both have to agree. */
  private isFresh(): boolean {
    if (this.renewed === null) return false;
    const elapsed = clock.now() - this.renewed.now;
    return elapsed < freshMs && Math.abs(clock.wall() - this.renewed.wall - elapsed) < driftMs;
  }
}
