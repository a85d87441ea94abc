// A release: endpoints above, what can be done with it below. It stays live.
import {Box, Text} from 'ink';
import {useState} from 'react';
import type {Operation} from '../../../core/operation.ts';
import {Plain} from '../../components/Plain.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {menuOf} from './dashboard-menu.ts';
import {Frame} from '../shared/Frame.tsx';
import {foldedMenu, menuRows} from './menu-rows.ts';
import {StatusLines} from './StatusLines.tsx';
import {troubleCount} from './trouble-rows.ts';

interface Props {
  readonly app: App;
  readonly revealed: string | null;
  readonly note: string | null;
  readonly dispatch: (action: Action) => void;
  readonly onReveal: () => void;
  readonly onCopy: () => void;
  readonly onRun: (operation: Operation) => void;
  readonly onQuit: () => void;
}

export function DashboardScreen({app, revealed, note, dispatch, onReveal, onCopy, onRun, onQuit}: Props) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const {status, lost, isGone} = app;
  const menu = menuOf(status, revealed !== null);
  // Where there is no room for both, the menu takes the place of the rest until a key is pressed.
  const [isUnfolded, unfold] = useState(false);
  const isLow = body < 12;
  const isMenuAlone = isUnfolded && isLow;
  useKeys(({name, text}) => {
    if (isMenuAlone || (text === 'm' && isLow)) {
      unfold(!isUnfolded);
      if (name === 'escape' || text === 'm') return true;
    }
    const chosen = menu.find(({key}) => key === text);
    if (chosen) {
      if (chosen.does === 'copy') onCopy();
      else if (chosen.does === 'reveal') onReveal();
      else if ('run' in chosen.does) onRun(chosen.does.run);
      else dispatch({type: 'show', screen: chosen.does.show});
    } else if (text === 'q') onQuit();
    else if (name === 'escape') dispatch({type: 'show', screen: {name: 'home'}});
    else return false;
    return true;
  });
  const between = isLow ? 2 : 3;
  const said = lost
    ? `${theme.signs.warning.text} ` +
      `${isLow ? 'No answer' : 'No answer from the cluster'}${status ? '; this is from before' : ''}. ${lost}`
    : note;
  // Two endpoints, what is dangerous, a password that was asked for.
  const needs = (said ? 1 : 0) + (revealed === null ? 0 : 1) + (status ? 2 + Math.min(2, troubleCount(status)) : 1);
  const rows =
    isLow && !isMenuAlone ? foldedMenu(menu, width - 4, between, body - needs) : menuRows(menu, width - 4, between);
  const room = Math.max(0, body - rows.length - (rows.length > 0 && !isLow ? 1 : 0) - (said ? 1 : 0));
  return (
    <Frame
      app={app}
      keys={[
        {keys: 'esc', does: 'all releases'},
        {keys: 'q', does: 'quit'},
      ]}
    >
      <Box flexDirection="column" height={room} overflow="hidden" paddingLeft={3}>
        {status && !isMenuAlone ? (
          <StatusLines status={status} revealed={revealed} rows={room} />
        ) : isGone ? (
          <Plain wrap="wrap">{`There is no release ${app.target.release} in ${app.target.namespace} any more.`}</Plain>
        ) : (
          !status && !lost && <Waiting>Asking the cluster and the database</Waiting>
        )}
      </Box>
      {said && !isMenuAlone && (
        <Box paddingLeft={3} height={1} flexShrink={0}>
          <Plain {...(lost ? {color: 'yellow'} : {dimColor: true})}>{said}</Plain>
        </Box>
      )}
      {rows.length > 0 && !isLow && <Box height={1} flexShrink={0} />}
      {rows.map((row, index) => (
        <Box key={index} paddingLeft={3} gap={between} height={1} flexShrink={0}>
          {row.map(({key, label}) => (
            <Text key={key}>
              <Text color={theme.accent}>{key}</Text>
              {` ${label}`}
            </Text>
          ))}
        </Box>
      ))}
    </Frame>
  );
}
