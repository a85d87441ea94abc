// A release: endpoints above, what can be done with it below. It stays live.
import {Box, useIsScreenReaderEnabled} from 'ink';
import {useState} from 'react';
import type {Operation} from '../../../commands/operation.ts';
import type {Status} from '../../../client/questions/status.ts';
import {gapPlot} from '../../../observation/text/gap-plot.ts';
import {Plain} from '../../components/Plain.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Text} from '../../components/Text.tsx';
import {menuOf, type Entry} from './dashboard-menu.ts';
import type {DashboardState, WritesPlot} from './dashboard-state.ts';
import {Frame} from '../shared/Frame.tsx';
import {foldedMenu, menuPages, menuRows} from './menu-rows.ts';
import {StatusLines} from './StatusLines.tsx';
import {problemCount} from './problem-rows.ts';

interface Props {
  readonly app: App;
  readonly screen: DashboardState;
  readonly dispatch: (action: Action) => void;
  readonly onReveal: () => void;
  readonly onCopy: () => void;
  readonly onRun: (operation: Operation) => void;
  readonly onQuit: () => void;
}

export function DashboardScreen(props: Props) {
  const {app, screen} = props;
  const {body, width} = useLayout();
  const menu = menuOf(app.status, screen.revealed !== null, app.readOnly);
  const isLow = body < 12;
  const between = isLow ? 2 : 3;
  const pages = menuPages(menu, width - 4, between, body);
  const page = useDashboardKeys(props, menu, pages.length);
  const isMenuAlone = page > 0;
  const said = useSaid(app, screen);
  const rows = isMenuAlone
    ? (pages[page - 1] ?? [])
    : isLow
      ? foldedMenu(menu, width - 4, between, body - rowsNeeded(app.status, screen, said !== null))
      : menuRows(menu, width - 4, between);
  const plot = plotIn(app, screen, isLow);
  const saidRows = (said === null ? 0 : 1) + (plot === null ? 0 : 1);
  const hasBlank = rows.length > 0 && !isLow;
  const room = Math.max(0, body - rows.length - saidRows - (hasBlank ? 1 : 0));
  return (
    <Frame
      app={app}
      keys={[
        {keys: 'esc', does: 'all releases'},
        {keys: 'q', does: 'quit'},
      ]}
    >
      <Box flexDirection="column" height={room} overflow="hidden" paddingLeft={3}>
        <Release app={app} revealed={screen.revealed} isHidden={isMenuAlone} rows={room} />
      </Box>
      <Said text={isMenuAlone ? null : said} isWarning={app.lost !== null} />
      {plot && <PlotLine plot={plot} />}
      {hasBlank && <Box height={1} flexShrink={0} />}
      {rows.map((row, index) => (
        <MenuRow key={index} entries={row} between={between} />
      ))}
    </Frame>
  );
}

/** The plot is shown where there is room, and as long as the note below is still about the last operation. */
function plotIn({lost}: App, {plot}: DashboardState, isLow: boolean): WritesPlot | null {
  return isLow || lost ? null : plot;
}

function Said({text, isWarning}: {readonly text: string | null; readonly isWarning: boolean}) {
  if (text === null) return null;
  return (
    <Box paddingLeft={3} height={1} flexShrink={0}>
      <Plain {...(isWarning ? {color: 'yellow'} : {dimColor: true})}>{text}</Plain>
    </Box>
  );
}

/** How long the operation that has just ended took, and when writes were out during it. */
function PlotLine({plot: {gap, durationMs}}: {readonly plot: WritesPlot}) {
  const theme = useTheme();
  const isReadAloud = useIsScreenReaderEnabled();
  const {width} = useLayout();
  if (isReadAloud) return null;
  return (
    <Box paddingLeft={3} height={1} flexShrink={0}>
      <Text dimColor>{'writes   '}</Text>
      <Text color={theme.accent}>{gapPlot(gap, durationMs, Math.min(48, width - 22), theme.unicode)}</Text>
      <Text dimColor>{`  ${(durationMs / 1000).toFixed(1)} s`}</Text>
    </Box>
  );
}

/**
 * Does what the menu's keys say. Where there is no room for both, the menu takes the place of the state until a key is
 * pressed: returns which of its pages does, from 1; 0: none.
 */
function useDashboardKeys(
  {dispatch, onReveal, onCopy, onRun, onQuit}: Props,
  menu: readonly Entry[],
  pages: number,
): number {
  const isLow = useLayout().body < 12;
  const [turned, turn] = useState(0);
  const page = isLow ? Math.min(turned, pages) : 0;
  const choose = ({does}: Entry) => {
    if (does === 'copy') onCopy();
    else if (does === 'reveal') onReveal();
    else if ('run' in does) onRun(does.run);
    else dispatch({type: 'show', screen: does.show});
  };
  useKeys(({name, text}) => {
    if (page > 0 || (text === 'm' && isLow)) {
      turn(text === 'm' && page < pages ? page + 1 : 0);
      if (name === 'escape' || text === 'm') return true;
    }
    const chosen = menu.find(({key}) => key === text);
    if (chosen) choose(chosen);
    else if (text === 'q') onQuit();
    else if (name === 'escape') dispatch({type: 'show', screen: {name: 'home'}});
    else return false;
    return true;
  });
  return page;
}

/** That the cluster does not answer, or else what was done last; null when there is neither to say. */
function useSaid({lost, status}: App, {note}: DashboardState): string | null {
  const theme = useTheme();
  const isLow = useLayout().body < 12;
  if (!lost) return note || null;
  const what = isLow ? 'No answer' : 'No answer from the cluster';
  return `${theme.signs.warning.text} ${what}${status ? '; this is from before' : ''}. ${lost}`;
}

/** The rows for two endpoints, for what is dangerous, and for a password that was asked for. */
function rowsNeeded(status: Status | null, {revealed}: DashboardState, isSaid: boolean): number {
  const needed = status ? 2 + Math.min(2, problemCount(status)) : 1;
  return needed + (isSaid ? 1 : 0) + (revealed === null ? 0 : 1);
}

/** The state of the release; `isHidden`: the menu takes its place. */
function Release({
  app,
  revealed,
  isHidden,
  rows,
}: {
  readonly app: App;
  readonly revealed: string | null;
  readonly isHidden: boolean;
  readonly rows: number;
}) {
  const {status, isGone, lost, target, moments} = app;
  if (status && !isHidden) return <StatusLines {...{status, revealed, moments, rows}} />;
  if (isGone)
    return <Plain wrap="wrap">{`There is no release ${target.release} in ${target.namespace} any more.`}</Plain>;
  // Undoes the margin that this component already has.
  return status || lost ? null : (
    <Box marginLeft={-3}>
      <Waiting>Asking the cluster and the database</Waiting>
    </Box>
  );
}

function MenuRow({
  entries,
  between,
}: {
  readonly entries: readonly Pick<Entry, 'key' | 'label'>[];
  readonly between: number;
}) {
  const theme = useTheme();
  return (
    <Box paddingLeft={3} gap={between} height={1} flexShrink={0}>
      {entries.map(({key, label}) => (
        <Text key={key}>
          <Text color={theme.accent}>{key}</Text>
          {` ${label}`}
        </Text>
      ))}
    </Box>
  );
}
