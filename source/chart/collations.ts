// Libraries of the image sort text. An index that was made under another version of them may miss rows.
import {cause, type Cause} from '../core/cause.ts';

/** An index on sorted text, with its name as SQL takes it: `public.names_pkey`. */
export interface SortedIndex {
  readonly name: string;
  readonly bytes: number;
  /** False: PostgreSQL rebuilds it only while nobody writes to its table, as with indexes of exclusion constraints. */
  readonly concurrently: boolean;
}

/** The text of one database that one collation sorts. */
export interface SortedText {
  readonly database: string;
  /** Where the order comes from: the C library or ICU. */
  readonly provider: 'libc' | 'icu';
  /** The version that PostgreSQL wrote down, such as `2.36` of the C library or `153.120` of ICU's rules. */
  readonly version: string;
  /** The version that the running server has; null where it knows none. */
  readonly actual: string | null;
  /** The collation where one was named (`"de_DE"`); null: the database's own. */
  readonly collation: string | null;
  /** How many indexes and partitioned tables depend on it. */
  readonly objects: number;
  /** Those indexes that were made under another version than the running one. */
  readonly indexes: readonly SortedIndex[];
  /** How many of those tables are partitioned by ranges of such text. */
  readonly partitioned: number;
}

/** What the writer reports about how it sorts text. */
export interface Sorting {
  /** The ICU library that it runs with, such as `libicui18n.so.72`; null where it has none, or does not say. */
  readonly icu: string | null;
  readonly texts: readonly SortedText[];
}

/** The libraries of an image that sort text; null where it has none, or does not say. */
export interface ImageLibraries {
  /** The version of the GNU C library, such as `2.36`. */
  readonly library: string | null;
  readonly icu: string | null;
}

/** The release whose database is meant. */
interface Owner {
  readonly target: {readonly namespace: string; readonly release: string};
}

export interface SortingGuard extends Owner {
  readonly image: string;
  readonly libraries: ImageLibraries;
  readonly sorting: Sorting;
  /** True where the plan says that what the running server has made stale is rebuilt before anything restarts. */
  readonly rebuilds: boolean;
}

/** Whether the indexes on the text were made under another version than the running server has. */
export function isStale({version, actual}: SortedText): boolean {
  return actual !== null && version !== actual;
}

/** All indexes on the texts, each once, even where two collations are in it. */
export function indexesOf(texts: readonly SortedText[]): readonly SortedIndex[] {
  return [...new Map(texts.flatMap(({indexes}) => indexes).map((index) => [index.name, index])).values()];
}

/** The texts whose indexes are to be rebuilt on the running server, before it becomes one with these libraries. */
export function textsToRebuild(texts: readonly SortedText[], {library}: ImageLibraries): readonly SortedText[] {
  // Text that was last indexed under the next image's version is left out: a wrong image ran since, and what it rebuilt
  // would be wrong for the next one.
  return texts.filter((text) => isStale(text) && !(text.provider === 'libc' && text.version === library));
}

/**
 * Why a database whose volume was kept is not whole on the image that it has now, although its indexes are rebuilt;
 * null: it is.
 */
export function keptSortingProblem(owner: Owner, {texts}: Sorting): Cause | null {
  const partitioned = texts.filter((text) => isStale(text) && text.partitioned > 0);
  return partitioned.length > 0
    ? misplacedRows(owner, partitioned, 'The database runs, and nothing was rebuilt.')
    : null;
}

/**
 * What is wrong with the indexes of a running database; null: nothing, as far as PostgreSQL knows.
 * @param connect the command that connects to it
 */
export function staleIndexes(owner: Owner, {texts}: Sorting, connect: string): Cause | null {
  const stale = texts.filter((text) => isStale(text) && text.objects > 0);
  if (stale.length === 0) return null;
  return problem(owner, stale, {
    text: `${whose(owner, stale)} made under another version than the server runs with: they may miss rows.`,
    remedies: [
      {title: `Rebuild them, and only then have the version recorded: ${rebuildingSql(stale)}`, command: connect},
    ],
  });
}

function rebuildingSql(texts: readonly SortedText[]): string {
  const databases = [...new Set(texts.map(({database}) => database))];
  return databases
    .map((name) => {
      const refreshes = texts
        .filter(({database}) => database === name)
        .map(({collation}) =>
          collation === null
            ? `ALTER DATABASE "${name}" REFRESH COLLATION VERSION;`
            : `ALTER COLLATION ${collation} REFRESH VERSION;`,
        );
      return `in ${name} REINDEX DATABASE CONCURRENTLY; ${refreshes.join(' ')}`;
    })
    .join(' · ');
}

/** Why the database may not run with the image; null when it may, as far as is known. */
export function sortingProblem(guard: SortingGuard): Cause | null {
  const {libraries, sorting, rebuilds} = guard;
  const used = sorting.texts.filter(({objects}) => objects > 0);
  const others = used.filter((text) => isSortedOtherwise(text, guard));
  if (others.length > 0) return otherSystem(guard, others);
  const stale = textsToRebuild(used, libraries);
  const partitioned = stale.filter((text) => text.partitioned > 0);
  if (partitioned.length > 0) return misplacedRows(guard, partitioned);
  return stale.length > 0 && !rebuilds ? notPlanned(guard, stale) : null;
}

function isSortedOtherwise({provider, version, actual}: SortedText, {libraries, sorting}: SortingGuard): boolean {
  if (provider === 'icu') return libraries.icu !== null && sorting.icu !== null && libraries.icu !== sorting.icu;
  return libraries.library !== null && libraries.library !== version && libraries.library !== actual;
}

function otherSystem(guard: SortingGuard, texts: readonly SortedText[]): Cause {
  const {image, libraries} = guard;
  const {library, icu} = libraries;
  const by = texts.some(({provider}) => provider === 'libc')
    ? `version ${library ?? ''} of the C library`
    : `the library ${icu ?? ''} of ICU`;
  return problem(guard, texts, {
    ends: nothingChanged,
    text: `${image} sorts text by ${by}, and ${whose(guard, texts)} sorted by another one: they would miss rows.`,
    remedies: [
      {title: 'Name an image of the same base system with --image-tag'},
      {title: 'To move to the other system: install a release under another name, and restore a dump of this one'},
    ],
  });
}

/** The cause for rows that lie in the wrong partition, where a rebuilt index does not help. */
function misplacedRows(owner: Owner, texts: readonly SortedText[], ends = nothingChanged): Cause {
  const count = texts.reduce((sum, {partitioned}) => sum + partitioned, 0);
  const tables = count === 1 ? '1 table is' : `${count} tables are`;
  return problem(owner, texts, {
    ends,
    text:
      `${tables} partitioned by ranges of text that another version sorted: their rows may lie in the wrong ` +
      'partition, which no rebuilt index puts right.',
    remedies: [{title: 'Dump these tables and restore them, refresh the version of their collation, and run it again'}],
  });
}

function notPlanned(guard: SortingGuard, texts: readonly SortedText[]): Cause {
  return problem(guard, texts, {
    ends: nothingChanged,
    text: `${whose(guard, texts)} made under another version than the server runs with: they may miss rows.`,
    remedies: [{title: 'Run the same command again: its plan says what is rebuilt', again: true}],
  });
}

const nothingChanged = 'Nothing was changed.';

function problem(
  {target: {namespace, release}}: Owner,
  texts: readonly SortedText[],
  {text, ends, remedies}: {readonly text: string; readonly ends?: string; readonly remedies: Cause['remedies']},
): Cause {
  return cause('COLLATION_CHANGED', [text, ...(ends === undefined ? [] : [ends])].join(' '), {
    object: {kind: 'Release', namespace, name: release},
    evidence: texts.map(
      ({database, version, collation, objects}) =>
        `${database}: ${objects} sorted by ${version}${collation === null ? '' : `, collation ${collation}`}`,
    ),
    remedies,
  });
}

/** `2 indexes of orders in shop, web are`. */
function whose({target}: Owner, texts: readonly SortedText[]): string {
  const count = texts.reduce((sum, {objects}) => sum + objects, 0);
  const databases = [...new Set(texts.map(({database}) => database))].join(', ');
  const [indexes, are] = count === 1 ? ['1 index', 'is'] : [`${count} indexes`, 'are'];
  return `${indexes} of ${target.release} in ${databases} ${are}`;
}
