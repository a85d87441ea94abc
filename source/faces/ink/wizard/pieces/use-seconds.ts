// The time, once a second: for what shows an age.
import {useIsScreenReaderEnabled} from 'ink';
import {useEffect, useState} from 'react';

/** Milliseconds since the epoch. Stands still for a screen reader: each change makes it read the whole screen again. */
export function useSeconds(): number {
  const [now, setNow] = useState(() => Date.now());
  const isReadAloud = useIsScreenReaderEnabled();
  useEffect(() => {
    if (isReadAloud) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isReadAloud]);
  return now;
}
