// The writer is lost: which reader takes its role, and whether the lost machine is surely off. Then what is at risk,
// and the name to type as confirmation.
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import type {ChangeProps} from '../change/Change.tsx';
import {ChangeOfOne} from '../change/ChangeOfOne.tsx';
import {shortNames} from '../shared/short-names.ts';
import {candidatesOf, type FailoverState} from './failover-state.ts';

const any = '';

export function FailoverScreen({screen, ...change}: ChangeProps & {readonly screen: FailoverState}) {
  const {enter} = useTheme();
  const {app, dispatch} = change;
  const {to, nodeIsOff} = screen;
  const show = (next: Partial<FailoverState>) => dispatch({type: 'show', screen: {...screen, ...next}});
  const isChoosing = app.planned === null && !app.planning;
  useKeys(
    ({name}) => {
      if (name === 'ctrl-n') show({nodeIsOff: !nodeIsOff});
      return name === 'ctrl-n';
    },
    {active: isChoosing},
  );
  return (
    <ChangeOfOne
      {...change}
      choices={[
        {id: any, label: 'any', text: 'the reader that has the most of what the writer wrote'},
        ...candidatesOf(app.status).map(({pod, text}) => ({id: pod, label: shortNames(pod, app.target.release), text})),
      ]}
      chosen={to ?? any}
      onChoose={(id) => show({to: id === any ? null : id})}
      labelWidth={9}
      arrowsDo="which"
      moreKeys={[{keys: 'ctrl-n', does: nodeIsOff ? 'not sure' : 'it is off'}]}
      typeName={app.target.release}
      hint={
        (nodeIsOff ? "You say that the machine of the writer's node is off. " : '') +
        `It becomes the writer. ${enter} looks at the writer from all sides and says what would be lost; nothing is ` +
        'changed yet.'
      }
      lowHint={`${nodeIsOff ? 'The machine is off. ' : ''}${enter} says what would be lost.`}
    />
  );
}
