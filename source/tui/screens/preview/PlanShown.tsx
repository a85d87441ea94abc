// A plan in four views: as sentences, values, manifests, or a command.
import {Box} from 'ink';
import {useState} from 'react';
import {markedValues} from '../../../chart/marked-values.ts';
import {withoutSame} from '../../../chart/same-values.ts';
import type {Values} from '../../../chart/tree.ts';
import {shellLines} from '../../../core/shell.ts';
import {plain} from '../../../observation/text/plain-text.ts';
import type {Plan, Result} from '../../../plan/progress.ts';
import type {Answers} from '../../../parameters/answers.ts';
import {useClipboard} from '../../clipboard.ts';
import {Tabs} from '../../components/Tabs.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import type {Hint} from '../../components/Footer.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {Lines, type Line} from '../shared/Lines.tsx';
import type {PlanView, PreviewTab} from '../../screens.ts';
import {wrapped} from '../shared/wrap.ts';

const tabs = ['plan', 'values', 'manifests', 'command'] as const satisfies readonly PreviewTab[];

interface PlanShownProps {
  readonly plan: Plan;
  readonly warnings: Result['warnings'];
  readonly view: PlanView;
  /** What was answered; `before` the values that the release has, null before an install. */
  readonly answers: Answers;
  readonly before: Values | null;
  /** The chart's own values; null: not asked for yet. */
  readonly chartValues: Values | null;
  readonly rows: number;
  readonly onView: (view: PlanView) => void;
}

export function PlanShown(props: PlanShownProps) {
  const {plan, view, chartValues, rows, onView} = props;
  const {tab, top, differs} = view;
  const {width} = useLayout();
  const copy = useClipboard();
  const [copied, setCopied] = useState(false);
  useKeys(({text}) => {
    if (text === 'c' && tab === 'command') {
      copy(plan.command);
      setCopied(true);
    } else if (text === 'd' && tab === 'values') onView({...view, differs: !differs, top: 0});
    else return false;
    return true;
  });
  const isLow = rows < 8;
  const names = tabsOf(plan);
  // On a low screen, a plan without values and manifests gives the tabs' row to its sentences.
  const hasTabs = !isLow || names.length > 2;
  const said = tab === 'command' && copied ? ["The command was sent to your terminal's clipboard."] : [];
  const room = rows - (isLow ? 0 : 1) - (hasTabs ? 1 : 0) - said.length;
  return (
    <>
      {hasTabs && (
        <Box height={1} flexShrink={0} paddingLeft={2}>
          <Tabs names={names} shown={tab} onChange={(next) => onView({...view, tab: next, top: 0})} />
        </Box>
      )}
      {!isLow && <Box height={1} flexShrink={0} />}
      {tab === 'values' && differs && !chartValues ? (
        <Waiting>Asking the chart for its values</Waiting>
      ) : (
        <Lines
          lines={[...linesOf(props, width - 4), ...said.map((text): Line => ({text, dim: true}))]}
          rows={room + said.length}
          top={top}
          onScroll={(to) => onView({...view, top: to})}
        />
      )}
    </>
  );
}

/** The views of a plan: moving the writer's role, for example, changes neither values nor manifests. */
function tabsOf({values, manifests, diff}: Plan): readonly PreviewTab[] {
  const hasChart = Object.keys(values).length > 0 || Boolean(manifests) || Boolean(diff);
  return hasChart ? tabs : ['plan', 'command'];
}

/** The keys that work in this view, for the footer. */
export function usePlanKeys({tab, differs}: PlanView): readonly Hint[] {
  const theme = useTheme();
  const own = {
    plan: [],
    manifests: [],
    values: [{keys: 'd', does: differs ? 'all values' : 'differences only'}],
    command: [{keys: 'c', does: 'copy'}],
  }[tab];
  return [{keys: theme.leftRight, does: 'view'}, ...own, {keys: theme.upDown, does: 'scroll'}];
}

function linesOf(
  {plan, warnings, view: {tab, differs}, answers, before, chartValues}: PlanShownProps,
  width: number,
): Line[] {
  const lines = (text: string, style: Omit<Line, 'text'> = {}) =>
    wrapped(text, width, '  ').map((line) => ({text: line, ...style}));
  switch (tab) {
    case 'plan':
      return [
        ...sentenceLines(plan, width),
        ...(warnings.length > 0
          ? [{text: ''}, ...warnings.flatMap(({message}) => lines(`! ${message}`, {color: 'yellow'}))]
          : []),
        ...(plan.steps.length > 0
          ? [{text: ''}, ...lines(`Steps: ${plan.steps.map(({name}) => name).join(', ')}`, {dim: true})]
          : []),
      ];
    case 'values': {
      const shown = differs && chartValues ? withoutSame(plan.values, chartValues) : plan.values;
      // The marks line up; after a longer value the mark follows directly.
      const mark = Math.max(0, Math.min(58, width - 14));
      return markedValues(shown, answers, before).map(({text, mark: by}) => ({
        text: by ? `${text.padEnd(mark)}  ${by}` : text,
        dim: by !== 'your answer',
      }));
    }
    case 'manifests':
      return manifestLines(plan);
    case 'command':
      return shellLines(plain(plan.command), width).map((text) => ({text}));
  }
}

/** What is seen of a lost writer stands behind what is lost and what happens. */
function sentenceLines({consequences, evidence = []}: Plan, width: number): Line[] {
  const sentences = consequences.map(({sentence}) => wrapped(`· ${sentence}`, width, '  ').map((text) => ({text})));
  const known = evidence.flatMap((said) =>
    wrapped(said, width - 2, '  ').map((text) => ({text: `  ${text}`, dim: true})),
  );
  const decisive = 1 + consequences.findIndex(({code}) => code === 'ROLE_CHANGE');
  return [...sentences.slice(0, decisive).flat(), ...known, ...sentences.slice(decisive).flat()];
}

/** The manifests, or what changes in them where there is a release already. */
function manifestLines({manifests, diff}: Plan): Line[] {
  if (diff === undefined) return (manifests ?? '').split('\n').map((text) => ({text}));
  if (diff.trim() === '') return [{text: 'The manifests stay as they are.', dim: true}];
  return diff.split('\n').map((text): Line => ({
    text,
    ...(text.startsWith('+') ? {color: 'green'} : text.startsWith('-') ? {color: 'red'} : {dim: true}),
  }));
}
