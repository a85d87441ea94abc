// Faults of the API itself, on request: errors for a share of the requests, and latency. The same seed gives the same
// faults.
import type {Faults} from '../faults.ts';
import {StatusError} from '../store/objects.ts';

interface RequestFault {
  readonly latencyMs: number;
  readonly error: StatusError | null;
}

type FaultsOfRequests = Pick<Faults, 'seed' | 'apiErrorPercent' | 'changeErrorPercent' | 'latencyMs'>;

interface Asked {
  readonly method: string;
  readonly path: string;
}

/** Asked once for each request, in the order in which they come; health checks are left alone. */
export interface RequestFaults {
  next(request: Asked): RequestFault;
}

/** Reviews are sent by POST but change nothing. */
function changes({method, path}: Asked): boolean {
  return (
    method !== 'GET' && method !== 'HEAD' && !/\/(self|local)?subject(access|rules)?reviews$|\/tokenreviews$/.test(path)
  );
}

const errors = [
  () => new StatusError(500, 'InternalError', 'Internal error occurred: the sandbox was asked to fail'),
  () => new StatusError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'),
  // No Retry-After: with it clients would wait by themselves, and nothing would be tested.
  () => new StatusError(429, 'TooManyRequests', 'Too many requests, please try again later.'),
];

export class SeededFaults implements RequestFaults {
  errorPercent = 0;
  /** For requests that change something. */
  changeErrorPercent = 0;
  latencyMs = 0;
  #state: number;

  constructor(seed = 1) {
    this.#state = seed >>> 0;
  }

  /** From here on the same requests fail as for anybody who gives this number. */
  reseed(seed: number): void {
    this.#state = seed >>> 0;
  }

  /** Takes over the new faults; the sequence of failing requests starts again where others are to fail. */
  follow(before: FaultsOfRequests, next: FaultsOfRequests): void {
    const others = (['seed', 'apiErrorPercent', 'changeErrorPercent'] as const).some(
      (key) => next[key] !== before[key],
    );
    if (others) this.reseed(next.seed);
    this.errorPercent = next.apiErrorPercent;
    this.changeErrorPercent = next.changeErrorPercent;
    this.latencyMs = next.latencyMs;
  }

  next(request: Asked): RequestFault {
    const percent = changes(request) ? Math.max(this.errorPercent, this.changeErrorPercent) : this.errorPercent;
    const fails = this.#random() * 100 < percent;
    const which = Math.floor(this.#random() * errors.length);
    return {latencyMs: this.latencyMs, error: fails ? (errors[which]?.() ?? null) : null};
  }

  /** mulberry32 */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
