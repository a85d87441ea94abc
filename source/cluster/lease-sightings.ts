// What this process has seen of Leases, and when, by its own clock. A holder on another machine is alive when its
// renewal changes while we watch; the times that it writes are those of a clock that we do not know. client-go's leader
// election judges the same way (tools/leaderelection: observedRecord, observedTime).
import type {Metadata} from '../observation/kubernetes.ts';

interface RenewedLease {
  readonly metadata: Pick<Metadata, 'uid' | 'name'>;
  readonly spec?: {readonly holderIdentity?: string; readonly renewTime?: string};
}

interface Sighting {
  readonly renewal: string;
  /** When this renewal was first seen: clock.now() after the answer. */
  readonly since: number;
  /** When the Lease was last asked for and still had this renewal. */
  readonly askedAt: number;
  /** When the Lease was last asked for and still had the renewal before; null when there was none. */
  readonly renewedAfter: number | null;
}

export interface Watched {
  /** For at least so many milliseconds the Lease was not renewed. */
  readonly unchangedMs: number;
  /** The Lease was renewed within the last so many milliseconds; null when no renewal was seen. */
  readonly renewedWithinMs: number | null;
}

export class LeaseSightings {
  private readonly byUid = new Map<string, Sighting>();

  /** `askedAt`, `answeredAt`: clock.now() before and after the look. */
  see({metadata, spec}: RenewedLease, askedAt: number, answeredAt: number): Watched {
    const key = metadata.uid ?? metadata.name;
    const renewal = JSON.stringify([spec?.holderIdentity, spec?.renewTime]);
    const before = this.byUid.get(key);
    const now =
      before?.renewal === renewal
        ? {...before, askedAt: Math.max(askedAt, before.askedAt)}
        : {renewal, since: answeredAt, askedAt, renewedAfter: before?.askedAt ?? null};
    this.byUid.set(key, now);
    return {
      unchangedMs: Math.max(0, askedAt - now.since),
      renewedWithinMs: now.renewedAfter === null ? null : askedAt - now.renewedAfter,
    };
  }
}
