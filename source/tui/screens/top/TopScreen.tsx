// What the writer is doing, in readable form: rates and how they developed, sessions, and who waits for whom.
import {Box} from 'ink';
import {sparkline, type Activity, type DatabaseSession} from '../../../observation/activity.ts';
import {
  activityFacts,
  gauges,
  seconds,
  sessionSeconds,
  waitText,
  type Gauge,
} from '../../../observation/text/activity-text.ts';
import {Confirm} from '../../components/Confirm.tsx';
import type {Hint} from '../../components/Footer.tsx';
import {Plain} from '../../components/Plain.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {windowOf} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Text} from '../../components/Text.tsx';
import {dashboard} from '../dashboard/dashboard-state.ts';
import {Frame} from '../shared/Frame.tsx';
import {wrapped} from '../shared/wrap.ts';
import type {TopState} from './top-state.ts';

interface Props {
  readonly app: App;
  readonly screen: TopState;
  readonly dispatch: (action: Action) => void;
  /** Ends the session or query that the screen asks about. */
  readonly onEnd: () => void;
}

export function TopScreen(props: Props) {
  const {app, screen} = props;
  const keys = useTopKeys(props);
  const last = app.activities.at(-1);
  return (
    <Frame app={app} keys={keys}>
      {screen.session ? (
        <OneSession {...props} session={screen.session} />
      ) : last ? (
        <AllOfIt {...props} last={last} />
      ) : (
        <Waiting>{app.lost === null ? 'Asking the writer' : `No answer: ${app.lost}`}</Waiting>
      )}
    </Frame>
  );
}

type Keys = Readonly<Record<string, () => void>>;

/** The keys that work now, and what they do. */
function useTopKeys({app, screen, dispatch}: Props): readonly Hint[] {
  const theme = useTheme();
  const sessions = app.activities.at(-1)?.sessions ?? [];
  const show = (changes: Partial<TopState>) => dispatch({type: 'show', screen: {...screen, ...changes}});
  const chosen = Math.max(0, Math.min(screen.chosen, sessions.length - 1));
  const looksAt = screen.session !== null;
  const mayEnd = looksAt && !app.readOnly;
  const listKeys: Keys = {
    up: () => show({chosen: Math.max(0, chosen - 1), note: null}),
    down: () => show({chosen: Math.max(0, Math.min(sessions.length - 1, chosen + 1)), note: null}),
    enter: () => show({chosen, session: sessions[chosen] ?? null, note: null}),
    escape: () => dispatch({type: 'show', screen: dashboard}),
    q: () => dispatch({type: 'show', screen: dashboard}),
  };
  const sessionKeys: Keys = {
    escape: () => show({session: null}),
    q: () => show({session: null}),
    ...(mayEnd ? {c: () => show({ends: 'query'}), t: () => show({ends: 'session'})} : {}),
  };
  useKeys(
    ({name, text}) => {
      const does = (looksAt ? sessionKeys : listKeys)[text ?? name];
      does?.();
      return does !== undefined;
    },
    {active: screen.ends === null},
  );
  if (screen.ends !== null)
    return [
      {keys: theme.enter, does: 'answer'},
      {keys: 'esc', does: 'leave it alone'},
    ];
  if (looksAt)
    return [
      ...(mayEnd
        ? [
            {keys: 'c', does: 'cancel its query'},
            {keys: 't', does: 'end the session'},
          ]
        : []),
      {keys: 'esc', does: 'back'},
    ];
  return [
    ...(sessions.length > 0
      ? [
          {keys: theme.upDown, does: 'session'},
          {keys: theme.enter, does: 'look at it'},
        ]
      : []),
    {keys: 'esc', does: 'back'},
  ];
}

const labelWidth = 16;
const nowWidth = 11;

function AllOfIt({app, screen, last}: Props & {readonly last: Activity}) {
  const {body, width} = useLayout();
  const shown = gauges(app.activities);
  const facts = activityFacts(last);
  // On a low screen half of the rows are left to the sessions.
  const gaugeRows = Math.min(shown.length, Math.max(2, body - 12));
  const factRows = Math.min(facts.length, Math.max(1, body - gaugeRows - 5));
  const note = app.lost === null ? screen.note : `No answer: ${app.lost}`;
  const rest = body - gaugeRows - factRows - (note ? 1 : 0) - (body > 14 ? 1 : 0);
  return (
    <Box flexDirection="column" flexShrink={0}>
      {shown.slice(0, gaugeRows).map((gauge) => (
        <GaugeLine key={gauge.label} gauge={gauge} />
      ))}
      {facts.slice(0, factRows).map((fact) => (
        <Box key={fact} paddingLeft={3} width={width} height={1} flexShrink={0}>
          <Plain dimColor wrap="truncate">
            {fact}
          </Plain>
        </Box>
      ))}
      {body > 14 && <Box height={1} flexShrink={0} />}
      <Sessions sessions={last.sessions} chosen={screen.chosen} rows={Math.max(2, rest)} />
      {note && (
        <Box paddingLeft={3} height={1} flexShrink={0}>
          <Plain color="yellow" wrap="truncate">
            {note}
          </Plain>
        </Box>
      )}
    </Box>
  );
}

function GaugeLine({gauge: {label, now, history, note = ''}}: {readonly gauge: Gauge}) {
  const theme = useTheme();
  const {width} = useLayout();
  const noteWidth = note === '' ? 0 : note.length + 2;
  const room = Math.min(60, width - labelWidth - nowWidth - 6) - noteWidth;
  return (
    <Box paddingLeft={3} height={1} flexShrink={0}>
      <Text>{label.padEnd(labelWidth)}</Text>
      <Text bold>{now.padStart(nowWidth)}</Text>
      {note && (
        <Plain color="yellow" wrap="truncate">
          {`  ${note}`}
        </Plain>
      )}
      {history && room > 0 && <Text color={theme.accent}>{`  ${sparkline(history, room, theme.unicode)}`}</Text>}
    </Box>
  );
}

function Sessions({
  sessions,
  chosen,
  rows,
}: {
  readonly sessions: readonly DatabaseSession[];
  readonly chosen: number;
  readonly rows: number;
}) {
  const theme = useTheme();
  const {width} = useLayout();
  if (sessions.length === 0)
    return (
      <Box paddingLeft={3} flexShrink={0}>
        <Plain dimColor>No client has a session.</Plain>
      </Box>
    );
  const at = Math.min(chosen, sessions.length - 1);
  const {start, end} = windowOf(sessions.length, at, rows - 1);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box paddingLeft={3} height={1} flexShrink={0}>
        <Plain dimColor wrap="truncate">
          {sessionCells(['pid', 'user', 'state', 'time', 'query'], width)}
        </Plain>
      </Box>
      {sessions.slice(start, end).map((session, index) => {
        const isChosen = start + index === at;
        return (
          <Box key={`${session.pid} ${session.startedAt}`} paddingLeft={1} height={1} width={width} flexShrink={0}>
            <Box flexShrink={0}>
              <Text color={theme.accent}>{isChosen ? `${theme.pointer} ` : '  '}</Text>
            </Box>
            <Plain bold={isChosen} wrap="truncate" {...(session.waitsFor.length > 0 ? {color: 'yellow' as const} : {})}>
              {sessionCells(cellsOf(session), width)}
            </Plain>
          </Box>
        );
      })}
    </Box>
  );
}

function cellsOf(session: DatabaseSession): readonly string[] {
  const {pid, user, state, query} = session;
  const waits = waitText(session);
  return [
    String(pid),
    user,
    state.replace('idle in transaction', 'idle in tx'),
    seconds(sessionSeconds(session)),
    `${waits ? `${waits}: ` : ''}${query.replace(/\s+/g, ' ').trim()}`,
  ];
}

/** On a narrow screen the user is left out. */
function sessionCells(
  [pid = '', user = '', state = '', time = '', query = '']: readonly string[],
  width: number,
): string {
  const fit = (text: string, cells: number) => text.slice(0, cells).padEnd(cells);
  const who = width < 60 ? '' : `${fit(user, 10)}  `;
  return `${fit(pid, 7)} ${who}${fit(state, 10)}  ${time.slice(0, 8).padStart(7)}  ${query}`;
}

function OneSession({screen, dispatch, onEnd, session}: Props & {readonly session: DatabaseSession}) {
  const question = screen.ends;
  return (
    <Box flexDirection="column" flexShrink={0}>
      <SessionText session={session} isAsked={question !== null} />
      {question && (
        <Confirm
          {...questions[question]}
          no="Leave it alone"
          onAnswer={(isYes) => (isYes ? onEnd() : dispatch({type: 'show', screen: {...screen, ends: null}}))}
        />
      )}
    </Box>
  );
}

const questions = {
  query: {
    question: 'Cancel what it runs?',
    consequences: ['The client gets an error, and its transaction has failed.'],
    yes: 'Cancel its query',
  },
  session: {
    question: 'End this session?',
    consequences: ['The client loses its connection; what it has not committed is rolled back.'],
    yes: 'End it',
  },
} as const;

/** A session and what it runs; where not all of it fits, the question below comes first. */
function SessionText({session, isAsked}: {readonly session: DatabaseSession; readonly isAsked: boolean}) {
  const {body, width} = useLayout();
  const {pid, user, database, application, client, state, query, startedAt} = session;
  const waits = waitText(session);
  const about = [
    `Session ${pid} of ${user} on ${database}`,
    `from ${client}${application ? `, ${application}` : ''}, since ${startedAt.slice(0, 19).replace('T', ' ')}`,
    `${state} for ${seconds(sessionSeconds(session))}${waits ? `, ${waits}` : ''}`,
  ];
  const room = Math.max(1, body - (isAsked ? 5 : 0));
  const lines = [
    ...about,
    ...wrapped(query.replace(/\s+/g, ' ').trim() || 'It has run nothing yet.', width - 6).map((line) => `  ${line}`),
  ];
  return (
    <Box flexDirection="column" paddingLeft={3} flexShrink={0}>
      {lines.slice(0, room).map((line, index) => (
        <Plain key={index} bold={index === 0} dimColor={index >= about.length} wrap="truncate">
          {line}
        </Plain>
      ))}
    </Box>
  );
}
