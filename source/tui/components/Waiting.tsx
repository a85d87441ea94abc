// What is being waited for, with a spinner. What answers at once shows neither.
import {Box} from 'ink';
import {useEffect, useState} from 'react';
import {Plain} from './Plain.tsx';
import {Spinner} from './Spinner.tsx';

/** Milliseconds within which an answer counts as immediate. */
const instantMs = 100;

export function Waiting({children}: {readonly children: string}) {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), instantMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Box paddingLeft={3} gap={1} height={1} flexShrink={0}>
      {isSlow && (
        <Box flexShrink={0}>
          <Spinner />
        </Box>
      )}
      <Plain>{isSlow ? children : ' '}</Plain>
    </Box>
  );
}
