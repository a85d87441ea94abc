// One row of the form: a field with its value and what is to be said beside it, the fold, or the way on.
import {Box} from 'ink';
import TextInput from 'ink-text-input';
import type {FormGroup} from '../../../parameters/parameter.ts';
import {passwordStrength} from '../../../parameters/password.ts';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useTheme, type Theme} from '../../theme.ts';
import type {Surveyed} from '../../../client/types.ts';
import {Text} from '../../components/Text.tsx';
import {fieldOf, groupKeys, groupOf, groupTitles, moreKeys, type FieldKey} from '../../../parameters/fields.ts';
import {changedOf, groupOfRow, isEdited, problemOf, textOf, type Form, type FormAction, type FormRow} from './form.ts';
import {lockOf, screenWords, type OtherScreen} from './locked-fields.ts';
import {defaultText, remark, type Summary} from './summary.ts';
import {isNarrow} from '../../layout.ts';

export interface FormLineProps {
  readonly row: FormRow;
  readonly form: Form;
  readonly surveyed: Surveyed | null;
  readonly summary: Summary;
  /** Counts choices made by key, so that the field opens again with the chosen text. */
  readonly chosen: number;
  readonly act: (action: FormAction) => void;
  readonly width: number;
}

export function FormLine(props: FormLineProps) {
  const theme = useTheme();
  const {row, form, width} = props;
  const isHere = form.row === row;
  return (
    <Box paddingLeft={1} width={width} height={1} flexShrink={0}>
      <Box width={2} flexShrink={0}>
        <Text color={theme.accent}>{isHere ? theme.pointer : ' '}</Text>
      </Box>
      <Row {...props} isHere={isHere} />
    </Box>
  );
}

function Row(props: FormLineProps & {readonly isHere: boolean}) {
  const theme = useTheme();
  const {form, row, isHere, width} = props;
  if (row === 'preview') {
    const does = form.release === null ? 'Preview' : 'What follows';
    return <Text bold={isHere}>{`${does} ${theme.enter}`}</Text>;
  }
  const group = groupOfRow(row);
  if (row !== 'more' && group === null) return <Value {...props} row={row} isHere={isHere} />;
  const text =
    group === null ? moreText(form, theme, isNarrow(width)) : groupText(props, group, theme, labelWidth(width));
  return <Plain dimColor={!isHere}>{text}</Plain>;
}

/** While the groups are folded, the row still shows what was answered in them. */
function moreText(form: Form, theme: Theme, isShort: boolean): string {
  const changed = changedOf(form, moreKeys);
  const fold = form.unfolded ? theme.unfolded : theme.folded;
  const how = changed.length === 0 ? 'all at defaults' : `${changed.length} changed`;
  const more = `${fold} ${moreKeys.length} more, ${how}`;
  if (isShort) return more;
  const isSaid = changed.length > 0 && !form.unfolded;
  return `${more}: ${isSaid ? answered(form, changed) : 'Network, TLS, backup, images …'}`;
}

/** The row of a group, which shows what was answered in it while it is folded. */
function groupText(
  {form, summary, surveyed}: Pick<FormLineProps, 'form' | 'summary' | 'surveyed'>,
  group: FormGroup,
  theme: Theme,
  labels: number,
): string {
  const isOpen = form.open.has(group);
  const title = `${isOpen ? theme.unfolded : theme.folded} ${groupTitles[group]}`.padEnd(labels);
  if (isOpen) return title;
  const changed = changedOf(form, groupKeys[group]);
  if (changed.length === 0) return title + groupKeys[group].map((key) => fieldOf(key).inGroup).join(', ');
  const said = (key: FieldKey) => textOf(form, key) || defaultText(key, summary, surveyed);
  return title + changed.map((key) => `${fieldOf(key).inGroup} ${said(key)}`).join(' · ');
}

function answered(form: Form, keys: readonly FieldKey[]): string {
  return keys.map((key) => `${fieldOf(key).label} ${textOf(form, key)}`).join(' · ');
}

function labelWidth(width: number): number {
  return isNarrow(width) ? 15 : 17;
}

function Value(props: FormLineProps & {readonly row: FieldKey; readonly isHere: boolean}) {
  const {form, row, width, isHere} = props;
  const labels = labelWidth(width);
  // A field is indented below its group, where the label leaves room for that.
  const indent = groupOf(row) === null || isNarrow(width) ? '' : '  ';
  const text = textOf(form, row);
  const room = Math.max(10, width - labels - 4);
  const isTyped = isHere && lockOf(form, row) === null;
  const placeholder = placeholderIn(props, room);
  const least = Math.max(row === 'password' ? 30 : 20, text === '' ? placeholder.length + 1 : 0);
  const wide = Math.min(room, isTyped ? Math.max(text.length + 1, least) : (text || placeholder).length);
  return (
    <>
      <Box width={labels} flexShrink={0}>
        <Text dimColor={!isHere}>{`${indent}${fieldOf(row).inGroup}`}</Text>
      </Box>
      <Box width={wide} flexShrink={0} height={1} overflow="hidden">
        <Input {...props} isTyped={isTyped} placeholder={placeholder} wide={wide} />
      </Box>
      <Box marginLeft={2} flexShrink={1} height={1} overflow="hidden">
        {!(isNarrow(width) && isTyped) && <Beside {...props} />}
      </Box>
    </>
  );
}

/** What stands in an empty field, cut to its room. */
function placeholderIn(
  {form, surveyed, row, summary}: Pick<FormLineProps, 'form' | 'surveyed' | 'row' | 'summary'>,
  room: number,
): string {
  const whole = form.release !== null && row === 'password' ? 'in its Secret' : defaultText(row, summary, surveyed);
  return whole.length < room ? whole : `${whole.slice(0, room - 2)}…`;
}

/** The text, which can be edited on the current row. */
function Input({
  row,
  form,
  chosen,
  act,
  isTyped,
  placeholder,
  wide,
}: Pick<FormLineProps, 'form' | 'chosen' | 'act'> & {
  readonly row: FieldKey;
  /** The field takes what is typed. */
  readonly isTyped: boolean;
  readonly placeholder: string;
  readonly wide: number;
}) {
  const theme = useTheme();
  const text = textOf(form, row);
  const isSecret = row === 'password';
  const isLocked = lockOf(form, row) !== null;
  return isTyped ? (
    <TextField
      key={`${row}-${chosen}-${form.revealed}`}
      initial={text}
      width={wide}
      masked={isSecret && !form.revealed}
      placeholder={placeholder}
      onChange={(typed) => act({type: 'type', key: row, text: typed})}
    />
  ) : text === '' || isLocked ? (
    <Plain dimColor>{text || placeholder}</Plain>
  ) : (
    <TextInput
      value={text}
      {...(isSecret ? {mask: theme.mask} : {})}
      focus={false}
      showCursor={false}
      onChange={() => undefined}
    />
  );
}

/** The remark beside the value. */
function Beside({
  row,
  form,
  surveyed,
  summary,
}: Pick<FormLineProps, 'form' | 'surveyed' | 'summary'> & {readonly row: FieldKey}) {
  const theme = useTheme();
  const text = textOf(form, row);
  const lock = lockOf(form, row);
  if (lock) return <Plain dimColor>{lock.screen === null ? 'fixed' : elsewhere(lock.screen, theme)}</Plain>;
  if (form.left.has(row) && text !== '' && problemOf(form, row) !== null)
    return <Text color="yellow" wrap="truncate-end">{`${theme.signs.warning.text} not right yet`}</Text>;
  if (form.release !== null && isEdited(form, row)) {
    const was = textOf(form.release, row) || defaultText(row, form.release, surveyed);
    return <Plain dimColor>{`now ${was}`}</Plain>;
  }
  return <Plain dimColor>{row === 'password' && text ? passwordStrength(text) : remark(row, summary, surveyed)}</Plain>;
}

/** The key that leads to where the field is changed; a key that is a word is told apart from what it does. */
function elsewhere(screen: OtherScreen, {enter, unicode}: Theme): string {
  return `${enter}${unicode ? '' : ':'} ${screenWords[screen]}`;
}
