// Which reader becomes the writer, then what that means for clients, volumes and the other pods.
import {useTheme} from '../../theme.ts';
import type {ChangeProps} from '../change/Change.tsx';
import {ChangeOfOne} from '../change/ChangeOfOne.tsx';
import {shortNames} from '../shared/short-names.ts';
import {readersOf, type SwitchoverState} from './switchover-state.ts';

export function SwitchoverScreen({screen, ...change}: ChangeProps & {readonly screen: SwitchoverState}) {
  const {enter} = useTheme();
  const {app, dispatch} = change;
  return (
    <ChangeOfOne
      {...change}
      choices={readersOf(app.status).map(({pod, text}) => ({
        id: pod,
        label: shortNames(pod, app.target.release),
        text,
      }))}
      chosen={screen.to}
      onChoose={(to) => dispatch({type: 'show', screen: {...screen, to}})}
      labelWidth={9}
      arrowsDo="which"
      hint={`It becomes the writer, and the writer becomes it. ${enter} shows what that means first.`}
      lowHint={`${enter} shows what it means.`}
    />
  );
}
