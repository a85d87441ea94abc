// The form: the five parameters that everybody decides, the others folded below. A summary is computed while one types.
import {Box} from 'ink';
import type {Hint} from '../../components/Footer.tsx';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {windowOf} from '../../layout.ts';
import {useTheme, type Theme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Text} from '../../components/Text.tsx';
import {fieldOf, groupHints, type FieldKey} from '../../../parameters/fields.ts';
import {
  fieldOfRow,
  firstProblem,
  groupOfRow,
  isWeak,
  problemOf,
  rowsOf,
  textOf,
  type Form,
  type FormAction,
} from './form.ts';
import {FormLine, type FormLineProps} from './FormLine.tsx';
import {Frame} from '../shared/Frame.tsx';
import {defaultText, foldedLine, summarize, type Summary} from './summary.ts';
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
  const {left, right, isWide, body} = useLayout();
  const {form, surveyed} = app;
  const summary = summarize(form, surveyed, app.target);
  const {row} = form;
  const key = fieldOfRow(row);
  const choices = key ? fieldOf(key).choices(surveyed) : [];
  const act = (action: FormAction) => dispatch({type: 'form', action});
  const preview = () => {
    const wrong = firstProblem(form);
    if (wrong) act({type: 'to', row: wrong.key});
    else if (summary.problem === null) dispatch({type: 'show', screen: {name: 'preview'}});
  };
  const choose = (by: 1 | -1) => {
    const at = key ? choices.indexOf(textOf(form, key) || defaultText(key, summary, surveyed)) : 0;
    // If no choice is selected yet, going backwards begins with the last.
    const next = choices.at(at < 0 && by < 0 ? -1 : (at + by) % Math.max(1, choices.length));
    if (!key || next === undefined) return;
    act({type: 'type', key, text: next});
    onChoose();
  };
  const leave = () => dispatch({type: 'show', screen: {name: 'target', row: 'release'}});
  useKeys(({name}) => {
    const does = keysOf(form, {act, preview, choose, leave})[name];
    does?.();
    return does !== undefined;
  });

  const isLow = body < 10;
  const hint = hintOf(form, key, summary, surveyed);
  const said = hintLines(hint, {width: left - 4, isLow, warning: theme.signs.warning.text});
  const others = said.length + (isLow ? 0 : 1) + (isWide ? 0 : isLow ? 1 : 2);
  return (
    <Frame app={app} keys={footerOf(form, choices.length > 0, theme)}>
      <Box flexGrow={1} gap={3}>
        <Box flexDirection="column" width={left}>
          <Rows {...{app, summary, chosen, act}} room={body - others} width={left} />
          {!isLow && <Box height={1} flexShrink={0} />}
          {said.map((text, index) => (
            <Box key={index} paddingLeft={3} height={1} flexShrink={0}>
              <Plain {...(hint.isWrong ? {color: 'yellow'} : {dimColor: true})}>{text}</Plain>
            </Box>
          ))}
        </Box>
        {isWide && <Column summary={summary} width={right} />}
      </Box>
      {!isWide && <OneLine summary={summary} />}
    </Frame>
  );
}

/** Whether the password is too short, and nobody has insisted on it yet. */
function mayInsist(form: Form): boolean {
  return form.row === 'password' && isWeak(form) && form.insisted !== textOf(form, 'password');
}

interface Doing {
  readonly act: (action: FormAction) => void;
  readonly preview: () => void;
  readonly choose: (by: 1 | -1) => void;
  readonly leave: () => void;
}

/** What the keys do, by their names. */
function keysOf(form: Form, {act, preview, choose, leave}: Doing): Readonly<Partial<Record<string, () => void>>> {
  const next = () => act({type: 'go', by: 1});
  const back = () => act({type: 'go', by: -1});
  // Enter leads through the fields that everybody decides, and skips those that have defaults.
  const onwards = isBeforeFolded(form) ? () => act({type: 'to', row: 'preview'}) : next;
  return {
    enter: form.row === 'preview' ? preview : isFold(form) ? () => act({type: 'fold'}) : onwards,
    down: next,
    tab: next,
    up: back,
    'shift-tab': back,
    'ctrl-n': () => choose(1),
    'ctrl-p': () => choose(-1),
    ...(form.row === 'password' ? {'ctrl-r': () => act({type: 'reveal'})} : {}),
    ...(mayInsist(form) ? {'ctrl-y': () => act({type: 'insist'})} : {}),
    escape: leave,
  };
}

function footerOf(form: Form, canChoose: boolean, theme: Theme): readonly Hint[] {
  return [
    {keys: theme.enter, does: enterDoes(form)},
    ...ownKeys(form, canChoose),
    {keys: 'esc', does: 'back'},
    {keys: `${theme.upDown} tab`, does: 'field'},
  ];
}

function enterDoes(form: Form): string {
  if (form.row === 'preview') return 'preview';
  if (!isFold(form)) return 'next';
  const group = groupOfRow(form.row);
  return (group === null ? form.unfolded : form.open.has(group)) ? 'fold' : 'unfold';
}

function isBeforeFolded(form: Form): boolean {
  const rows = rowsOf(form);
  return !form.unfolded && rows[rows.indexOf(form.row) + 1] === 'more';
}

function isFold({row}: Form): boolean {
  return row === 'more' || groupOfRow(row) !== null;
}

function ownKeys(form: Form, canChoose: boolean): readonly Hint[] {
  if (mayInsist(form)) return [{keys: 'ctrl-y', does: 'take it'}];
  if (canChoose) return [{keys: 'ctrl-n/p', does: 'choose'}];
  return form.row === 'password' ? [{keys: 'ctrl-r', does: form.revealed ? 'hide' : 'reveal'}] : [];
}

/** As many rows as there is room for, the current one among them. */
function Rows({
  room,
  ...line
}: {readonly room: number} & Pick<FormLineProps, 'app' | 'summary' | 'chosen' | 'act' | 'width'>) {
  const {form} = line.app;
  const rows = rowsOf(form);
  const {start, end} = windowOf(rows.length, rows.indexOf(form.row), Math.max(1, room));
  return rows.slice(start, end).map((row) => <FormLine key={row} row={row} {...line} />);
}

interface HintText {
  readonly text: string;
  readonly isWrong: boolean;
}

function hintLines(
  {text, isWrong}: HintText,
  {width, isLow, warning}: {readonly width: number; readonly isLow: boolean; readonly warning: string},
): readonly string[] {
  const rows = isLow ? (isWrong ? 3 : 2) : 4;
  return cut(wrapped(isWrong ? `${warning} ${text}` : text, width), rows);
}

function hintOf(form: Form, key: FieldKey | null, summary: Summary, surveyed: App['surveyed']): HintText {
  if (key !== null) return fieldHint(form, key, surveyed);
  if (form.row === 'more')
    return {text: 'Network, security, settings, images and backup; all have defaults.', isWrong: false};
  const group = groupOfRow(form.row);
  if (group !== null) return {text: groupHints[group], isWrong: false};
  const wrong = firstProblem(form);
  const problem = wrong ? `${fieldOf(wrong.key).label}: ${wrong.problem}` : summary.problem;
  return {text: problem ?? 'Shows what will happen, before anything does.', isWrong: problem !== null};
}

function fieldHint(form: Form, key: FieldKey, surveyed: App['surveyed']): HintText {
  const field = fieldOf(key);
  const problem = textOf(form, key) === '' && !form.left.has(key) ? null : problemOf(form, key);
  return {
    text: problem ?? [field.hint, surveyed ? field.choicesText(surveyed) : ''].filter(Boolean).join(' '),
    isWrong: problem !== null,
  };
}

function cut(lines: readonly string[], rows: number): readonly string[] {
  return lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `${lines[rows - 1]} …`];
}

/** The summary in one line, where there is no room for the column. */
function OneLine({summary}: {readonly summary: Summary}) {
  const theme = useTheme();
  const {width} = useLayout();
  return (
    <Box paddingLeft={3} height={1} flexShrink={0}>
      <Plain>{`${theme.arrow} ${foldedLine(summary, width - 3 - theme.arrow.length - 1)}`}</Plain>
    </Box>
  );
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
