// A form of parameters: its rows, what is to be said about the current one, its keys.
import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {Hint} from '../../components/Footer.tsx';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {windowOf} from '../../layout.ts';
import {useTheme, type Theme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {allKeys, fieldOf, groupHints, type FieldKey} from '../../../parameters/fields.ts';
import {
  fieldOfRow,
  firstProblem,
  groupOfRow,
  isEdited,
  isWeak,
  problemOf,
  rowsOf,
  textOf,
  type Form,
  type FormAction,
} from './form.ts';
import {FormLine, type FormLineProps} from './FormLine.tsx';
import {lockOf, screenWords, type OtherScreen} from './locked-fields.ts';
import {Frame} from '../shared/Frame.tsx';
import {defaultText, foldedLine, type Summary} from './summary.ts';
import {wrapped} from '../shared/wrap.ts';

export interface FormProps {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  /** See FormLine. */
  readonly chosen: number;
  readonly onChoose: () => void;
}

interface Props extends FormProps {
  readonly form: Form;
  readonly summary: Summary;
  /** The hint of the last row where nothing is wrong. */
  readonly lastHint: string;
  /** What stands beside the form where there are two columns. */
  readonly column: ReactNode;
  /** Enter on the last row, where nothing is wrong. */
  readonly onDone: () => void;
  readonly onLeave: () => void;
  /** Enter on a field that is changed on another screen. */
  readonly onOther?: (screen: OtherScreen) => void;
}

export function FormView(props: Props) {
  const theme = useTheme();
  const {left, isWide, body} = useLayout();
  const {app, form, summary, lastHint, chosen, column} = props;
  const {surveyed} = app;
  const act = (action: FormAction) => props.dispatch({type: 'form', action});
  const canChoose = useFormKeys(props, act);
  const isLow = body < 10;
  const hint = hintOf(form, summary, {surveyed, lastHint, enter: theme.enter});
  const said = hintLines(hint, {width: left - 4, isLow, warning: theme.signs.warning.text});
  const others = said.length + (isLow ? 0 : 1) + (isWide ? 0 : isLow ? 1 : 2);
  return (
    <Frame app={app} keys={footerOf(form, canChoose, theme)}>
      <Box flexGrow={1} gap={3}>
        <Box flexDirection="column" width={left}>
          <Rows {...{form, surveyed, summary, chosen, act}} room={body - others} width={left} />
          {!isLow && <Box height={1} flexShrink={0} />}
          {said.map((text, index) => (
            <Box key={index} paddingLeft={3} height={1} flexShrink={0}>
              <Plain {...(hint.isWrong ? {color: 'yellow'} : {dimColor: true})}>{text}</Plain>
            </Box>
          ))}
        </Box>
        {isWide && column}
      </Box>
      {!isWide && <OneLine summary={summary} />}
    </Frame>
  );
}

/** Does what the keys say; returns whether the current field has choices. */
function useFormKeys({app, form, summary, ...does}: Props, act: (action: FormAction) => void): boolean {
  const {surveyed} = app;
  const key = fieldOfRow(form.row);
  const choices = key && lockOf(form, key) === null ? fieldOf(key).choices(surveyed) : [];
  const done = () => {
    const wrong = firstProblem(form);
    if (wrong) act({type: 'to', row: wrong.key});
    else if (summary.problem === null) does.onDone();
  };
  const choose = (by: 1 | -1) => {
    const at = key ? choices.indexOf(textOf(form, key) || defaultText(key, summary, surveyed)) : 0;
    // If no choice is selected yet, going backwards begins with the last.
    const next = choices.at(at < 0 && by < 0 ? -1 : (at + by) % Math.max(1, choices.length));
    if (!key || next === undefined) return;
    retype({type: 'type', key, text: next});
  };
  const {onLeave: leave, onOther: other = () => undefined} = does;
  const retype = (action: FormAction) => {
    act(action);
    // The field opens again with the other text.
    does.onChoose();
  };
  useKeys(({name}) => {
    const wanted = keysOf(form, {act, retype, done, choose, leave, other})[name];
    wanted?.();
    return wanted !== undefined;
  });
  return choices.length > 0;
}

/** Whether the password is too short, and nobody has insisted on it yet. */
function mayInsist(form: Form): boolean {
  return form.row === 'password' && form.release === null && isWeak(form) && form.insisted !== textOf(form, 'password');
}

interface Doing {
  readonly act: (action: FormAction) => void;
  /** Changes the text of the current field otherwise than by typing. */
  readonly retype: (action: FormAction) => void;
  readonly done: () => void;
  readonly choose: (by: 1 | -1) => void;
  readonly leave: () => void;
  readonly other: (screen: OtherScreen) => void;
}

/** What the keys do, by their names. */
function keysOf(
  form: Form,
  {act, retype, done, choose, leave, other}: Doing,
): Readonly<Partial<Record<string, () => void>>> {
  const next = () => act({type: 'go', by: 1});
  const back = () => act({type: 'go', by: -1});
  const screen = otherScreen(form);
  // Enter leads through the fields that everybody decides, and skips those that have defaults.
  const onwards = isBeforeFolded(form) ? () => act({type: 'to', row: 'preview'}) : next;
  const onField = screen === null ? onwards : () => other(screen);
  return {
    enter: form.row === 'preview' ? done : isFold(form) ? () => act({type: 'fold'}) : onField,
    down: next,
    tab: next,
    up: back,
    'shift-tab': back,
    'ctrl-n': () => choose(1),
    'ctrl-p': () => choose(-1),
    ...(form.row === 'password' && form.release === null ? {'ctrl-r': () => act({type: 'reveal'})} : {}),
    ...(mayInsist(form) ? {'ctrl-y': () => act({type: 'insist'})} : {}),
    ...settingKeys(form, retype),
    escape: leave,
  };
}

/** The keys that a setting of a release has. */
function settingKeys(form: Form, retype: Doing['retype']): Readonly<Partial<Record<string, () => void>>> {
  const key = fieldOfRow(form.row);
  return {
    ...(key !== null && mayDefault(form) ? {'ctrl-x': () => retype({type: 'type', key, text: ''})} : {}),
    ...(mayTakeBack(form) ? {'ctrl-r': () => retype({type: 'take back', key})} : {}),
  };
}

/** Whether the current field is a setting of a release that can go back to its default. */
function mayDefault(form: Form): boolean {
  const key = fieldOfRow(form.row);
  return form.release !== null && key !== null && textOf(form, key) !== '' && lockOf(form, key) === null;
}

/** Whether the current field differs from what the release has, or, on the last row, any does. */
function mayTakeBack(form: Form): boolean {
  const key = fieldOfRow(form.row);
  if (form.row === 'preview') return allKeys.some((one) => isEdited(form, one));
  return key !== null && isEdited(form, key);
}

/** The screen on which the current field is changed; null: it is changed here, or never. */
function otherScreen(form: Form): OtherScreen | null {
  const key = fieldOfRow(form.row);
  return key === null ? null : (lockOf(form, key)?.screen ?? null);
}

function footerOf(form: Form, canChoose: boolean, theme: Theme): readonly Hint[] {
  return [
    {keys: theme.enter, does: enterDoes(form)},
    ...ownKeys(form, canChoose),
    {keys: 'esc', does: 'back'},
    ...(mayTakeBack(form) ? [{keys: 'ctrl-r', does: form.row === 'preview' ? 'take all back' : 'take back'}] : []),
    {keys: `${theme.upDown} tab`, does: 'field'},
  ];
}

function enterDoes(form: Form): string {
  if (form.row === 'preview') return form.release === null ? 'preview' : 'what follows';
  if (!isFold(form)) {
    const screen = otherScreen(form);
    return screen === null ? 'next' : screenWords[screen];
  }
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
  const byDefault = mayDefault(form) ? [{keys: 'ctrl-x', does: 'default'}] : [];
  if (canChoose) return [{keys: 'ctrl-n/p', does: 'choose'}, ...byDefault];
  if (form.release !== null) return byDefault;
  return form.row === 'password' ? [{keys: 'ctrl-r', does: form.revealed ? 'hide' : 'reveal'}] : [];
}

/** As many rows as there is room for, the current one among them. */
function Rows({room, ...line}: {readonly room: number} & Omit<FormLineProps, 'row'>) {
  const {form} = line;
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

interface Known {
  readonly surveyed: App['surveyed'];
  readonly lastHint: string;
  readonly enter: string;
}

function hintOf(form: Form, summary: Summary, known: Known): HintText {
  const key = fieldOfRow(form.row);
  if (key !== null) return fieldHint(form, key, known);
  if (form.row === 'more')
    return {text: 'Network, security, settings, images and backup; all have defaults.', isWrong: false};
  const group = groupOfRow(form.row);
  if (group !== null) return {text: groupHints[group], isWrong: false};
  const wrong = firstProblem(form);
  const problem = wrong ? `${fieldOf(wrong.key).label}: ${wrong.problem}` : summary.problem;
  return {text: problem ?? known.lastHint, isWrong: problem !== null};
}

function fieldHint(form: Form, key: FieldKey, {surveyed, enter}: Known): HintText {
  const field = fieldOf(key);
  const lock = lockOf(form, key);
  if (lock) return {text: `${lock.why}${lock.screen === null ? '' : ` ${enter} goes there.`}`, isWrong: false};
  const problem = textOf(form, key) === '' && !form.left.has(key) ? null : problemOf(form, key);
  const back =
    form.release === null || textOf(form, key) === '' ? '' : `Empty it for the default: ${field.defaultText}.`;
  return {
    text: problem ?? [field.hint, surveyed ? field.choicesText(surveyed) : '', back].filter(Boolean).join(' '),
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
