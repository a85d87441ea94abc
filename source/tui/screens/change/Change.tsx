// A guided change of a release: what is wanted above, what follows from it below, before it happens.
import {Box, Text} from 'ink';
import {useState, type ReactNode} from 'react';
import {fullnameOf} from '../../../chart/names.ts';
import {toValues} from '../../../chart/values.ts';
import type {Answers} from '../../../parameters/answers.ts';
import {TypeName} from '../../components/Confirm.tsx';
import type {Hint} from '../../components/Footer.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {isNarrow} from '../../layout.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {Lines, type Line} from '../shared/Lines.tsx';
import {PlanShown, usePlanKeys} from '../preview/PlanShown.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';
import {dashboard} from '../../screens.ts';
import {wrapped} from '../shared/wrap.ts';

export interface ChangeProps {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  readonly onStart: () => void;
}

interface Props extends ChangeProps {
  /** What is wrong with what was typed; null when it is right. */
  readonly problem: string | null;
  /** How many rows `children` takes. */
  readonly rows: number;
  /** Of the fields, in the footer. */
  readonly keys?: readonly Hint[];
  /** Beside what can be typed, in a sentence. */
  readonly hint?: string;
  /** Data goes: only this name, typed, does it. */
  readonly typeName?: string;
  /** What is wanted, as the parameters that were edited: for the marks of the values. */
  readonly answers: Answers;
  /** `editing`: the fields take keys. */
  readonly children: (editing: boolean) => ReactNode;
}

/**
 * Enter works out what follows and Enter again does it; until then Escape goes back to the fields, and another one to
 * the dashboard.
 */
export function Change({app, dispatch, onStart, problem, rows, keys = [], hint, typeName, answers, children}: Props) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const [top, setTop] = useState(0);
  const {planned, planning, view, chartValues, status, target} = app;
  const plan = planned?.plan;
  const planKeys = usePlanKeys(view);
  const remedyKeys = useRemedyKeys(planned?.cause, true);
  useKeys(({name}) => {
    if (name === 'escape') dispatch(planned ? {type: 'edit'} : {type: 'show', screen: dashboard});
    else if (name !== 'enter') return false;
    else if (plan) return typeName === undefined && (onStart(), true);
    else if (problem === null && !planning) dispatch({type: 'planning'});
    return true;
  });
  const isLow = body < 8;
  // On a low screen a plan needs the rows of the fields.
  const showsFields = !(isLow && planned);
  const room = body - (showsFields ? rows + (isLow ? 0 : 2) : 0);
  const say = (line: Line) => (
    <Lines
      lines={wrapped(line.text, width - 4).map((text) => ({...line, text}))}
      rows={room}
      top={top}
      onScroll={setTop}
    />
  );
  const editKeys = [
    ...(problem === null && !planning ? [{keys: theme.enter, does: 'what follows'}] : []),
    {keys: 'esc', does: 'back'},
    ...keys,
  ];
  const own = plan
    ? [{keys: theme.enter, does: 'do it'}, {keys: 'esc', does: 'change'}, ...(typeName === undefined ? planKeys : [])]
    : planned
      ? [{keys: 'esc', does: 'change'}, ...remedyKeys]
      : editKeys;
  return (
    <Frame app={app} keys={own}>
      {showsFields && (
        <>
          {!isLow && <Box height={1} flexShrink={0} />}
          {children(!planned)}
          {!isLow && <Box height={1} flexShrink={0} />}
        </>
      )}
      {problem ? (
        say({text: `${theme.signs.warning.text} ${problem}`, color: 'yellow'})
      ) : planning ? (
        <Waiting>Working out what follows</Waiting>
      ) : planned?.cause ? (
        <CauseView cause={planned.cause} rows={room} onAgain={() => dispatch({type: 'planning'})} />
      ) : plan ? (
        <>
          <PlanShown
            {...{plan, view, answers, chartValues}}
            warnings={planned.warnings}
            before={status?.parameters ? toValues(status.parameters, fullnameOf(target.release)) : {}}
            rows={room - (typeName === undefined ? 0 : isLow ? 1 : 2)}
            onView={(next) => dispatch({type: 'view', view: next})}
          />
          {typeName !== undefined && (
            <Box paddingLeft={3} marginTop={isLow ? 0 : 1} flexShrink={0}>
              <TypeName name={typeName} onAnswer={(isYes) => (isYes ? onStart() : dispatch({type: 'edit'}))} />
            </Box>
          )}
        </>
      ) : (
        say({text: hint ?? `${theme.enter} shows what follows, before anything is changed.`, dim: true})
      )}
    </Frame>
  );
}

/** A field of a change, with its label. */
export function ChangeRow({
  label,
  isHere,
  children,
}: {
  readonly label: string;
  readonly isHere: boolean;
  readonly children: ReactNode;
}) {
  const theme = useTheme();
  const {width} = useLayout();
  return (
    <Box paddingLeft={1} height={1} flexShrink={0}>
      <Text color={theme.accent}>{isHere ? `${theme.pointer} ` : '  '}</Text>
      <Box width={isNarrow(width) ? 14 : 17} flexShrink={0}>
        <Text dimColor={!isHere}>{label}</Text>
      </Box>
      <Box gap={2}>{children}</Box>
    </Box>
  );
}
