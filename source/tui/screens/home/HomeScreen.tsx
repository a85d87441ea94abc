// Every PostgreSQL release that may be seen, a row each. It stays live.
import {Box} from 'ink';
import type {ReleaseRow} from '../../../client/status.ts';
import {shortStateWords, stateWords} from '../../../observation/row-state.ts';
import {Plain} from '../../components/Plain.tsx';
import {Select} from '../../components/Select.tsx';
import {cells} from '../../keys/graphemes.ts';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Frame} from '../shared/Frame.tsx';
import {dashboard} from '../dashboard/dashboard-state.ts';

interface Column {
  readonly title: string;
  readonly of: (row: ReleaseRow) => string;
  /** Shown from so many columns of the terminal on. */
  readonly from: number;
  /** Not shown from so many on. */
  readonly below?: number;
}

/** The margins and the mark of the chosen row. */
const marginWidth = 4;
/** How many columns are shortened where there is no room for all: namespaces and names. */
const givingWay = 2;
/** To so many characters; where that is not enough, to the second number. */
const shortest = [10, 5] as const;

const columns: readonly Column[] = [
  {title: 'NAMESPACE', of: ({namespace}) => namespace, from: 0},
  {title: 'NAME', of: ({name}) => name, from: 0},
  {title: 'CHART', of: ({chartVersion}) => chartVersion ?? '?', from: 80},
  {title: 'PG', of: ({postgresVersion}) => postgresVersion ?? '?', from: 60},
  {title: 'WRITER', of: ({writer}) => `${writer.ready}/${writer.wanted}`, from: 60},
  {title: 'READERS', of: ({readers}) => `${readers.ready}/${readers.wanted}`, from: 60},
  {title: 'SIZE', of: ({storageSize}) => storageSize ?? '?', from: 80},
  {title: 'STATE', of: shortStateWords, from: 0, below: 60},
  {title: 'STATE', of: stateWords, from: 60},
];
/** Where a state is long, these give way to it, the first one first. */
const leastWanted = ['CHART', 'SIZE', 'PG', 'READERS', 'WRITER'];

export function HomeScreen({
  app,
  dispatch,
  onQuit,
}: {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  readonly onQuit: () => void;
}) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const rows = app.opened?.releases ?? [];
  const shown = columnsFor(width, rows);
  const room = body - (app.lost ? 2 : 1);
  const line = linesFor(shown, width - marginWidth);
  useKeys(({text, name}) => {
    if (text === 'n' && !app.readOnly) {
      // Not that of the release that was looked at last.
      const namespace = app.givenNamespace ?? app.listedIn ?? app.opened?.defaultNamespace ?? '';
      dispatch({type: 'target', target: {namespace, release: ''}});
      dispatch({type: 'show', screen: {name: 'target', row: 'release'}});
    } else if (text === 'q' || name === 'escape') onQuit();
    else return false;
    return true;
  });
  const move =
    rows.length > 0
      ? [
          {keys: theme.upDown, does: 'release'},
          {keys: theme.enter, does: 'open'},
        ]
      : [];
  return (
    <Frame app={app} keys={[...move, ...(app.readOnly ? [] : [{keys: 'n', does: 'new'}]), {keys: 'q', does: 'quit'}]}>
      <Box paddingLeft={3} height={1} flexShrink={0}>
        <Plain dimColor>{rows.length > 0 ? line(shown.map(({title}) => title)) : none(app)}</Plain>
      </Box>
      <Box paddingLeft={1} flexShrink={0}>
        <Select
          items={rows.map((row) => ({key: `${row.namespace}/${row.name}`, label: line(shown.map(({of}) => of(row)))}))}
          rows={room}
          {...(app.target.release ? {initial: `${app.target.namespace}/${app.target.release}`} : {})}
          onSelect={(key) => {
            const row = rows.find(({namespace, name}) => `${namespace}/${name}` === key);
            if (!row) return;
            dispatch({type: 'target', target: {namespace: row.namespace, release: row.name}});
            dispatch({type: 'show', screen: dashboard});
          }}
        />
      </Box>
      {app.lost && (
        <Box flexGrow={1} flexDirection="column" justifyContent="flex-end" paddingLeft={3}>
          <Plain color="yellow">{`${theme.signs.warning.text} ${app.lost}; this is from before.`}</Plain>
        </Box>
      )}
    </Frame>
  );
}

function none({readOnly}: App): string {
  return `There is no PostgreSQL release here${readOnly ? '.' : '; n makes one.'}`;
}

/** A column with the width that its rows take. */
interface Sized extends Column {
  readonly width: number;
}

function columnsFor(terminal: number, rows: readonly ReleaseRow[]): readonly Sized[] {
  let shown = columns
    .filter(({from, below = Infinity}) => terminal >= from && terminal < below)
    .map((column) => ({...column, width: widthOf(column, rows)}));
  for (const title of leastWanted)
    if (leastWidthOf(shown) > terminal - marginWidth) shown = shown.filter((column) => column.title !== title);
  return shown;
}

/** With namespaces and names as short as they are in a wide terminal. */
function leastWidthOf(shown: readonly Sized[]): number {
  return shown.reduce((sum, {width}, at) => sum + (at < givingWay ? Math.min(width, shortest[0]) : width) + 2, -2);
}

function widthOf({title, of}: Column, rows: readonly ReleaseRow[]): number {
  return rows.reduce((most, row) => Math.max(most, cells(of(row))), cells(title));
}

/** Columns that line up; the namespaces and names give way first when there is no room. */
function linesFor(shown: readonly Sized[], room: number): (texts: readonly string[]) => string {
  const widths = shown.map(({width}) => width);
  for (const least of shortest)
    for (let at = 0; at < givingWay; at++) {
      const own = widths[at] ?? 0;
      const over = widths.reduce((sum, width) => sum + width + 2, -2) - room;
      if (over > 0) widths[at] = Math.max(Math.min(least, own), own - over);
    }
  return (texts) =>
    texts
      .map((text, at) => fit(text, widths[at] ?? 0))
      .join('  ')
      .trimEnd();
}

function fit(text: string, width: number): string {
  return cells(text) <= width ? text + ' '.repeat(width - cells(text)) : `${text.slice(0, width - 1)}…`;
}
