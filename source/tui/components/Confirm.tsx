// A question before something happens. The focus is on No; where data is deleted, a name has to be typed.
import {Box} from 'ink';
import {useState, type ReactNode} from 'react';
import {useKeys} from '../keys/keyboard.tsx';
import {useTheme} from '../theme.ts';
import {useLayout} from '../use-window-size.ts';
import {Plain} from './Plain.tsx';
import {TextField, type LeaveKey} from './text-field/TextField.tsx';
import {Text} from './Text.tsx';

export interface ConfirmProps {
  readonly question: string;
  /** What will happen, a line each. */
  readonly consequences?: readonly string[];
  readonly yes?: string;
  readonly no?: string;
  /** The name that has to be typed instead of choosing Yes. */
  readonly typeName?: string;
  /** What was typed of that name before the question was drawn again, and a callback for what is typed now. */
  readonly typed?: string;
  readonly onType?: (text: string) => void;
  /** A field between what will happen and the answer, which takes the keys while it is edited. */
  readonly field?: {readonly isEdited: boolean; readonly line: ReactNode; readonly onEdit: () => void};
  readonly onAnswer: (isYes: boolean) => void;
}

/** Escape answers No. `y` and `n` only move the focus: nothing happens without Enter. */
export function Confirm({question, consequences = [], typeName, typed, onType, field, ...choice}: ConfirmProps) {
  const isLow = useLayout().body < 8;
  return (
    <Box flexDirection="column" paddingLeft={3}>
      <Plain bold wrap="wrap">
        {question}
      </Plain>
      {consequences.map((line, index) => (
        <Plain key={index} wrap="wrap">
          {line}
        </Plain>
      ))}
      <Box marginTop={isLow ? 0 : 1} flexDirection="column">
        {field && (field.isEdited || !isLow) && field.line}
        {typeName === undefined ? (
          <YesOrNo {...choice} />
        ) : (
          (!isLow || !field?.isEdited) && <NameBelow name={typeName} {...{field, typed, onType, ...choice}} />
        )}
      </Box>
    </Box>
  );
}

/** The name to type, below a field that takes the keys while it is edited. */
function NameBelow({
  name,
  field,
  typed,
  onType,
  onAnswer,
}: {
  readonly name: string;
  readonly field: ConfirmProps['field'] | undefined;
  readonly typed: string | undefined;
  readonly onType: ConfirmProps['onType'] | undefined;
  readonly onAnswer: ConfirmProps['onAnswer'];
}) {
  return (
    <TypeName
      name={name}
      active={!field?.isEdited}
      {...(typed === undefined ? {} : {typed})}
      {...(onType ? {onType} : {})}
      onLeave={(key) => (key === 'escape' ? onAnswer(false) : field?.onEdit())}
      onAnswer={onAnswer}
    />
  );
}

function YesOrNo({yes = 'Yes', no = 'No', onAnswer}: Pick<ConfirmProps, 'yes' | 'no' | 'onAnswer'>) {
  const theme = useTheme();
  const [isYes, choose] = useState(false);
  const toggles: readonly string[] = ['left', 'right', 'tab', 'shift-tab'];
  useKeys((key) => {
    if (key.name === 'enter') onAnswer(isYes);
    else if (key.name === 'escape') onAnswer(false);
    else if (toggles.includes(key.name)) choose(!isYes);
    else if (key.text === 'y' || key.text === 'n') choose(key.text === 'y');
    else return false;
    return true;
  });
  const option = (label: string, isChosen: boolean) => (
    <Text
      {...(isChosen ? {color: theme.accent, bold: true} : {dimColor: true})}
    >{`${isChosen ? theme.pointer : ' '} ${label}`}</Text>
  );
  return (
    <Box gap={3}>
      {option(no, !isYes)}
      {option(yes, isYes)}
    </Box>
  );
}

/** An empty name answers No. Without `onLeave`, keys that leave the field go to the next subscriber. */
export function TypeName({
  name,
  active = true,
  typed = '',
  onType,
  onLeave,
  onAnswer,
}: {readonly name: string; readonly active?: boolean; readonly onLeave?: (key: LeaveKey) => void} & Pick<
  ConfirmProps,
  'typed' | 'onType' | 'onAnswer'
>) {
  const theme = useTheme();
  const {width} = useLayout();
  const [wrong, setWrong] = useState<string | null>(null);
  const submit = (text: string) => {
    if (text === name) onAnswer(true);
    else if (text === '') onAnswer(false);
    else setWrong(`That is not ${name}.`);
  };
  return (
    <Box flexDirection="column">
      <Box gap={1}>
        <Box flexShrink={0}>
          <Plain>{`Type ${name} to confirm:`}</Plain>
        </Box>
        <TextField
          initial={typed}
          width={Math.max(8, Math.min(Math.max(24, name.length + 2), width - name.length - 22))}
          active={active}
          onSubmit={submit}
          onChange={(text) => {
            setWrong(null);
            onType?.(text);
          }}
          {...(onLeave ? {onLeave} : {})}
        />
      </Box>
      {wrong && <Plain color="yellow">{`${theme.signs.warning.text} ${wrong}`}</Plain>}
    </Box>
  );
}
