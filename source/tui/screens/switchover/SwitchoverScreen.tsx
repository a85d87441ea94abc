// A reader becomes the writer: what that means for clients, volumes and the other pods. The plan is made at once, with
// the reader that is closest to the writer; Control-N shows it for another one.
import type {ChangeProps} from '../change/Change.tsx';
import {ChangeOfOne} from '../change/ChangeOfOne.tsx';
import {shortNames} from '../shared/short-names.ts';
import {readersOf, switchoverKeyOf, type SwitchoverState} from './switchover-state.ts';

export function SwitchoverScreen({screen, ...change}: ChangeProps & {readonly screen: SwitchoverState}) {
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
      arrowsDo="other reader"
      plansAtOnceFor={switchoverKeyOf(screen)}
    />
  );
}
