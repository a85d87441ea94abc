// While the cluster is asked for the first time. What answers at once needs no spinner.
import {Box} from 'ink';
import {useEffect, useState} from 'react';
import {Plain} from '../components/Plain.tsx';
import {Spinner} from '../components/Spinner.tsx';
import type {App} from './app-state.ts';
import {Frame} from './Frame.tsx';

const patienceMs = 100;

export function OpeningScreen({app}: {readonly app: App}) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Frame app={app} keys={[]}>
      <Box paddingLeft={3} paddingTop={1} gap={1}>
        {slow && <Spinner />}
        <Plain>{slow ? 'Asking the cluster' : ' '}</Plain>
      </Box>
    </Frame>
  );
}
