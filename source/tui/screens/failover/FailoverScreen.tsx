// The writer is lost: what is at risk, what is known of it, and one decision, which the typed name confirms. The plan
// is made at once, with the reader that has the most; Control-N shows it for another one.
import type {ChangeProps} from '../change/Change.tsx';
import {ChangeOfOne} from '../change/ChangeOfOne.tsx';
import {shortNames} from '../shared/short-names.ts';
import {candidatesOf, failoverKeyOf, type FailoverState} from './failover-state.ts';

const best = '';

export function FailoverScreen({screen, ...change}: ChangeProps & {readonly screen: FailoverState}) {
  const {app, dispatch} = change;
  return (
    <ChangeOfOne
      {...change}
      choices={[
        {id: best, label: 'best', text: 'the reader that has the most of what the writer wrote'},
        ...candidatesOf(app.status).map(({pod, text}) => ({id: pod, label: shortNames(pod, app.target.release), text})),
      ]}
      chosen={screen.to ?? best}
      onChoose={(id) => dispatch({type: 'show', screen: {...screen, to: id === best ? null : id}})}
      labelWidth={9}
      arrowsDo="other reader"
      plansAtOnceFor={failoverKeyOf(screen)}
      doing="Looking at the lost writer"
      typeName={app.target.release}
    />
  );
}
