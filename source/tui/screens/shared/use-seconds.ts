// The current time, once a second, for texts that show an age.
import {useIsScreenReaderEnabled} from 'ink';
import {useEffect, useState} from 'react';
import {clock} from '../../../core/time.ts';

/**
 * Milliseconds since the epoch. Stands still for a screen reader, which reads the whole screen again at each change.
 */
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
