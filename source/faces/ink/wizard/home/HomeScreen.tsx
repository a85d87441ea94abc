// Every PostgreSQL release that may be seen, a row each. It stays live.
import {Box} from 'ink';
import type {ReleaseRow} from '../../../../inspect/status.ts';
import {Plain} from '../../components/Plain.tsx';
import {Select} from '../../components/Select.tsx';
import {cells} from '../../keys/graphemes.ts';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../app-state.ts';
import {Frame} from '../pieces/Frame.tsx';
import {dashboard} from '../screens.ts';

interface Column {
  readonly title: string;
  readonly of: (row: ReleaseRow) => string;
  /** Shown from so many columns of the terminal on. */
  readonly from: number;
}

const columns: readonly Column[] = [
  {title: 'NAMESPACE', of: ({namespace}) => namespace, from: 0},
  {title: 'NAME', of: ({name}) => name, from: 0},
  {title: 'CHART', of: ({chartVersion}) => chartVersion ?? '?', from: 80},
  {title: 'PG', of: ({postgresVersion}) => postgresVersion ?? '?', from: 60},
  {title: 'WRITER', of: ({writer}) => `${writer.ready}/${writer.wanted}`, from: 60},
  {title: 'READERS', of: ({readers}) => `${readers.ready}/${readers.wanted}`, from: 60},
  {title: 'SIZE', of: ({storageSize}) => storageSize ?? '?', from: 80},
  {title: 'STATE', of: ({state}) => state, from: 0},
];

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
  const shown = columns.filter(({from}) => width >= from);
  const room = body - (app.lost ? 2 : 1);
  const line = linesFor(shown, rows, width - 4);
  useKeys(({text, name}) => {
    if (text === 'n') {
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
    <Frame app={app} keys={[...move, {keys: 'n', does: 'new'}, {keys: 'q', does: 'quit'}]}>
      <Box paddingLeft={3} height={1} flexShrink={0}>
        <Plain dimColor>
          {rows.length > 0 ? line(shown.map(({title}) => title)) : 'There is no PostgreSQL release here; n makes one.'}
        </Plain>
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

/** Columns that line up; the namespaces and names give way first when there is no room. */
function linesFor(
  shown: readonly Column[],
  rows: readonly ReleaseRow[],
  room: number,
): (texts: readonly string[]) => string {
  const widths = shown.map(({title, of}) => Math.max(cells(title), ...rows.map((row) => cells(of(row)))));
  for (const at of [0, 1]) {
    const over = widths.reduce((sum, width) => sum + width + 2, -2) - room;
    if (over > 0) widths[at] = Math.max(10, (widths[at] ?? 0) - over);
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
