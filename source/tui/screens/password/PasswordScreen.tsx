// New passwords: for which role, then who gets them automatically and who has to be told.
import {useTheme} from '../../theme.ts';
import type {ChangeProps} from '../change/Change.tsx';
import {ChangeOfOne} from '../change/ChangeOfOne.tsx';
import {rolesOf, type PasswordState} from './password-state.ts';

export function PasswordScreen({screen, ...change}: ChangeProps & {readonly screen: PasswordState}) {
  const {enter} = useTheme();
  const {app, dispatch} = change;
  const roles = rolesOf(app.status);
  return (
    <ChangeOfOne
      {...change}
      choices={roles.map(({role, whose}) => ({id: role, label: role, text: whose}))}
      chosen={screen.role}
      onChoose={(id) => {
        const chosen = roles.find(({role}) => role === id);
        if (chosen) dispatch({type: 'show', screen: {...screen, role: chosen.role}});
      }}
      labelWidth={13}
      arrowsDo="whose"
      hint={`${enter} shows who gets it by itself and who has to be told, before anything is changed.`}
      lowHint={`${enter} shows who has to be told.`}
    />
  );
}
