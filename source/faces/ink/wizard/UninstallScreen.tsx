// Before a release goes: what goes with it, what stays, and its name to be typed.
import {Box} from 'ink';
import {Confirm} from '../components/Confirm.tsx';
import {useKeys} from '../keys/keyboard.tsx';
import {useTheme} from '../theme.ts';
import {useLayout} from '../use-window-size.ts';
import type {Action, App} from './app-state.ts';
import {Frame} from './Frame.tsx';
import {dashboard} from './screens.ts';

export function UninstallScreen({app, deleteData, dispatch, onStart}: {readonly app: App; readonly deleteData: boolean; readonly dispatch: (action: Action) => void; readonly onStart: () => void}) {
  const theme = useTheme();
  const {body} = useLayout();
  const {status, target} = app;
  useKeys(({name}) => {
    if (name !== 'ctrl-n') return false;
    dispatch({type: 'show', screen: {name: 'uninstall', deleteData: !deleteData}});
    return true;
  });
  const count = status?.claims.length ?? null;
  const data = `${count === null ? 'its volumes' : `${count} ${count === 1 ? 'volume' : 'volumes'}`} and the Secret with the password`;
  const isLow = body < 8;
  const what = deleteData ? `Deleted for good: ${data}.` : `Kept: ${data}.`;
  return (
    <Frame app={app} keys={[{keys: theme.enter, does: 'uninstall'}, {keys: 'esc', does: 'back'}, {keys: 'ctrl-n', does: deleteData ? 'keep data' : 'delete data too'}]}>
      {!isLow && <Box height={1} flexShrink={0} />}
      <Confirm
        key={String(deleteData)}
        question={isLow ? `Uninstall ${target.release}?` : `Uninstall ${target.release} from ${target.namespace}?`}
        consequences={isLow ? [`${what} ctrl-n ${deleteData ? 'keeps' : 'deletes'} them.`] : ['The endpoints go, and every connection with them.', what]}
        typeName={target.release}
        onAnswer={(isYes) => (isYes ? onStart() : dispatch({type: 'show', screen: dashboard}))}
      />
    </Frame>
  );
}
