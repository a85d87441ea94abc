// One row of the form: a field with its value and what is to be said beside it, the fold, or the way on.
import {Box, Text} from 'ink';
import TextInput from 'ink-text-input';
import {descriptorOf} from '../../../parameters/parameters.ts';
import {passwordStrength} from '../../../parameters/password.ts';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useTheme} from '../../theme.ts';
import type {App} from '../../app-state.ts';
import {changedMore, moreKeys, problemOf, type FormAction, type FormKey, type FormRow} from './form.ts';
import {defaultText, remark, type Summary} from './summary.ts';
import {isNarrow} from '../../layout.ts';

export interface FormLineProps {
  readonly row: FormRow;
  readonly app: App;
  readonly summary: Summary;
  /** Counts choices made by key, so that the field opens again with the chosen text. */
  readonly chosen: number;
  readonly act: (action: FormAction) => void;
  readonly width: number;
}

export function FormLine(props: FormLineProps) {
  const theme = useTheme();
  const {
    row,
    app: {form},
    width,
  } = props;
  const isHere = form.row === row;
  const changed = changedMore(form);
  const {tag} = form.given.images ?? {};
  const count = changed.length + (tag === undefined ? 0 : 1);
  const more = `${moreKeys.length} more, ${count === 0 ? 'all at defaults' : `${count} changed`}`;
  // Folded, what was answered is still to be seen.
  const answered = [
    ...(tag === undefined ? [] : [`Image tag ${tag}`]),
    ...changed.map((key) => `${descriptorOf(key).label} ${form.texts[key]}`),
  ].join(' · ');
  const about = count > 0 && !form.unfolded ? answered : 'Network, placement, images …';
  const fold = form.unfolded ? theme.unfolded : theme.folded;
  return (
    <Box paddingLeft={1} width={width} height={1} flexShrink={0}>
      <Box width={2} flexShrink={0}>
        <Text color={theme.accent}>{isHere ? theme.pointer : ' '}</Text>
      </Box>
      {row === 'preview' ? (
        <Text bold={isHere}>{`Preview ${theme.enter}`}</Text>
      ) : row === 'more' ? (
        <Plain dimColor={!isHere}>{isNarrow(width) ? `${fold} ${more}` : `${fold} ${more}: ${about}`}</Plain>
      ) : (
        <Value {...props} row={row} isHere={isHere} />
      )}
    </Box>
  );
}

function Value(props: FormLineProps & {readonly row: FormKey; readonly isHere: boolean}) {
  const {row, summary, width, isHere} = props;
  const {form, surveyed} = props.app;
  const labels = isNarrow(width) ? 15 : 17;
  const text = form.texts[row];
  const room = Math.max(10, width - labels - 4);
  const whole = defaultText(row, summary, surveyed);
  const placeholder = whole.length < room ? whole : `${whole.slice(0, room - 2)}…`;
  const least = Math.max(row === 'password' ? 30 : 20, text === '' ? placeholder.length + 1 : 0);
  const wide = Math.min(room, isHere ? Math.max(text.length + 1, least) : (text || placeholder).length);
  return (
    <>
      <Box width={labels} flexShrink={0}>
        <Text dimColor={!isHere}>{descriptorOf(row).label}</Text>
      </Box>
      <Box width={wide} flexShrink={0} height={1} overflow="hidden">
        <Input {...props} placeholder={placeholder} wide={wide} />
      </Box>
      <Box marginLeft={2} flexShrink={1} height={1} overflow="hidden">
        {!(isNarrow(width) && isHere) && <Beside {...props} />}
      </Box>
    </>
  );
}

/** The text, to be edited where one stands on it. */
function Input({
  row,
  app: {form},
  chosen,
  act,
  isHere,
  placeholder,
  wide,
}: Pick<FormLineProps, 'app' | 'chosen' | 'act'> & {
  readonly row: FormKey;
  readonly isHere: boolean;
  readonly placeholder: string;
  readonly wide: number;
}) {
  const theme = useTheme();
  const text = form.texts[row];
  const isSecret = row === 'password';
  return isHere ? (
    <TextField
      key={`${row}-${chosen}-${form.revealed}`}
      initial={text}
      width={wide}
      masked={isSecret && !form.revealed}
      placeholder={placeholder}
      onChange={(typed) => act({type: 'type', key: row, text: typed})}
    />
  ) : (
    <TextInput
      value={text}
      placeholder={placeholder}
      {...(isSecret ? {mask: theme.mask} : {})}
      focus={false}
      showCursor={false}
      onChange={() => undefined}
    />
  );
}

/** What is to be said of the value. */
function Beside({
  row,
  app: {form, surveyed},
  summary,
}: Pick<FormLineProps, 'app' | 'summary'> & {readonly row: FormKey}) {
  const theme = useTheme();
  const text = form.texts[row];
  if (form.left.has(row) && text !== '' && problemOf(form, row) !== null)
    return <Text color="yellow" wrap="truncate-end">{`${theme.signs.warning.text} not right yet`}</Text>;
  return <Plain dimColor>{row === 'password' && text ? passwordStrength(text) : remark(row, summary, surveyed)}</Plain>;
}
