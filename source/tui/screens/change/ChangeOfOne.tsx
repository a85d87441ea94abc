// A guided change of one of several things: a row each, the arrows choose.
import {Box} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {Text} from '../../components/Text.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {windowOf} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {Change, type ChangeProps} from './Change.tsx';

interface ChangeChoice {
  readonly id: string;
  readonly label: string;
  /** The text beside the label. */
  readonly text: string;
}

interface Props extends ChangeProps {
  readonly choices: readonly ChangeChoice[];
  /** The id of one of them. */
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  /** The width of the labels, in columns. */
  readonly labelWidth: number;
  /** What the arrows, or Control-N, choose, for the footer. */
  readonly arrowsDo: string;
  /** What Enter shows, in a sentence; the second one for a low screen. Absent: the plan is made at once. */
  readonly hint?: string;
  readonly lowHint?: string;
  /** As in a Change: Control-N then shows the plan for the next one. */
  readonly plansAtOnceFor?: string;
  readonly doing?: string;
  /** The name that has to be typed to confirm. */
  readonly typeName?: string;
}

export function ChangeOfOne({choices, chosen, onChoose, labelWidth, arrowsDo, hint, lowHint, ...change}: Props) {
  const theme = useTheme();
  const {body} = useLayout();
  const {app} = change;
  const index = Math.max(
    0,
    choices.findIndex(({id}) => id === chosen),
  );
  const isAtOnce = change.plansAtOnceFor !== undefined;
  useKeys(
    ({name}) => {
      const next = name === 'up' ? choices[index - 1] : name === 'down' ? choices[index + 1] : undefined;
      if (next) onChoose(next.id);
      return name === 'up' || name === 'down';
    },
    {active: !isAtOnce && app.planned === null && !app.planning},
  );
  useKeys(
    ({name}) => {
      const next = choices[(index + 1) % choices.length];
      if (name === 'ctrl-n' && next) onChoose(next.id);
      return name === 'ctrl-n';
    },
    {active: isAtOnce && choices.length > 1},
  );
  const isLow = body < 8;
  const rows = app.planned || isAtOnce ? 1 : Math.max(1, Math.min(choices.length, isLow ? body - 2 : body - 5));
  const {start, end} = windowOf(choices.length, index, rows);
  return (
    <Change
      {...change}
      problem={null}
      rows={rows}
      keys={choices.length > 1 ? [{keys: isAtOnce ? 'ctrl-n' : theme.upDown, does: arrowsDo}] : []}
      {...(hint === undefined ? {} : {hint: isLow ? (lowHint ?? hint) : hint})}
      answers={{}}
    >
      {(editing) =>
        choices.slice(start, end).map(({id, label, text}) => {
          // Where Control-N chooses, the arrows do not, and the one row that is shown is no list.
          const isHere = editing && !isAtOnce && id === chosen;
          return (
            <Box key={id} paddingLeft={1} height={1} flexShrink={0}>
              <Box width={2} flexShrink={0}>
                <Text {...(isHere ? {color: theme.accent} : {})}>{isHere ? theme.pointer : ' '}</Text>
              </Box>
              <Box width={labelWidth} flexShrink={0}>
                <Text>{label}</Text>
              </Box>
              <Plain dimColor>{text}</Plain>
            </Box>
          );
        })
      }
    </Change>
  );
}
