// An operation at work: its tracks above, what the cluster says below.
import {Box, useIsScreenReaderEnabled} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Text} from '../../components/Text.tsx';
import {Frame} from '../shared/Frame.tsx';
import {LeaveQuestion, type LeaveAnswer} from './LeaveQuestion.tsx';
import type {RunningOperation, OperationState} from './operation-state.ts';
import {shortNames} from '../shared/short-names.ts';
import {TrackLines} from './TrackLines.tsx';
import {useSeconds} from '../shared/use-seconds.ts';

const verbs = {
  install: 'Installing',
  scale: 'Scaling',
  resize: 'Resizing',
  upgrade: 'Upgrading',
  set: 'Changing settings of',
  rollback: 'Rolling back',
  restart: 'Restarting',
  'rotate-password': 'Giving new passwords to',
  switchover: 'Moving the writer of',
  backup: 'Backing up',
  verify: 'Proving a backup of',
  restore: 'Restoring a backup of',
  adopt: 'Adopting',
  detach: 'Taking the database out of',
  failover: 'Replacing the writer of',
  uninstall: 'Removing',
  recover: 'Going on with',
} as const;

interface Props {
  readonly app: App;
  readonly screen: OperationState;
  readonly operation: RunningOperation;
  /** Milliseconds after which the operation stops waiting. */
  readonly timeoutMs: number;
  readonly dispatch: (action: Action) => void;
  readonly onAnswer: (answer: LeaveAnswer) => void;
}

export function OperationScreen({app, screen, operation, timeoutMs, dispatch, onAnswer}: Props) {
  const {body, width} = useLayout();
  const now = useSeconds();
  const {asks, below} = screen;
  const {tracks, stopping} = operation;
  useOperationKeys({screen, stopping, dispatch, onAnswer});
  const isLow = body < 12;
  const spare = body - tracks.length - 2;
  const keys = [
    {keys: 'e', does: below === 'events' ? 'hide events' : 'events'},
    {keys: 'l', does: below === 'logs' ? 'hide logs' : 'logs'},
    {keys: 'd', does: 'leave'},
  ];
  return (
    <Frame
      app={app}
      keys={asks ? [{keys: 'esc', does: 'stay'}] : keys}
      right={[{keys: 'ctrl-c', does: asks || stopping ? 'leave' : isNarrow(width) ? 'stop' : 'leave or stop'}]}
    >
      {!(asks && isLow) && <Above app={app} operation={operation} timeoutMs={timeoutMs} now={now} />}
      {asks ? (
        <LeaveQuestion
          operation={operation}
          target={app.target}
          focused={asks}
          rows={isLow ? body : spare}
          onAnswer={onAnswer}
        />
      ) : (
        !isLow && <Below app={app} below={below} operation={operation} rows={spare} />
      )}
    </Frame>
  );
}

function useOperationKeys({
  screen,
  stopping,
  dispatch,
  onAnswer,
}: Pick<Props, 'screen' | 'dispatch' | 'onAnswer'> & {readonly stopping: boolean}): void {
  const {asks, below} = screen;
  const show = (next: Partial<OperationState>) => dispatch({type: 'show', screen: {...screen, ...next}});
  const view = (one: 'events' | 'logs') => show({below: below === one ? 'nothing' : one});
  useKeys(
    ({name, text}) => {
      const wantsAway = name === 'ctrl-c' || text === 'd';
      if (wantsAway && stopping) onAnswer('leave');
      else if (wantsAway) show({asks: text === 'd' ? 'leave' : 'stay'});
      else if (text === 'e') view('events');
      else if (text === 'l') view('logs');
      else return false;
      return true;
    },
    {active: !asks},
  );
}

/** What is done and for how long, and its tracks. */
function Above({
  app,
  operation,
  timeoutMs,
  now,
}: Pick<Props, 'app' | 'operation' | 'timeoutMs'> & {readonly now: number}) {
  const {body, width} = useLayout();
  const isReadAloud = useIsScreenReaderEnabled();
  const {tracks, stopping, kind, began} = operation;
  const {release} = app.target;
  const isLow = body < 12;
  const took = clock(now - began);
  return (
    <>
      <Box paddingLeft={3} justifyContent="space-between" width={width} height={1} flexShrink={0}>
        <Plain bold>{stopping ? 'Stopping: what helm is doing now ends first' : `${verbs[kind]} ${release}`}</Plain>
        {!isReadAloud && <Text>{isNarrow(width) ? took : `${took} of ${clock(timeoutMs)}`}</Text>}
      </Box>
      {tracks.length === 0 && !stopping && <Waiting>{waitsFor(operation)}</Waiting>}
      <TrackLines tracks={isLow ? telling(tracks, body - 1) : tracks} release={release} now={now} />
      {!isLow && <Box height={1} flexShrink={0} />}
    </>
  );
}

/** What the operation is doing before it changes anything. */
function waitsFor({log}: RunningOperation): string {
  return log.findLast(({source}) => source === 'operation')?.text ?? 'Checking and planning; nothing is changed yet';
}

function Below({
  app,
  below,
  operation,
  rows,
}: {
  readonly app: App;
  readonly below: OperationState['below'];
  readonly operation: RunningOperation;
  readonly rows: number;
}) {
  const {release} = app.target;
  // Only the lines that can be seen are formatted: a busy cluster reports a thousand things a second.
  const said = operation.log.slice(-rows).map(({time, object, text}) => ({
    at: localTime(time),
    who: shortNames(object?.name ?? '', release),
    text: shortNames(text, release),
  }));
  const wide = Math.min(24, Math.max(0, ...said.map(({who}) => who.length)));
  const events = said.map(({at, who, text}) => `${at}  ${who.padEnd(wide)}  ${text}`);
  const lines = below === 'events' ? events : below === 'logs' ? (app.panelLines ?? ['Asking for the logs']) : [];
  return lines.slice(-rows).map((line, index) => (
    <Box key={index} paddingLeft={3} height={1} flexShrink={0}>
      <Plain dimColor>{line || ' '}</Plain>
    </Box>
  ));
}

/** The tracks that fit: those that are not done before those that are. */
function telling(tracks: RunningOperation['tracks'], rows: number): RunningOperation['tracks'] {
  const rank = ({state}: RunningOperation['tracks'][number]) =>
    ['failed', 'running', 'warning', 'waiting', 'done', 'skipped'].indexOf(state);
  const kept = new Set([...tracks].sort((a, b) => rank(a) - rank(b)).slice(0, rows));
  return tracks.filter((track) => kept.has(track));
}

/** The time as HH:MM:SS in the operator's time zone. */
function localTime(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
