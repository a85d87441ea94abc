// New passwords: whose, then who gets them by itself and who has to be told.
import {Box, Text} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {windowOf} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {Change, type ChangeProps} from '../change/Change.tsx';
import {rolesOf, type PasswordState} from './password-state.ts';

export function PasswordScreen({app, screen, dispatch, onStart}: ChangeProps & {readonly screen: PasswordState}) {
  const theme = useTheme();
  const {body} = useLayout();
  const roles = rolesOf(app.status);
  const index = roles.findIndex(({role}) => role === screen.role);
  useKeys(
    ({name}) => {
      const next = name === 'up' ? roles[index - 1] : name === 'down' ? roles[index + 1] : undefined;
      if (next) dispatch({type: 'show', screen: {...screen, role: next.role}});
      return name === 'up' || name === 'down';
    },
    {active: app.planned === null && !app.planning},
  );
  const isLow = body < 8;
  const rows = app.planned ? 1 : Math.max(1, Math.min(roles.length, isLow ? body - 2 : body - 5));
  const {start, end} = windowOf(roles.length, index, rows);
  return (
    <Change
      app={app}
      dispatch={dispatch}
      onStart={onStart}
      problem={null}
      rows={rows}
      keys={[{keys: theme.upDown, does: 'whose'}]}
      hint={
        isLow
          ? `${theme.enter} shows who has to be told.`
          : `${theme.enter} shows who gets it by itself and who has to be told, before anything is changed.`
      }
      answers={{}}
    >
      {(editing) =>
        roles.slice(start, end).map(({role, whose}) => {
          const isHere = editing && role === screen.role;
          return (
            <Box key={role} paddingLeft={1} height={1} flexShrink={0}>
              <Box width={2} flexShrink={0}>
                <Text {...(isHere ? {color: theme.accent} : {})}>{isHere ? theme.pointer : ' '}</Text>
              </Box>
              <Box width={13} flexShrink={0}>
                <Text>{role}</Text>
              </Box>
              <Plain dimColor>{whose}</Plain>
            </Box>
          );
        })
      }
    </Change>
  );
}
