// Every PostgreSQL release that the user may see, one row each. Keeps itself up to date.
import {useState} from 'react';
import {Box} from 'ink';
import type {ReleaseRow} from '../../../client/questions/status.ts';
import {shortStateWords, stateWords} from '../../../observation/row-state.ts';
import type {Hint} from '../../components/Footer.tsx';
import {Plain} from '../../components/Plain.tsx';
import {Select} from '../../components/Select.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {cells} from '../../keys/graphemes.ts';
import type {Key} from '../../keys/key.ts';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme, type Theme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import type {Screen} from '../../screens.ts';
import {Frame} from '../shared/Frame.tsx';
import {shownReleases} from '../../state/place.ts';
import {adoptScreen} from '../adopt/adopt-state.ts';
import {dashboard} from '../dashboard/dashboard-state.ts';

interface Column {
  readonly title: string;
  readonly of: (row: ReleaseRow) => string;
  /** The number of terminal columns from which the column is shown. */
  readonly from: number;
  /** The number of terminal columns from which the column is no longer shown. */
  readonly below?: number;
}

/** The margins and the mark of the chosen row. */
const marginWidth = 4;
/** How many columns are shortened where not all fit: namespaces and names. */
const givingWay = 2;
/** The widths to which those are shortened, one after the other. The first is enough to tell names apart. */
const shortest = [22, 10, 5] as const;

const columns: readonly Column[] = [
  {title: 'NAMESPACE', of: ({namespace}) => namespace, from: 0},
  {title: 'NAME', of: ({name}) => name, from: 0},
  {title: 'CHART', of: ({chartVersion}) => chartVersion ?? '?', from: 80},
  {title: 'PG', of: ({postgresVersion}) => postgresVersion ?? '?', from: 60},
  {title: 'WRITER', of: ({writer}) => `${writer.ready}/${writer.wanted}`, from: 60},
  {title: 'READERS', of: ({readers}) => `${readers.ready}/${readers.wanted}`, from: 60},
  {title: 'SIZE', of: ({storageSize}) => storageSize ?? '?', from: 80},
  // No database is asked for a list.
  {title: 'BY PODS', of: shortStateWords, from: 0, below: 60},
  {title: 'BY PODS', of: stateWords, from: 60, below: 100},
  {title: 'STATE BY PODS', of: stateWords, from: 100},
];
/** Columns that make room for a long state, in this order. */
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
  const {body} = useLayout();
  const [search, find] = useState<Search>({text: '', isTyped: false});
  const all = shownReleases(app);
  const rows = all.filter(isLike(search.text));
  const narrow = narrowText(app);
  const {adoptable, choose, initial} = useChosen(app, rows);
  const isSearched = search.isTyped || search.text !== '';
  const room = body - (app.lost ? 2 : 1) - (isSearched ? 1 : 0) - (narrow === null ? 0 : 1);
  useHomeKeys({app, dispatch, onQuit, search, find, adoptable, isEmpty: all.length === 0});
  return (
    <Frame
      app={app}
      keys={hintsOf(theme, {
        count: rows.length,
        mayFind: all.length > room || isSearched,
        mayAdopt: adoptable !== null,
        readOnly: app.readOnly,
        namespaces: namespacesHint(app),
      })}
    >
      {narrow !== null && (
        <Box paddingLeft={3} height={1} flexShrink={0}>
          <Plain dimColor>{narrow}</Plain>
        </Box>
      )}
      {isSearched && <SearchLine search={search} found={rows.length} of={all.length} onFind={find} />}
      <Releases
        rows={rows}
        room={room}
        none={all.length === 0 ? noneText(app) : 'No release is called so.'}
        {...(initial === null ? {} : {initial})}
        onMove={choose}
        onOpen={({namespace, name}) => {
          dispatch({type: 'target', target: {namespace, release: name}});
          dispatch({type: 'show', screen: dashboard});
        }}
      />
      {app.lost && (
        <Box flexGrow={1} flexDirection="column" justifyContent="flex-end" paddingLeft={3}>
          <Plain color="yellow">{`${theme.signs.warning.text} ${app.lost}; this is from before.`}</Plain>
        </Box>
      )}
    </Frame>
  );
}

/** The chosen row, where that release is not ours, and nobody applies it again and again. */
function useChosen(app: App, rows: readonly ReleaseRow[]) {
  const initial = app.target.release ? keyOf({...app.target, name: app.target.release}) : null;
  const [chosen, choose] = useState(initial);
  const row = chosen === null ? rows[0] : rows.find((one) => keyOf(one) === chosen);
  const isAdoptable = row && row.managedBy !== 'pg-helm-install' && !row.steeredBy && !app.readOnly;
  return {adoptable: isAdoptable ? row : null, choose, initial};
}

function useHomeKeys({
  app,
  dispatch,
  onQuit,
  search,
  find,
  adoptable,
  isEmpty,
}: {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  readonly onQuit: () => void;
  readonly search: Search;
  readonly find: (search: Search) => void;
  readonly adoptable: ReleaseRow | null;
  readonly isEmpty: boolean;
}): void {
  const show = (namespace: string, release: string, screen: Screen) => {
    dispatch({type: 'target', target: {namespace, release}});
    dispatch({type: 'show', screen});
  };
  const namespaces = namespacesHint(app);
  const leaves = ({text, name}: Key) => {
    if (name === 'escape' && search.text !== '') find({text: '', isTyped: false});
    else if (text === 'q' || name === 'escape') onQuit();
    else return false;
    return true;
  };
  useKeys((key) => {
    const {text} = key;
    if (text === '0' && namespaces) dispatch({type: 'all namespaces', shown: !app.allNamespaces});
    else if (text === 'n' && !app.readOnly) show(namespaceOfNew(app), '', {name: 'target', row: 'release'});
    else if (text === 'a' && adoptable)
      show(adoptable.namespace, adoptable.name, {...adoptScreen, detach: adoptable.insideChart !== undefined});
    else if (text === '/' && !isEmpty) find({...search, isTyped: true});
    else return leaves(key);
    return true;
  });
}

/** The namespace for a new release, which is not that of the release that was looked at last. */
function namespaceOfNew({givenNamespace, listedIn, opened}: App): string {
  return givenNamespace ?? listedIn ?? opened?.defaultNamespace ?? '';
}

interface Search {
  readonly text: string;
  /** Whether the field takes the keys. */
  readonly isTyped: boolean;
}

/** Whether each word occurs in the namespace, the name or the state. */
function isLike(text: string): (row: ReleaseRow) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    const said = `${row.namespace}/${row.name} ${stateWords(row)}`.toLowerCase();
    return words.every((word) => said.includes(word));
  };
}

function hintsOf(
  {upDown, enter}: Theme,
  {
    count,
    mayFind,
    mayAdopt,
    readOnly,
    namespaces,
  }: Readonly<Record<'mayFind' | 'mayAdopt' | 'readOnly', boolean>> & {
    readonly count: number;
    readonly namespaces: Hint | null;
  },
): readonly Hint[] {
  return [
    ...(count > 0
      ? [
          {keys: upDown, does: 'release'},
          {keys: enter, does: 'open'},
        ]
      : []),
    ...(mayAdopt ? [{keys: 'a', does: 'adopt'}] : []),
    ...(mayFind ? [{keys: '/', does: 'find'}] : []),
    ...(readOnly ? [] : [{keys: 'n', does: 'new'}]),
    ...(namespaces ? [namespaces] : []),
    {keys: 'q', does: 'quit'},
  ];
}

function SearchLine({
  search,
  found,
  of,
  onFind,
}: {
  readonly search: Search;
  readonly found: number;
  readonly of: number;
  readonly onFind: (search: Search) => void;
}) {
  const {width} = useLayout();
  return (
    <Box gap={1} paddingLeft={3} height={1} flexShrink={0}>
      <Plain dimColor>/</Plain>
      {search.isTyped ? (
        <TextField
          initial={search.text}
          width={Math.max(10, width - 30)}
          placeholder="part of a namespace, a name or a state"
          onChange={(text) => onFind({text, isTyped: true})}
          onSubmit={(text) => onFind({text, isTyped: false})}
          onLeave={(key, text) => onFind({text: key === 'escape' ? '' : text, isTyped: false})}
        />
      ) : (
        <Plain>{search.text}</Plain>
      )}
      <Plain dimColor>{`${found} of ${of}`}</Plain>
    </Box>
  );
}

function Releases({
  rows,
  room,
  none,
  initial,
  onMove,
  onOpen,
}: {
  readonly rows: readonly ReleaseRow[];
  readonly room: number;
  /** The text for an empty list. */
  readonly none: string;
  readonly initial?: string;
  readonly onMove: (key: string) => void;
  readonly onOpen: (row: ReleaseRow) => void;
}) {
  const {width} = useLayout();
  const {unicode} = useTheme();
  const shown = columnsFor(width, rows);
  const line = linesFor(shown, width - marginWidth, unicode ? '…' : '..');
  return (
    <>
      <Box paddingLeft={3} height={1} flexShrink={0}>
        <Plain dimColor>{rows.length > 0 ? line(shown.map(({title}) => title)) : none}</Plain>
      </Box>
      <Box paddingLeft={1} flexShrink={0}>
        <Select
          items={rows.map((row) => ({key: keyOf(row), label: line(shown.map(({of}) => of(row)))}))}
          rows={room}
          {...(initial === undefined ? {} : {initial})}
          onMove={onMove}
          onSelect={(key) => {
            const row = rows.find((one) => keyOf(one) === key);
            if (row) onOpen(row);
          }}
        />
      </Box>
    </>
  );
}

function keyOf({namespace, name}: Pick<ReleaseRow, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function noneText({readOnly}: App): string {
  return `There is no PostgreSQL release here${readOnly ? '.' : '; n makes one.'}`;
}

/** Null: the releases of all namespaces are shown, or only one namespace may be read. */
function narrowText({givenNamespace, allNamespaces, opened, listedIn}: App): string | null {
  if (givenNamespace === null || allNamespaces || listedIn !== null) return null;
  const others = (opened?.releases ?? []).filter(({namespace}) => namespace !== givenNamespace).length;
  const more = others === 0 ? '' : `; ${others} in other namespaces`;
  return `Only namespace ${givenNamespace}${more}`;
}

/** The key that shows all namespaces or only the given one. Null: none was given, or no other one may be read. */
function namespacesHint({givenNamespace, allNamespaces, listedIn}: App): Hint | null {
  if (givenNamespace === null || listedIn !== null) return null;
  return {keys: '0', does: allNamespaces ? `only ${givenNamespace}` : 'all namespaces'};
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

/** The width of the columns with namespaces and names as short as on a wide terminal. */
function leastWidthOf(shown: readonly Sized[]): number {
  return shown.reduce((sum, {width}, at) => sum + (at < givingWay ? Math.min(width, shortest[0]) : width) + 2, -2);
}

function widthOf({title, of}: Column, rows: readonly ReleaseRow[]): number {
  return rows.reduce((most, row) => Math.max(most, cells(of(row))), cells(title));
}

/** Aligns the columns; namespaces and names are shortened first when there is no room. */
function linesFor(shown: readonly Sized[], room: number, ellipsis: string): (texts: readonly string[]) => string {
  const widths = shown.map(({width}) => width);
  for (const least of shortest)
    for (let at = 0; at < givingWay; at++) {
      const own = widths[at] ?? 0;
      const over = widths.reduce((sum, width) => sum + width + 2, -2) - room;
      if (over > 0) widths[at] = Math.max(Math.min(least, own), own - over);
    }
  return (texts) =>
    texts
      .map((text, at) => fit(text, widths[at] ?? 0, ellipsis))
      .join('  ')
      .trimEnd();
}

/** Shortens a text in the middle: names of one team, or of one purpose, differ at the beginning or at the end. */
function fit(text: string, width: number, ellipsis: string): string {
  if (cells(text) <= width) return text + ' '.repeat(width - cells(text));
  const kept = Math.max(0, width - ellipsis.length);
  const end = kept < 8 ? 0 : Math.floor(kept / 3);
  return `${text.slice(0, kept - end)}${ellipsis}${text.slice(text.length - end)}`;
}
