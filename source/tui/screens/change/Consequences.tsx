// Below the fields of a change: what follows from it, or why that is not known yet.
import {Box} from 'ink';
import {useState} from 'react';
import {toValues} from '../../../chart/values.ts';
import type {Plan, Result} from '../../../plan/progress.ts';
import type {Answers} from '../../../parameters/answers.ts';
import {TypeName} from '../../components/Confirm.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {PlanShown} from '../preview/PlanShown.tsx';
import {CauseView} from '../shared/CauseView.tsx';
import {Lines, type Line} from '../shared/Lines.tsx';
import {wrapped} from '../shared/wrap.ts';

interface Props {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  readonly onStart: () => void;
  readonly problem: string | null;
  readonly hint?: string;
  readonly typeName?: string;
  readonly plansAtOnceFor?: string;
  readonly doing?: string;
  readonly answers: Answers;
  /** The rows that there is room for. */
  readonly rows: number;
}

export function Consequences(props: Props) {
  const {problem, hint, rows, plansAtOnceFor, doing = 'Working out what follows'} = props;
  const theme = useTheme();
  const {width} = useLayout();
  const [top, setTop] = useState(0);
  const {planned, planning} = props.app;
  const lines = (line: Line) => (
    <Lines
      lines={wrapped(line.text, width - 4).map((text) => ({...line, text}))}
      rows={rows}
      top={top}
      onScroll={setTop}
    />
  );
  if (problem) return lines({text: `${theme.signs.warning.text} ${problem}`, color: 'yellow'});
  if (planning || (plansAtOnceFor !== undefined && !planned)) return <Waiting>{doing}</Waiting>;
  if (planned?.cause)
    return <CauseView cause={planned.cause} rows={rows} onAgain={() => props.dispatch({type: 'planning'})} />;
  if (planned?.plan) return <PlanOfChange {...props} {...{rows, plan: planned.plan, warnings: planned.warnings}} />;
  return lines({text: hint ?? `${theme.enter} shows what follows, before anything is changed.`, dim: true});
}

type PlanProps = Omit<Props, 'problem' | 'hint' | 'doing'> & {
  readonly plan: Plan;
  readonly warnings: Result['warnings'];
};

/** The plan, and where data is deleted, a field for the name that confirms it. */
function PlanOfChange({app, dispatch, onStart, typeName, answers, rows, plan, warnings}: PlanProps) {
  const isLow = useLayout().body < 8;
  const {view, chartValues, status} = app;
  return (
    <>
      <PlanShown
        {...{plan, view, answers, chartValues, warnings}}
        before={status?.parameters ? toValues(status.parameters, status.naming) : {}}
        rows={rows - (typeName === undefined ? 0 : isLow ? 1 : 2)}
        onView={(next) => dispatch({type: 'view', view: next})}
      />
      {typeName !== undefined && (
        <Box paddingLeft={3} marginTop={isLow ? 0 : 1} flexShrink={0}>
          <TypeName name={typeName} onAnswer={(isYes) => (isYes ? onStart() : dispatch({type: 'edit'}))} />
        </Box>
      )}
    </>
  );
}
