// Faults of the API itself, on request: errors for a share of the requests, and latency. The same seed gives the same
// faults.
import {StatusError} from '../store/objects.ts';

export interface RequestFault {
  readonly latencyMs: number;
  readonly error: StatusError | null;
}

/** Asked once for each request, in their order; health checks are left alone. */
export interface RequestFaults {
  next(request: {readonly method: string; readonly path: string}): RequestFault;
}

const errors = [
  () => new StatusError(500, 'InternalError', 'Internal error occurred: the sandbox was asked to fail'),
  () => new StatusError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'),
  // Without Retry-After: with it clients wait by themselves, and nothing is tested.
  () => new StatusError(429, 'TooManyRequests', 'Too many requests, please try again later.'),
];

export class SeededFaults implements RequestFaults {
  errorPercent = 0;
  latencyMs = 0;
  #state: number;

  constructor(seed = 1) {
    this.#state = seed >>> 0;
  }

  /** From here on the same requests fail as for anybody with this number. */
  reseed(seed: number): void {
    this.#state = seed >>> 0;
  }

  next(): RequestFault {
    const fails = this.#random() * 100 < this.errorPercent;
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
