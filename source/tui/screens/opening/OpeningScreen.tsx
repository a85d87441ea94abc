// While the cluster is asked for the first time.
import {Box} from 'ink';
import {Waiting} from '../../components/Waiting.tsx';
import type {App} from '../../app-state.ts';
import {Frame} from '../shared/Frame.tsx';

export function OpeningScreen({app, isSandbox}: {readonly app: App; readonly isSandbox: boolean}) {
  return (
    <Frame app={app} keys={[]}>
      <Box height={1} flexShrink={0} />
      <Waiting>
        {isSandbox ? 'Starting the sandbox; the first time PostgreSQL may have to be fetched' : 'Asking the cluster'}
      </Waiting>
    </Frame>
  );
}
