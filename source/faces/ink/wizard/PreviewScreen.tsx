// Before anything happens: in sentences, as values, as manifests, as a command.
import {Box} from 'ink';
import {useState} from 'react';
import {markedValues} from '../../../chart/marked-values.ts';
import {useClipboard} from '../clipboard.ts';
import {Plain} from '../components/Plain.tsx';
import {Spinner} from '../components/Spinner.tsx';
import {Tabs} from '../components/Tabs.tsx';
import {useKeys} from '../keys/keyboard.tsx';
import {useTheme} from '../theme.ts';
import {useLayout} from '../use-window-size.ts';
import type {Action, App} from './app-state.ts';
import {CauseView} from './CauseView.tsx';
import {answersOf} from './form.ts';
import {Frame} from './Frame.tsx';
import {Lines, type Line} from './Lines.tsx';
import type {PreviewTab} from './screens.ts';
import {wrapped} from './wrap.ts';

const names = ['plan', 'values', 'manifests', 'command'] as const satisfies readonly PreviewTab[];

interface Props {
  readonly app: App;
  readonly tab: PreviewTab;
  readonly top: number;
  readonly dispatch: (action: Action) => void;
  readonly onStart: () => void;
}

export function PreviewScreen({app, tab, top, dispatch, onStart}: Props) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const {planned} = app;
  const ready = planned?.plan !== undefined;
  const copy = useClipboard();
  const [copied, setCopied] = useState(false);
  const command = tab === 'command' ? planned?.plan?.command : undefined;
  useKeys(({name, text}) => {
    if (name === 'escape') dispatch({type: 'show', screen: {name: 'parameters'}});
    else if (name === 'enter' && ready) onStart();
    else if (text === 'c' && command !== undefined) {
      copy(command);
      setCopied(true);
    } else return name === 'enter';
    return true;
  });
  const isLow = body < 8;
  const rows = body - (isLow ? 1 : 2);
  const keys = [
    ...(ready ? [{keys: theme.enter, does: 'install'}, {keys: theme.leftRight, does: 'view'}] : []),
    {keys: 'esc', does: 'back'},
    ...(command === undefined ? [] : [{keys: 'c', does: copied ? 'copied' : 'copy'}]),
    {keys: theme.upDown, does: 'scroll'},
  ];
  return (
    <Frame app={app} keys={keys}>
      <Box height={1} flexShrink={0} paddingLeft={2}>
        <Tabs names={names} shown={tab} onChange={(next) => dispatch({type: 'show', screen: {name: 'preview', tab: next, top: 0}})} />
      </Box>
      {!isLow && <Box height={1} flexShrink={0} />}
      {!planned ? (
        <Box paddingLeft={3} gap={1}>
          <Spinner />
          <Plain>{isLow ? 'Checking and rendering' : 'Checking permissions, names, storage and room; rendering'}</Plain>
        </Box>
      ) : planned.cause ? (
        <CauseView cause={planned.cause} rows={rows} onAgain={() => dispatch({type: 'planning'})} />
      ) : (
        <Lines lines={linesOf(app, tab, width - 4)} rows={rows} top={top} onScroll={(to) => dispatch({type: 'show', screen: {name: 'preview', tab, top: to}})} />
      )}
    </Frame>
  );
}

function linesOf({planned, form}: App, tab: PreviewTab, width: number): Line[] {
  const plan = planned?.plan;
  if (!plan) return [];
  const lines = (text: string, style: Omit<Line, 'text'> = {}) => wrapped(text, width, '  ').map((line) => ({text: line, ...style}));
  if (tab === 'plan') {
    const warnings = planned?.warnings ?? [];
    return [
      ...plan.consequences.flatMap(({sentence}) => lines(`· ${sentence}`)),
      ...(warnings.length > 0 ? [{text: ''}, ...warnings.flatMap(({message}) => lines(`! ${message}`, {color: 'yellow'}))] : []),
      {text: ''},
      ...lines(`Steps: ${plan.steps.map(({name}) => name).join(', ')}`, {dim: true}),
    ];
  }
  if (tab === 'values') {
    // The marks line up; where a value is longer than that, its mark comes right behind it.
    const mark = Math.max(0, Math.min(58, width - 14));
    return markedValues(plan.values, answersOf(form)).map(({text, mark: by}) => ({text: by ? `${text.padEnd(mark)}  ${by}` : text, dim: by !== 'your answer'}));
  }
  if (tab === 'manifests') return (plan.manifests ?? plan.diff ?? '').split('\n').map((text) => ({text}));
  return lines(plan.command);
}
