// Something that has to be put right before anything else: the cluster, the permissions, helm.
import {Box} from 'ink';
import type {Cause} from '../../../cause.ts';
import {useKeys} from '../keys/keyboard.tsx';
import {useLayout} from '../use-window-size.ts';
import type {Action, App} from './app-state.ts';
import {CauseView} from './CauseView.tsx';
import {Frame} from './Frame.tsx';
import {remedyKeys} from './remedies.ts';

export function TroubleScreen({app, cause, dispatch, onQuit}: {readonly app: App; readonly cause: Cause; readonly dispatch: (action: Action) => void; readonly onQuit: () => void}) {
  const {body, width} = useLayout();
  const {contexts, target, opened} = app;
  const next = contexts.length > 1 || !contexts.includes(target.context) ? contexts[(contexts.indexOf(target.context) + 1) % Math.max(1, contexts.length)] : undefined;
  const again = () => dispatch({type: 'open', context: target.context || null});
  useKeys(({text, name}) => {
    if (text === 'r') again();
    else if (text === 'c' && next !== undefined) dispatch({type: 'open', context: next});
    else if (name === 'escape' && opened) dispatch({type: 'show', screen: opened.releases?.length ? {name: 'home'} : {name: 'target', row: 'release'}});
    else if (text === 'q') onQuit();
    else return false;
    return true;
  });
  const keys = [
    {keys: 'r', does: width < 60 ? 'again' : 'try again'},
    ...(next === undefined ? [] : [{keys: 'c', does: `context ${next}`}]),
    ...(opened ? [{keys: 'esc', does: 'back'}] : []),
    {keys: 'q', does: 'quit'},
    ...remedyKeys(cause),
  ];
  return (
    <Frame app={app} keys={keys}>
      {body > 8 && <Box height={1} flexShrink={0} />}
      <CauseView cause={cause} rows={body > 8 ? body - 1 : body} onAgain={again} />
    </Frame>
  );
}
