// While the cluster is asked for the first time.
import {Box} from 'ink';
import {Waiting} from '../../components/Waiting.tsx';
import type {App} from '../../app-state.ts';
import {Frame} from '../shared/Frame.tsx';
import type {OpeningState} from './opening-state.ts';

export function OpeningScreen({app, screen}: {readonly app: App; readonly screen: OpeningState}) {
  return (
    <Frame app={app} keys={[]}>
      <Box height={1} flexShrink={0} />
      <Waiting>{screen.doing ?? begins(screen)}</Waiting>
    </Frame>
  );
}

function begins({sandbox, helm}: OpeningState): string {
  if (helm) return 'Fetching helm';
  return sandbox ? 'Starting the sandbox' : 'Asking the cluster';
}
