// Shown for an operation that did not end well, or after which there is nothing else to show.
import {isGoodEnd} from '../../../core/outcome.ts';
import {Box} from 'ink';
import {ledgerText, removalText} from '../../../plan/ledger-text.ts';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {isNarrow} from '../../layout.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Text} from '../../components/Text.tsx';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';
import type {RunningOperation} from '../operation/operation-state.ts';
import type {Screen} from '../../screens.ts';
import {backupsScreen} from '../backups/backups-state.ts';
import {dashboard} from '../dashboard/dashboard-state.ts';

interface Props {
  readonly app: App;
  readonly operation: RunningOperation;
  readonly dispatch: (action: Action) => void;
  readonly onAgain: () => void;
  readonly onUndo: () => void;
  readonly onQuit: () => void;
}

export function EndedScreen({app, operation, dispatch, onAgain, onUndo, onQuit}: Props) {
  const {body} = useLayout();
  const {result} = operation;
  const remedyKeys = useRemedyKeys(result?.cause, true);
  const {isGood, canOpen, canUndo, back} = waysFrom(operation, app.settings !== null);
  const show = (screen: Screen) => dispatch({type: 'show', screen});
  const open = () => {
    // A restore has made another release, which is shown next.
    const release = result?.release ?? app.target.release;
    if (release !== app.target.release) dispatch({type: 'target', target: {release}});
    show(dashboard);
  };
  useKeys(({name, text}) => {
    if (text === 'r' && !isGood) onAgain();
    else if (text === 'o' && canOpen) open();
    else if (text === 'z' && canUndo) onUndo();
    else if (text === 'q') onQuit();
    else if (name === 'escape') show(back.screen);
    else return false;
    return true;
  });
  const keys = [
    ...(isGood ? [] : [...remedyKeys, {keys: 'r', does: 'run again'}]),
    ...(canOpen ? [{keys: 'o', does: 'open it'}] : []),
    ...(canUndo ? [{keys: 'z', does: 'undo'}] : []),
    {keys: 'esc', does: back.does},
    {keys: 'q', does: 'quit'},
  ];
  return (
    <Frame app={app} keys={keys}>
      {body > 8 && <Box height={1} flexShrink={0} />}
      {result?.cause ? (
        <CauseView cause={result.cause} rows={body > 8 ? body - 1 : body} {...(isGood ? {} : {onAgain})} />
      ) : (
        <Done app={app} operation={operation} />
      )}
    </Frame>
  );
}

/** Where the operator can go from here, and what can be done about a failure. */
function waysFrom(
  {kind, result, undo}: RunningOperation,
  hasSettings: boolean,
): {
  readonly isGood: boolean;
  readonly canOpen: boolean;
  readonly canUndo: boolean;
  readonly back: {readonly screen: Screen; readonly does: string};
} {
  const isGood = isGoodEnd(result);
  return {
    isGood,
    canOpen: kind !== 'uninstall' && typeof result?.revision === 'number',
    // A refused operation has changed nothing, so there is nothing to undo.
    canUndo: undo !== null && !isGood && result?.outcome !== 'refused',
    // What was typed is still in the form.
    back:
      kind === 'set' && !isGood && hasSettings
        ? {screen: {name: 'settings'}, does: 'back'}
        : backLabel(kind, isGood, result?.files !== undefined),
  };
}

function backLabel(
  kind: RunningOperation['kind'],
  isGood: boolean,
  hasFiles: boolean,
): {readonly screen: Screen; readonly does: string} {
  if (kind === 'install') return {screen: {name: 'parameters'}, does: 'back'};
  if (isOfBackup(kind)) return {screen: backupsScreen, does: 'backups'};
  return isGood && !hasFiles ? {screen: {name: 'home'}, does: 'all releases'} : {screen: dashboard, does: 'back'};
}

/** What there is now: nothing besides what was kept, files, or a release of another name. */
function Done({app, operation}: {readonly app: App; readonly operation: RunningOperation}) {
  const {kind, result} = operation;
  const {target} = app;
  if (result?.files)
    return <WithNotes text={`The change of ${target.release} is written as files.`} notes={result.notes} />;
  if (kind === 'detach' && result)
    return <WithNotes text={`The database has left the release ${target.release}.`} notes={result.notes} />;
  if (kind !== 'restore' || !result) return <Removed app={app} ledger={result?.ledger ?? []} />;
  const text = `${result.release ?? 'It'} is there, with what the backup of ${target.release} had.`;
  return <WithNotes text={text} notes={result.notes} />;
}

function WithNotes({text, notes}: {readonly text: string; readonly notes: readonly string[]}) {
  const theme = useTheme();
  return (
    <Box flexDirection="column" paddingLeft={3} flexShrink={0}>
      <Box gap={1}>
        <Box flexShrink={0}>
          <Text color="green">{theme.signs.done.text}</Text>
        </Box>
        <Plain wrap="wrap">{text}</Plain>
      </Box>
      {notes.map((note) => (
        <Plain key={note} dimColor wrap="wrap">
          {note}
        </Plain>
      ))}
    </Box>
  );
}

function isOfBackup(kind: RunningOperation['kind']): boolean {
  return kind === 'backup' || kind === 'verify' || kind === 'restore';
}

function Removed({
  app,
  ledger,
}: {
  readonly app: App;
  readonly ledger: NonNullable<NonNullable<RunningOperation['result']>['ledger']>;
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
