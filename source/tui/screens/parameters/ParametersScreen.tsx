// What: the five parameters everybody decides, the others folded below. What they become is computed while one types.
import {Box, Text} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {windowOf} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {fieldOf, firstProblem, isWeak, problemOf, rowsOf, type Form, type FormAction, type FormKey} from './form.ts';
import {FormLine} from './FormLine.tsx';
import {Frame} from '../shared/Frame.tsx';
import {choicesOf, choicesText, defaultText, foldedLine, summarize, type Summary} from './summary.ts';
import {wrapped} from '../shared/wrap.ts';

interface Props {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  /** See FormLine. */
  readonly chosen: number;
  readonly onChoose: () => void;
}

export function ParametersScreen({app, dispatch, chosen, onChoose}: Props) {
  const theme = useTheme();
  const {left, right, isWide, body, width} = useLayout();
  const {form, surveyed} = app;
  const summary = summarize(form, surveyed, app.target);
  const {row} = form;
  const key = row === 'more' || row === 'preview' ? null : row;
  const choices = key ? choicesOf(key, surveyed) : [];
  const weak = key === 'password' && isWeak(form) && form.insisted !== form.texts.password;
  const act = (action: FormAction) => dispatch({type: 'form', action});
  const preview = () => {
    const wrong = firstProblem(form);
    if (wrong) act({type: 'to', row: wrong.key});
    else if (summary.problem === null) dispatch({type: 'show', screen: {name: 'preview'}});
  };
  const choose = (by: 1 | -1) => {
    const at = key ? choices.indexOf(form.texts[key] || defaultText(key, summary, surveyed)) : 0;
    const next = choices[(at + by + choices.length) % Math.max(1, choices.length)];
    if (!key || next === undefined) return;
    act({type: 'type', key, text: next});
    onChoose();
  };

  useKeys(({name}) => {
    if (name === 'enter') {
      if (row === 'preview') preview();
      else if (row === 'more') act({type: 'fold'});
      else act({type: 'go', by: 1});
    } else if (name === 'down' || name === 'tab') act({type: 'go', by: 1});
    else if (name === 'up' || name === 'shift-tab') act({type: 'go', by: -1});
    else if (name === 'ctrl-n') choose(1);
    else if (name === 'ctrl-p') choose(-1);
    else if (name === 'ctrl-r' && key === 'password') act({type: 'reveal'});
    else if (name === 'ctrl-y' && weak) act({type: 'insist'});
    else if (name === 'escape') dispatch({type: 'show', screen: {name: 'target', row: 'release'}});
    else return false;
    return true;
  });

  const isLow = body < 10;
  const hint = hintOf(form, key, summary, surveyed);
  const said = cut(
    wrapped(hint.isWrong ? `${theme.signs.warning.text} ${hint.text}` : hint.text, left - 4),
    isLow ? (hint.isWrong ? 3 : 2) : 4,
  );
  const rows = rowsOf(form);
  const others = said.length + (isLow ? 0 : 1) + (isWide ? 0 : isLow ? 1 : 2);
  const {start, end} = windowOf(rows.length, rows.indexOf(row), Math.max(1, body - others));
  const own = weak
    ? [{keys: 'ctrl-y', does: 'take it'}]
    : choices.length > 0
      ? [{keys: 'ctrl-n/p', does: 'choose'}]
      : key === 'password'
        ? [{keys: 'ctrl-r', does: form.revealed ? 'hide' : 'reveal'}]
        : [];
  return (
    <Frame
      app={app}
      keys={[
        {
          keys: theme.enter,
          does: row === 'more' ? (form.unfolded ? 'fold' : 'unfold') : row === 'preview' ? 'preview' : 'next',
        },
        ...own,
        {keys: 'esc', does: 'back'},
        {keys: `${theme.upDown} tab`, does: 'field'},
      ]}
    >
      <Box flexGrow={1} gap={3}>
        <Box flexDirection="column" width={left}>
          {rows.slice(start, end).map((one) => (
            <FormLine key={one} row={one} {...{app, summary, chosen, act}} width={left} />
          ))}
          {!isLow && <Box height={1} flexShrink={0} />}
          {said.map((text, index) => (
            <Box key={index} paddingLeft={3} height={1} flexShrink={0}>
              <Plain {...(hint.isWrong ? {color: 'yellow'} : {dimColor: true})}>{text}</Plain>
            </Box>
          ))}
        </Box>
        {isWide && <Column summary={summary} width={right} />}
      </Box>
      {!isWide && (
        <Box paddingLeft={3} height={1} flexShrink={0}>
          <Plain>{`${theme.arrow} ${foldedLine(summary, width - 3 - theme.arrow.length - 1)}`}</Plain>
        </Box>
      )}
    </Frame>
  );
}

function hintOf(
  form: Form,
  key: FormKey | null,
  summary: Summary,
  surveyed: App['surveyed'],
): {readonly text: string; readonly isWrong: boolean} {
  if (key) {
    const problem = form.texts[key] === '' && !form.left.has(key) ? null : problemOf(form, key);
    return {
      text: problem ?? [fieldOf(key).hint, choicesText(key, surveyed)].filter(Boolean).join(' '),
      isWrong: problem !== null,
    };
  }
  if (form.row === 'more') return {text: 'Network, placement and images; all have defaults.', isWrong: false};
  const wrong = firstProblem(form);
  const problem = wrong ? `${fieldOf(wrong.key).label}: ${wrong.problem}` : summary.problem;
  return {text: problem ?? 'Shows what will happen, before anything does.', isWrong: problem !== null};
}

function cut(lines: readonly string[], rows: number): readonly string[] {
  return lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `${lines[rows - 1]} …`];
}

function Column({summary, width}: {readonly summary: Summary; readonly width: number}) {
  return (
    <Box flexDirection="column" width={width} flexShrink={0}>
      {summary.problem ? (
        <Plain wrap="wrap" dimColor>
          {summary.problem}
        </Plain>
      ) : (
        summary.column.map(([label, text], index) => (
          <Box key={index} height={1} flexShrink={0}>
            <Box width={9} flexShrink={0}>
              <Text dimColor>{label}</Text>
            </Box>
            <Plain>{text}</Plain>
          </Box>
        ))
      )}
    </Box>
  );
}
