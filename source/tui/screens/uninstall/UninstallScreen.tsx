// Before a release is removed: what goes with it, what stays, where a last dump may go, and its name to be typed.
import {Box} from 'ink';
import {useState} from 'react';
import {Confirm, type ConfirmProps} from '../../components/Confirm.tsx';
import type {Hint} from '../../components/Footer.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {dashboard} from '../dashboard/dashboard-state.ts';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {Lines, type LinesProps} from '../shared/Lines.tsx';
import {DumpField, DumpProblem} from './DumpField.tsx';
import {removalLines, removalSummary} from './removal-lines.ts';
import {dumpProblem, type UninstallState} from './uninstall-state.ts';

interface Props {
  readonly app: App;
  readonly screen: UninstallState;
  readonly dispatch: (action: Action) => void;
  readonly onStart: () => void;
}

/** Nothing can be confirmed before the plan says what goes, which includes volumes of readers that were scaled away. */
export function UninstallScreen({app, screen, dispatch, onStart}: Props) {
  const {body} = useLayout();
  const [top, setTop] = useState(0);
  const {planned} = app;
  const {deleteData, dumpTo} = screen;
  const show = (next: Partial<UninstallState>) => dispatch({type: 'show', screen: {...screen, ...next}});
  const back = () => dispatch({type: 'show', screen: dashboard});
  useKeys(({name}) => {
    if (name === 'ctrl-n') show({deleteData: !deleteData});
    else if (name === 'escape') back();
    else return false;
    return true;
  });
  const confirms = planned?.plan !== undefined;
  const problem = dumpProblem(planned, dumpTo);
  const isTyped = problem !== null || (confirms && screen.row === 'dump');
  const take = (typed: string) => {
    show({dumpTo: typed.trim(), row: 'name'});
    // Asks again even for the same file, with which something may have changed.
    if (problem !== null) dispatch({type: 'edit'});
  };
  const leave = () => show({dumpTo: problem === null ? dumpTo : '', row: 'name'});
  const field = <DumpField dumpTo={dumpTo} isTyped={isTyped} onTake={take} onLeave={leave} />;
  const dumpKeys = useDumpKeys(problem !== null);
  const confirmKeys = useConfirmKeys(confirms, deleteData);
  return (
    <Frame app={app} keys={isTyped ? dumpKeys : confirmKeys}>
      {body >= 8 && <Box height={1} flexShrink={0} />}
      {problem !== null ? (
        <DumpProblem problem={problem}>{field}</DumpProblem>
      ) : planned?.cause ? (
        <CauseView cause={planned.cause} rows={body - 1} onAgain={() => dispatch({type: 'edit'})} />
      ) : !confirms ? (
        <Waiting>Looking at what would go</Waiting>
      ) : (
        <Question
          {...{app, screen, top}}
          onScroll={setTop}
          field={{isEdited: isTyped, line: field, onEdit: () => show({row: 'dump'})}}
          onType={(typed) => show({typed})}
          onAnswer={(isYes) => (isYes ? onStart() : back())}
        />
      )}
    </Frame>
  );
}

/** The keys while the file of the last dump is being typed. */
function useDumpKeys(isWrong: boolean): readonly Hint[] {
  const theme = useTheme();
  return [
    {keys: theme.enter, does: 'this file'},
    {keys: 'esc', does: isWrong ? 'no dump' : 'as before'},
  ];
}

function useConfirmKeys(confirms: boolean, deleteData: boolean): readonly Hint[] {
  const theme = useTheme();
  const {width} = useLayout();
  const confirmKeys = [
    {keys: theme.enter, does: isNarrow(width) ? 'yes' : 'uninstall'},
    {keys: 'tab', does: isNarrow(width) ? 'dump' : 'last dump'},
  ];
  return [
    ...(confirms ? confirmKeys : []),
    {keys: 'esc', does: 'back'},
    {keys: 'ctrl-n', does: deleteData ? 'keep data' : 'delete data too'},
  ];
}

type QuestionProps = Pick<Props, 'app' | 'screen'> &
  Pick<ConfirmProps, 'field' | 'onType' | 'onAnswer'> &
  Pick<LinesProps, 'top' | 'onScroll'>;

/** Asks whether the release may go and, where there is room, shows everything that goes and stays. */
function Question({app, screen, top, onScroll, ...props}: QuestionProps) {
  const {body} = useLayout();
  const isLow = body < 8;
  const {release, namespace} = app.target;
  const {deleteData, dumpTo, typed} = screen;
  const ledger = app.planned?.ledger ?? [];
  const summary = removalSummary(ledger);
  const then = dumpTo === '' ? `ctrl-n ${deleteData ? 'keeps' : 'deletes'} them.` : `First dumped to ${dumpTo}.`;
  return (
    <>
      <Confirm
        question={isLow ? `Uninstall ${release}?` : `Uninstall ${release} from ${namespace}?`}
        consequences={isLow ? [`${summary} ${then}`] : ['The endpoints go, and every connection with them.', summary]}
        typeName={release}
        {...{typed, ...props}}
      />
      {!isLow && (
        <Box marginTop={1}>
          <Lines lines={removalLines(ledger)} rows={Math.max(1, body - 9)} top={top} onScroll={onScroll} />
        </Box>
      )}
    </>
  );
}
