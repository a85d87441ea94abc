// A guided change of a release: the fields above, and what follows from them below, before it happens.
import {Box} from 'ink';
import {useEffect, type ReactNode} from 'react';
import type {Answers} from '../../../parameters/answers.ts';
import type {Hint} from '../../components/Footer.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Text} from '../../components/Text.tsx';
import type {Screen} from '../../screens.ts';
import {dashboard} from '../dashboard/dashboard-state.ts';
import {usePlanKeys} from '../preview/PlanShown.tsx';
import {Frame} from '../shared/Frame.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';
import {Consequences} from './Consequences.tsx';

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
  /** The keys of the fields, for the footer. */
  readonly keys?: readonly Hint[];
  /** A sentence beside what can be typed. */
  readonly hint?: string;
  /** The screen that Escape leads to from the fields; absent: the one that led here. */
  readonly back?: Screen;
  /** Data is deleted, so this name has to be typed to confirm. */
  readonly typeName?: string;
  /**
   * The plan is made without Enter, and again whenever this changes: there is nothing to type first. Escape then leads
   * back at once.
   */
  readonly plansAtOnceFor?: string;
  /** What is said while the plan is made. */
  readonly doing?: string;
  /** The edited parameters, for marking the values of the plan. */
  readonly answers: Answers;
  /** `editing`: the fields take keys. */
  readonly children: (editing: boolean) => ReactNode;
}

/**
 * Enter plans the change, and Enter again carries it out. Before that, Escape goes back to the fields, and from there
 * to the dashboard, or to the settings where they led here.
 */
export function Change(props: Props) {
  const {app, onStart, problem, rows, typeName, children, plansAtOnceFor} = props;
  const {back = app.fromSettings ? {name: 'settings'} : dashboard} = props;
  const dispatch = (action: Action) =>
    props.dispatch(action.type === 'edit' && plansAtOnceFor !== undefined ? {type: 'show', screen: back} : action);
  usePlanAtOnce(props);
  const {body} = useLayout();
  const {planned, planning} = app;
  const keys = useChangeKeys(props);
  useKeys(({name}) => {
    if (name === 'escape') dispatch(planned ? {type: 'edit'} : {type: 'show', screen: back});
    else if (name !== 'enter') return false;
    else if (planned?.plan) return typeName === undefined && (onStart(), true);
    else if (problem === null && !planning) dispatch({type: 'planning'});
    return true;
  });
  const isLow = body < 8;
  // On a low screen a plan needs the rows of the fields.
  const showsFields = !(isLow && planned);
  const blank = !isLow && <Box height={1} flexShrink={0} />;
  return (
    <Frame app={app} keys={keys}>
      {showsFields && (
        <>
          {blank}
          {children(!planned)}
          {blank}
        </>
      )}
      <Consequences {...props} dispatch={dispatch} rows={body - (showsFields ? rows + (isLow ? 0 : 2) : 0)} />
    </Frame>
  );
}

function usePlanAtOnce({plansAtOnceFor, dispatch}: Pick<Props, 'plansAtOnceFor' | 'dispatch'>): void {
  useEffect(() => {
    if (plansAtOnceFor !== undefined) dispatch({type: 'planning'});
  }, [plansAtOnceFor, dispatch]);
}

/** The keys that work now: in the fields, on a plan, or where something keeps the plan from being made. */
function useChangeKeys({app, problem, keys = [], typeName, plansAtOnceFor}: Props): readonly Hint[] {
  const theme = useTheme();
  const {planned, planning, view} = app;
  const planKeys = usePlanKeys(view);
  const remedyKeys = useRemedyKeys(planned?.cause, true);
  const isAtOnce = plansAtOnceFor !== undefined;
  const back = {keys: 'esc', does: 'back'};
  const leaves = isAtOnce ? {back, own: keys} : {back: {...back, does: 'change'}, own: []};
  if (planned?.plan) {
    const begin = {keys: theme.enter, does: planned.plan.files ? 'write files' : 'do it'};
    return [begin, leaves.back, ...leaves.own, ...(typeName === undefined ? planKeys : [])];
  }
  if (planned) return [leaves.back, ...remedyKeys, ...leaves.own];
  const mayPlan = problem === null && !planning && !isAtOnce;
  return [...(mayPlan ? [{keys: theme.enter, does: 'what follows'}] : []), back, ...keys];
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
      <Box width={2} flexShrink={0}>
        <Text color={theme.accent}>{isHere ? theme.pointer : ' '}</Text>
      </Box>
      <Box width={isNarrow(width) ? 14 : 17} flexShrink={0}>
        <Text dimColor={!isHere}>{label}</Text>
      </Box>
      <Box gap={2}>{children}</Box>
    </Box>
  );
}
