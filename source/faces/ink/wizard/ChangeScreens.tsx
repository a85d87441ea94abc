// The guided changes of a release: how many readers, which version. Each says what follows before it happens.
import {Box, Text} from 'ink';
import {Plain} from '../components/Plain.tsx';
import {Spinner} from '../components/Spinner.tsx';
import {TextField} from '../components/text-field/TextField.tsx';
import {useKeys} from '../keys/keyboard.tsx';
import {useTheme} from '../theme.ts';
import {useLayout} from '../use-window-size.ts';
import type {Action, App} from './app-state.ts';
import {CauseView} from './CauseView.tsx';
import {Frame} from './Frame.tsx';
import {Lines, type Line} from './Lines.tsx';
import {dashboard, type Screen, type UpgradeRow} from './screens.ts';
import {useState} from 'react';
import {wrapped} from './wrap.ts';

interface ChangeProps {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  readonly onStart: () => void;
}

export function ScaleScreen({app, readers, ...props}: ChangeProps & {readonly readers: string}) {
  const problem = /^\s*\d{1,2}\s*$/.test(readers) && Number(readers) <= 15 ? null : 'Right is a whole number from 0 to 15.';
  return (
    <Change app={app} {...props} problem={problem} rows={1}>
      <Row label="Read replicas" isHere>
        <TextField initial={readers} width={8} onChange={(typed) => props.dispatch({type: 'show', screen: {name: 'scale', readers: typed}})} />
        <Plain dimColor>{`now ${app.status?.readers.wanted ?? '?'}`}</Plain>
      </Row>
    </Change>
  );
}

export function UpgradeScreen({app, screen, ...props}: ChangeProps & {readonly screen: Extract<Screen, {name: 'upgrade'}>}) {
  const {imageTag, chartVersion, row} = screen;
  const show = (next: Partial<typeof screen>) => props.dispatch({type: 'show', screen: {...screen, ...next}});
  const labels: Readonly<Record<UpgradeRow, string>> = {imageTag: 'Image tag', chartVersion: 'Chart version'};
  useKeys(({name}) => {
    if (name !== 'up' && name !== 'down' && name !== 'tab' && name !== 'shift-tab') return false;
    show({row: row === 'imageTag' ? 'chartVersion' : 'imageTag'});
    return true;
  });
  const problem = imageTag.trim() === '' || chartVersion.trim() === '' ? 'Both a tag and a version are needed; what runs now stands there.' : null;
  return (
    <Change app={app} {...props} problem={problem} rows={2}>
      {(['imageTag', 'chartVersion'] as const).map((key) => (
        <Row key={key} label={labels[key]} isHere={row === key}>
          {row === key ? <TextField initial={screen[key]} width={36} onChange={(typed) => show({[key]: typed})} /> : <Plain>{screen[key]}</Plain>}
        </Row>
      ))}
    </Change>
  );
}

/** First Enter works out the consequences, the second one starts; what is typed in between makes the first one count again. */
function Change({app, problem, dispatch, onStart, rows, children}: ChangeProps & {readonly problem: string | null; readonly rows: number; readonly children: React.ReactNode}) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const [top, setTop] = useState(0);
  const {planned, planning} = app;
  const ready = planned?.plan !== undefined && problem === null;
  useKeys(({name}) => {
    if (name === 'escape') dispatch({type: 'show', screen: dashboard});
    else if (name !== 'enter') return false;
    else if (ready) onStart();
    else if (problem === null && !planning) dispatch({type: 'planning'});
    return true;
  });
  const isLow = body < 8;
  const room = body - rows - (isLow ? 0 : 2);
  const say = (line: Line) => <Lines lines={wrapped(line.text, width - 4).map((text) => ({...line, text}))} rows={room} top={top} onScroll={setTop} />;
  const isUpgrade = rows > 1;
  return (
    <Frame app={app} keys={[{keys: theme.enter, does: ready ? 'do it' : 'what follows'}, {keys: 'esc', does: 'back'}, ...(isUpgrade ? [{keys: 'tab', does: 'field'}] : [])]}>
      {!isLow && <Box height={1} flexShrink={0} />}
      {children}
      {!isLow && <Box height={1} flexShrink={0} />}
      {problem ? (
        say({text: `${theme.signs.warning.text} ${problem}`, color: 'yellow'})
      ) : planning ? (
        <Box paddingLeft={3} gap={1}>
          <Spinner />
          <Plain>Working out what follows</Plain>
        </Box>
      ) : planned?.cause ? (
        <CauseView cause={planned.cause} rows={room} onAgain={() => dispatch({type: 'planning'})} />
      ) : planned ? (
        <Lines lines={consequencesOf(planned, width - 4, theme.signs.warning.text)} rows={room} top={top} onScroll={setTop} />
      ) : (
        say({text: `${theme.enter} shows what follows, before anything is changed.`, dim: true})
      )}
    </Frame>
  );
}

function consequencesOf({plan, warnings}: NonNullable<App['planned']>, width: number, sign: string): Line[] {
  return [
    ...(plan?.consequences ?? []).flatMap(({sentence}) => wrapped(`· ${sentence}`, width, '  ').map((text) => ({text}))),
    ...warnings.flatMap(({message}) => wrapped(`${sign} ${message}`, width, '  ').map((text): Line => ({text, color: 'yellow'}))),
  ];
}

function Row({label, isHere, children}: {readonly label: string; readonly isHere: boolean; readonly children: React.ReactNode}) {
  const theme = useTheme();
  const {width} = useLayout();
  return (
    <Box paddingLeft={1} height={1} flexShrink={0}>
      <Text color={theme.accent}>{isHere ? `${theme.pointer} ` : '  '}</Text>
      <Box width={width < 60 ? 14 : 17} flexShrink={0}>
        <Text dimColor={!isHere}>{label}</Text>
      </Box>
      <Box gap={2}>{children}</Box>
    </Box>
  );
}
