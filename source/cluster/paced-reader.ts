// What looks that come several times a second know of something that changes rarely.
import {clock} from '../core/time.ts';

export interface PacedReader<Of, Value> {
  /** What is known, and asks anew behind it when that is old, or it is about something else now. */
  known(of: Of): Value | null;
}

/**
 * Nothing waits for it, and nothing fails by it.
 * @param keyOf what it is about; null: about nothing, and nothing is asked
 */
export function pacedReader<Of, Value>(
  keyOf: (of: Of) => string | null,
  read: (of: Of) => Promise<Value | null>,
  freshMs: number,
): PacedReader<Of, Value> {
  let newest: Value | null = null;
  let about: string | null = null;
  let askedAt = -Infinity;
  return {
    known(of) {
      const key = keyOf(of);
      if (key === null) return null;
      if (key !== about) newest = null;
      if (key !== about || clock.now() - askedAt >= freshMs) {
        [about, askedAt] = [key, clock.now()];
        void read(of)
          .then((seen) => (newest = about === key ? seen : newest))
          .catch(() => undefined);
      }
      return newest;
    },
  };
}

/** The same for what nothing may be said without: whoever finds it old, or about something else, waits for it. */
export function rereader<Of, Value>(
  read: (of: Of) => Promise<Value>,
  freshMs: number,
): (key: string, of: Of) => Promise<Value> {
  let newest: {readonly key: string; readonly readAt: number; readonly value: Value} | null = null;
  return async (key, of) => {
    const now = clock.now();
    if (newest?.key === key && now - newest.readAt < freshMs) return newest.value;
    const value = await read(of);
    newest = {key, readAt: now, value};
    return value;
  };
}
