// What is wrong with a release, with its evidence, and what can be done about it from here.
import {Box} from 'ink';
import {Plain} from '../components/Plain.tsx';
import {useKeys} from '../keys/keyboard.tsx';
import {useLayout} from '../use-window-size.ts';
import type {Action, App} from './app-state.ts';
import {CauseView} from './CauseView.tsx';
import {Frame} from './Frame.tsx';
import {useRemedyKeys} from './remedies.ts';
import {dashboard} from './screens.ts';

export function CauseScreen({app, dispatch}: {readonly app: App; readonly dispatch: (action: Action) => void}) {
  const {body} = useLayout();
  const cause = app.status?.cause ?? null;
  const remedyKeys = useRemedyKeys(cause ?? undefined, false);
  useKeys(({name, text}) => {
    if (name !== 'escape' && text !== 'q') return false;
    dispatch({type: 'show', screen: dashboard});
    return true;
  });
  const rows = body > 8 ? body - 1 : body;
  return (
    <Frame app={app} keys={[...remedyKeys, {keys: 'esc', does: 'back'}]}>
      {body > 8 && <Box height={1} flexShrink={0} />}
      {cause ? (
        <CauseView cause={cause} rows={rows} />
      ) : (
        <Box paddingLeft={3}>
          <Plain>Nothing is wrong any more.</Plain>
        </Box>
      )}
    </Frame>
  );
}
