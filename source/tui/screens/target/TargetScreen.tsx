// Where a release is to be: context, namespace, and the release's name.
import {Box} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Text} from '../../components/Text.tsx';
import {Frame} from '../shared/Frame.tsx';
import {targetHint, targetProblems, targetRows, type TargetRow} from './target-state.ts';

const fields = ['context', 'namespace', 'release'] as const;
const labels = {context: 'Context', namespace: 'Namespace', release: 'Release name'} as const;

interface Props {
  readonly app: App;
  readonly row: TargetRow;
  readonly dispatch: (action: Action) => void;
}

export function TargetScreen(props: Props) {
  const {app, row} = props;
  const theme = useTheme();
  const {body} = useLayout();
  useTargetKeys(props);
  const keys = [
    {keys: theme.enter, does: 'next'},
    {keys: `${theme.upDown} tab`, does: 'field'},
    ...(choicesOf(app, row).length > 1 ? [{keys: 'ctrl-n/p', does: 'choose'}] : []),
    ...(hasHome(app) ? [{keys: 'esc', does: 'all releases'}] : []),
  ];
  const isLow = body < 8;
  return (
    <Frame app={app} keys={keys}>
      {!isLow && <Box height={1} />}
      {fields
        .filter((key) => !isLow || key !== 'context' || row === 'context')
        .map((key) => (
          <Field key={key} field={key} {...props} />
        ))}
      <Box paddingLeft={1} height={1} flexShrink={0}>
        <Text color={theme.accent}>{row === 'next' ? `${theme.pointer} ` : '  '}</Text>
        <Text bold={row === 'next'}>{`Parameters ${theme.enter}`}</Text>
      </Box>
      {!isLow && <Box height={1} />}
      <HintLine {...props} />
    </Frame>
  );
}

function useTargetKeys({app, row, dispatch}: Props): void {
  const problems = targetProblems(app.target);
  const to = (next: TargetRow) => dispatch({type: 'show', screen: {name: 'target', row: next}});
  const go = (by: 1 | -1) =>
    to(targetRows[Math.max(0, Math.min(targetRows.length - 1, targetRows.indexOf(row) + by))] ?? row);
  const toParameters = () => {
    const wrong = targetRows.find((one) => problems[one] !== null);
    if (wrong) to(wrong);
    else dispatch({type: 'show', screen: {name: 'parameters'}});
  };
  const choose = (by: 1 | -1) => {
    const choices = choicesOf(app, row);
    const at = choices.indexOf(row === 'context' ? app.target.context : app.target.namespace);
    const chosen = choices[(at + by + choices.length) % choices.length];
    if (chosen === undefined) return;
    if (row === 'context') dispatch({type: 'open', context: chosen});
    else dispatch({type: 'target', target: {namespace: chosen}});
  };
  useKeys(({name}) => {
    if (name === 'enter' && row === 'next') toParameters();
    else if (name === 'enter' || name === 'down' || name === 'tab') go(1);
    else if (name === 'up' || name === 'shift-tab') go(-1);
    else if (name === 'ctrl-n') choose(1);
    else if (name === 'ctrl-p') choose(-1);
    else if (name === 'escape' && hasHome(app)) dispatch({type: 'show', screen: {name: 'home'}});
    else return false;
    return true;
  });
}

/** Whether there is a list of releases to go back to. */
function hasHome({opened}: App): boolean {
  return Boolean(opened?.releases?.length);
}

function choicesOf({contexts, opened}: App, row: TargetRow): readonly string[] {
  if (row === 'context') return contexts;
  return row === 'namespace' ? (opened?.namespaces ?? []) : [];
}

function Field({app, row, dispatch, field}: Props & {readonly field: (typeof fields)[number]}) {
  const theme = useTheme();
  const {width} = useLayout();
  const {target, opened} = app;
  const isHere = row === field;
  return (
    <Box paddingLeft={1} height={1} flexShrink={0}>
      <Text color={theme.accent}>{isHere ? `${theme.pointer} ` : '  '}</Text>
      <Box width={isNarrow(width) ? 14 : 17} flexShrink={0}>
        <Text dimColor={!isHere}>{labels[field]}</Text>
      </Box>
      {isHere && field !== 'context' ? (
        <TextField
          // After a namespace was chosen by key, the field opens again with it.
          key={field === 'namespace' ? `namespace-${opened?.namespaces?.indexOf(target.namespace)}` : field}
          initial={target[field]}
          width={Math.max(12, width - 24)}
          onChange={(text) => dispatch({type: 'target', target: {[field]: text.trim()}})}
        />
      ) : (
        <Plain dimColor={target[field] === ''}>{target[field] || 'not given yet'}</Plain>
      )}
    </Box>
  );
}

/** What is wrong with the row, or a hint about it. */
function HintLine({app, row}: Pick<Props, 'app' | 'row'>) {
  const theme = useTheme();
  const problems = targetProblems(app.target);
  // A name that has not been typed yet is not shown as wrong.
  const problem = row === 'release' && app.target.release === '' ? null : problems[row];
  const isWrong = problem !== null || (row === 'next' && targetRows.some((one) => problems[one] !== null));
  return (
    <Box paddingLeft={3}>
      <Plain wrap="wrap" {...(isWrong ? {color: 'yellow'} : {dimColor: true})}>
        {problem === null ? targetHint(row, app) : `${theme.signs.warning.text} ${problem}`}
      </Plain>
    </Box>
  );
}
