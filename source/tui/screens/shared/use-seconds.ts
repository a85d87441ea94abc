// The time, once a second: for what shows an age.
import {useIsScreenReaderEnabled} from 'ink';
import {useEffect, useState} from 'react';
import {clock} from '../../../core/time.ts';

/** Milliseconds since the epoch. Stands still for a screen reader: each change makes it read the whole screen again. */
export function useSeconds(): number {
  const [now, setNow] = useState(() => clock.now());
  const isReadAloud = useIsScreenReaderEnabled();
  useEffect(() => {
    if (isReadAloud) return;
    const timer = setInterval(() => setNow(clock.now()), 1000);
    return () => clearInterval(timer);
  }, [isReadAloud]);
  return now;
}
