// Which reader becomes the writer, then what that means for clients, volumes and the other pods.
import {Box, Text} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {windowOf} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {Change, type ChangeProps} from '../change/Change.tsx';
import {shortNames} from '../shared/short-names.ts';
import {readersOf, type SwitchoverState} from './switchover-state.ts';

export function SwitchoverScreen({app, screen, dispatch, onStart}: ChangeProps & {readonly screen: SwitchoverState}) {
  const theme = useTheme();
  const {body} = useLayout();
  const readers = readersOf(app.status);
  const index = Math.max(
    0,
    readers.findIndex(({pod}) => pod === screen.to),
  );
  useKeys(
    ({name}) => {
      const next = name === 'up' ? readers[index - 1] : name === 'down' ? readers[index + 1] : undefined;
      if (next) dispatch({type: 'show', screen: {...screen, to: next.pod}});
      return name === 'up' || name === 'down';
    },
    {active: app.planned === null && !app.planning},
  );
  const isLow = body < 8;
  const rows = app.planned ? 1 : Math.max(1, Math.min(readers.length, isLow ? body - 2 : body - 5));
  const {start, end} = windowOf(readers.length, index, rows);
  return (
    <Change
      app={app}
      dispatch={dispatch}
      onStart={onStart}
      problem={null}
      rows={rows}
      keys={readers.length > 1 ? [{keys: theme.upDown, does: 'which'}] : []}
      hint={
        isLow
          ? `${theme.enter} shows what it means.`
          : `It becomes the writer, and the writer becomes it. ${theme.enter} shows what that means first.`
      }
      answers={{}}
    >
      {(editing) =>
        readers.slice(start, end).map(({pod, text}) => {
          const isHere = editing && pod === screen.to;
          return (
            <Box key={pod} paddingLeft={1} height={1} flexShrink={0}>
              <Box width={2} flexShrink={0}>
                <Text {...(isHere ? {color: theme.accent} : {})}>{isHere ? theme.pointer : ' '}</Text>
              </Box>
              <Box width={9} flexShrink={0}>
                <Text>{shortNames(pod, app.target.release)}</Text>
              </Box>
              <Plain dimColor>{text}</Plain>
            </Box>
          );
        })
      }
    </Change>
  );
}
