// A new release from a backup: its name, then what is made.
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {Change, ChangeRow, type ChangeProps} from '../change/Change.tsx';
import {asProblem, type RestoreState} from './restore-state.ts';

export function RestoreScreen({screen, ...change}: ChangeProps & {readonly screen: RestoreState}) {
  const theme = useTheme();
  const {body} = useLayout();
  const {backup, as} = screen;
  const {release} = change.app.target;
  return (
    <Change
      {...change}
      back={{name: 'backups', chosen: backup}}
      problem={asProblem(screen)}
      rows={2}
      hint={
        body < 8
          ? `${theme.enter} shows what is made.`
          : `${release} is not touched. ${theme.enter} shows what is made, before anything is.`
      }
      answers={{}}
    >
      {(editing) => (
        <>
          <ChangeRow label="Backup" isHere={false}>
            <Plain>{backup}</Plain>
          </ChangeRow>
          <ChangeRow label="New release" isHere={editing}>
            {editing ? (
              <TextField
                initial={as}
                width={40}
                onChange={(typed) => change.dispatch({type: 'show', screen: {...screen, as: typed}})}
              />
            ) : (
              <Plain>{as}</Plain>
            )}
          </ChangeRow>
        </>
      )}
    </Change>
  );
}
