// Shows what an install will do, before anything happens.
import {CauseView} from '../shared/CauseView.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {answersOf} from '../parameters/form.ts';
import {Frame} from '../shared/Frame.tsx';
import {PlanShown, usePlanKeys} from './PlanShown.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';

interface Props {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  readonly onStart: () => void;
}

export function PreviewScreen({app, dispatch, onStart}: Props) {
  const theme = useTheme();
  const {body} = useLayout();
  const {planned, view, chartValues, form} = app;
  const plan = planned?.plan;
  const planKeys = usePlanKeys(view);
  const remedyKeys = useRemedyKeys(planned?.cause, true);
  useKeys(({name}) => {
    if (name === 'escape') dispatch({type: 'show', screen: {name: 'parameters'}});
    else if (name === 'enter' && plan) onStart();
    else return name === 'enter';
    return true;
  });
  const keys = [
    ...(plan ? [{keys: theme.enter, does: 'install'}] : remedyKeys),
    {keys: 'esc', does: 'back'},
    ...(plan ? planKeys : []),
  ];
  return (
    <Frame app={app} keys={keys}>
      {!planned ? (
        <Waiting>
          {body < 8 ? 'Checking and rendering' : 'Checking permissions, names, storage and room; rendering'}
        </Waiting>
      ) : planned.cause ? (
        <CauseView cause={planned.cause} rows={body} onAgain={() => dispatch({type: 'planning'})} />
      ) : (
        plan && (
          <PlanShown
            plan={plan}
            warnings={planned.warnings}
            answers={answersOf(form)}
            before={null}
            {...{view, chartValues}}
            rows={body}
            onView={(next) => dispatch({type: 'view', view: next})}
          />
        )
      )}
    </Frame>
  );
}
