// For looks that come several times a second: reads something that changes rarely, and only now and then.
import {clock} from '../core/time.ts';

export interface PacedReader<Of, Value> {
  /** Returns what is known, and reads again in the background when that is old or about something else. */
  known(of: Of): Value | null;
}

/**
 * Nothing waits for the reading, and nothing fails when it fails.
 * @param keyOf names what is read about; null: nothing, and nothing is read
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

/**
 * The same for a value that callers cannot do without: they wait for a new one when it is old, or about something else.
 */
export function cachedReader<Of, Value>(
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
