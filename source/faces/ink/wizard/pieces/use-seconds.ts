// The time, once a second: for what shows an age.
import {useEffect, useState} from 'react';

/** Milliseconds since the epoch. */
export function useSeconds(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
