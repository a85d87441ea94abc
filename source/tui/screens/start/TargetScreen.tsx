// Where: context, namespace, name of the release.
import {Box, Text} from 'ink';
import {fullnameProblem} from '../../../chart/names.ts';
import {namespaceProblem, releaseNameProblem} from '../../../parameters/identifiers.ts';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {isNarrow} from '../../layout.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Frame} from '../shared/Frame.tsx';
import type {TargetRow} from '../../screens.ts';

const rows: readonly TargetRow[] = ['context', 'namespace', 'release', 'next'];
const labels = {context: 'Context', namespace: 'Namespace', release: 'Release name'} as const;

export function TargetScreen({
  app,
  row,
  dispatch,
}: {
  readonly app: App;
  readonly row: TargetRow;
  readonly dispatch: (action: Action) => void;
}) {
  const theme = useTheme();
  const {width, body} = useLayout();
  const {target, contexts, opened} = app;
  const problems = problemsOf(app);
  const first = rows.find((one) => problems[one] !== null) ?? null;
  const hasHome = Boolean(opened?.releases?.length);
  const to = (next: TargetRow) => dispatch({type: 'show', screen: {name: 'target', row: next}});
  const go = (by: 1 | -1) => to(rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + by))] ?? row);
  const next = () => (first ? to(first) : dispatch({type: 'show', screen: {name: 'parameters'}}));
  const known = row === 'context' ? contexts : row === 'namespace' ? (opened?.namespaces ?? []) : [];
  const choose = (by: 1 | -1) => {
    const at = known.indexOf(row === 'context' ? target.context : target.namespace);
    const chosen = known[(at + by + known.length) % known.length];
    if (chosen === undefined || known.length === 0) return;
    if (row === 'context') dispatch({type: 'open', context: chosen});
    else dispatch({type: 'target', target: {namespace: chosen}});
  };

  useKeys(({name}) => {
    if (name === 'enter') {
      if (row === 'next') next();
      else go(1);
    } else if (name === 'down' || name === 'tab') go(1);
    else if (name === 'up' || name === 'shift-tab') go(-1);
    else if (name === 'ctrl-n') choose(1);
    else if (name === 'ctrl-p') choose(-1);
    else if (name === 'escape' && hasHome) dispatch({type: 'show', screen: {name: 'home'}});
    else return false;
    return true;
  });

  const taken =
    opened?.releases?.some(({namespace, name}) => namespace === target.namespace && name === target.release) ?? false;
  const hint = {
    context:
      contexts.length > 1
        ? `One of the ${contexts.length} contexts of the kubeconfig.`
        : 'The only context of the kubeconfig.',
    namespace: opened?.namespaces?.includes(target.namespace)
      ? 'It exists.'
      : opened?.namespaces
        ? 'It does not exist yet and will be made.'
        : 'Namespaces may not be listed: type the one you may ' +
          `use${target.namespace === '' ? '' : '; ctrl-u empties the field'}.`,
    release: taken
      ? 'It is there already: what was begun is continued.'
      : 'What the database is called here, such as orders.',
    next: first ? (problems[first] ?? '') : 'The parameters come next.',
  }[row];
  const problem = row === 'next' || (row === 'release' && target.release === '') ? null : problems[row];
  const keys = [
    {keys: theme.enter, does: 'next'},
    {keys: `${theme.upDown} tab`, does: 'field'},
    ...(known.length > 1 ? [{keys: 'ctrl-n/p', does: 'choose'}] : []),
    ...(hasHome ? [{keys: 'esc', does: 'all releases'}] : []),
  ];
  const isLow = body < 8;
  return (
    <Frame app={app} keys={keys}>
      {!isLow && <Box height={1} />}
      {(['context', 'namespace', 'release'] as const)
        .filter((key) => !isLow || key !== 'context' || row === 'context')
        .map((key) => (
          <Box key={key} paddingLeft={1} height={1} flexShrink={0}>
            <Text color={theme.accent}>{row === key ? `${theme.pointer} ` : '  '}</Text>
            <Box width={isNarrow(width) ? 14 : 17} flexShrink={0}>
              <Text dimColor={row !== key}>{labels[key]}</Text>
            </Box>
            {row === key && key !== 'context' ? (
              <TextField
                key={key === 'namespace' ? `namespace-${opened?.namespaces?.indexOf(target.namespace)}` : key}
                initial={target[key]}
                width={Math.max(12, width - 24)}
                onChange={(text) => dispatch({type: 'target', target: {[key]: text.trim()}})}
              />
            ) : (
              <Plain dimColor={target[key] === ''}>{target[key] || 'not given yet'}</Plain>
            )}
          </Box>
        ))}
      <Box paddingLeft={1} height={1} flexShrink={0}>
        <Text color={theme.accent}>{row === 'next' ? `${theme.pointer} ` : '  '}</Text>
        <Text bold={row === 'next'}>{`Parameters ${theme.enter}`}</Text>
      </Box>
      {!isLow && <Box height={1} />}
      <Box paddingLeft={3}>
        <Plain wrap="wrap" {...(problem || (row === 'next' && first) ? {color: 'yellow'} : {dimColor: true})}>
          {problem ? `${theme.signs.warning.text} ${problem}` : hint}
        </Plain>
      </Box>
    </Frame>
  );
}

function problemsOf({target}: App): Readonly<Record<TargetRow, string | null>> {
  return {
    context: null,
    namespace:
      target.namespace === '' ? 'A namespace is needed: type the one you may use.' : namespaceProblem(target.namespace),
    release:
      target.release === ''
        ? 'The release needs a name.'
        : (releaseNameProblem(target.release) ?? fullnameProblem(target.release)),
    next: null,
  };
}
