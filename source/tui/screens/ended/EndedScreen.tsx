// An operation that did not end well, or after which nothing is left to show.
import {Box, Text} from 'ink';
import {ledgerText, removalText} from '../../../operations/ledger-text.ts';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {isNarrow} from '../../layout.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';
import type {Operation} from '../operation/operation-state.ts';
import {dashboard, type Screen} from '../../screens.ts';

interface Props {
  readonly app: App;
  readonly operation: Operation;
  readonly dispatch: (action: Action) => void;
  readonly onAgain: () => void;
  readonly onUndo: () => void;
  readonly onQuit: () => void;
}

export function EndedScreen({app, operation, dispatch, onAgain, onUndo, onQuit}: Props) {
  const {body} = useLayout();
  const {result, kind} = operation;
  const remedyKeys = useRemedyKeys(result?.cause, true);
  const good = result?.outcome === 'succeeded' || result?.outcome === 'unchanged';
  const canOpen = kind !== 'uninstall' && typeof result?.revision === 'number';
  // What was refused has changed nothing.
  const canUndo = operation.undo !== null && !good && result?.outcome !== 'refused';
  const back: {readonly screen: Screen; readonly does: string} =
    kind === 'install'
      ? {screen: {name: 'parameters'}, does: 'back'}
      : good
        ? {screen: {name: 'home'}, does: 'all releases'}
        : {screen: dashboard, does: 'back'};
  const show = (screen: Screen) => dispatch({type: 'show', screen});
  useKeys(({name, text}) => {
    if (text === 'r' && !good) onAgain();
    else if (text === 'o' && canOpen) show(dashboard);
    else if (text === 'z' && canUndo) onUndo();
    else if (text === 'q') onQuit();
    else if (name === 'escape') show(back.screen);
    else return false;
    return true;
  });
  const keys = [
    ...(good ? [] : [...remedyKeys, {keys: 'r', does: 'run again'}]),
    ...(canOpen ? [{keys: 'o', does: 'open it'}] : []),
    ...(canUndo ? [{keys: 'z', does: 'undo'}] : []),
    {keys: 'esc', does: back.does},
    {keys: 'q', does: 'quit'},
  ];
  const rows = body > 8 ? body - 1 : body;
  return (
    <Frame app={app} keys={keys}>
      {body > 8 && <Box height={1} flexShrink={0} />}
      {result?.cause ? (
        <CauseView cause={result.cause} rows={rows} {...(good ? {} : {onAgain})} />
      ) : (
        <Removed app={app} ledger={result?.ledger ?? []} />
      )}
    </Frame>
  );
}

function Removed({
  app,
  ledger,
}: {
  readonly app: App;
  readonly ledger: NonNullable<NonNullable<Operation['result']>['ledger']>;
}) {
  const theme = useTheme();
  const {width} = useLayout();
  return (
    <Box flexDirection="column" paddingLeft={3} flexShrink={0}>
      <Box gap={1}>
        <Text color="green">{theme.signs.done.text}</Text>
        <Plain>{`${app.target.release} is removed.`}</Plain>
      </Box>
      {ledger.map((entry) => (
        <Box key={entry.name} flexDirection="column">
          <Box>
            <Box width={11} flexShrink={0}>
              <Text dimColor>{`  ${entry.fate}`}</Text>
            </Box>
            <Plain>{isNarrow(width) ? entry.name : ledgerText(entry)}</Plain>
          </Box>
          {entry.remove !== undefined && (
            <Box paddingLeft={11}>
              <Plain dimColor wrap="wrap">
                {removalText(entry)}
              </Plain>
            </Box>
          )}
        </Box>
      ))}
    </Box>
  );
}
