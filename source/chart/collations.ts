// How text is sorted: by the C library of the image. An index that was made under another version of it may miss rows.
import {cause, type Cause} from '../core/cause.ts';

/** Indexes and partitions of one database whose order comes from one version of the C library. */
export interface SortedText {
  readonly database: string;
  /** The version that PostgreSQL wrote down for them, such as `2.36`. */
  readonly version: string;
  /** The collation where it was named (`"de_DE"`); null: the database's own. */
  readonly collation: string | null;
  readonly objects: number;
}

/** What the writer says of itself. */
export interface Sorting {
  /** The version of the C library that it runs with; null where none of its databases depends on one. */
  readonly running: string | null;
  readonly texts: readonly SortedText[];
}

export interface SortingGuard {
  readonly target: {readonly namespace: string; readonly release: string};
  readonly image: string;
  /** The C library in the image; null when it does not say. */
  readonly library: string | null;
  readonly sorting: Sorting;
}

/** Why the database may not run with the image; null when it may, as far as is known. */
export function sortingProblem({target, image, library, sorting}: SortingGuard): Cause | null {
  const others = sorting.texts.filter(({version}) => version !== library);
  if (library === null || others.length === 0) return null;
  const {release, namespace} = target;
  const isOld = sorting.running === library;
  const databases = [...new Set(others.map(({database}) => database))];
  return cause(
    'COLLATION_CHANGED',
    `${image} sorts text by version ${library} of the C library, and ${indexes(others)} of ${release} in ` +
      `${databases.join(', ')} ${isOld ? 'were made' : 'are sorted'} by another one: they would miss rows. ` +
      'Nothing was changed.',
    {
      object: {kind: 'Release', namespace, name: release},
      evidence: others.map(
        ({database, version, collation, objects}) =>
          `${database}: ${objects} sorted by ${version}${collation === null ? '' : `, collation ${collation}`}`,
      ),
      remedies: isOld
        ? [
            // The running server sorts as the image does: what is rebuilt now is right for both.
            ...databases.map((database) => ({title: repairOf(database, others)})),
            {title: 'Run the same command again', again: true},
          ]
        : [
            {title: 'Name an image of the same base system with --image-tag'},
            {
              title:
                'To move to the other system: install a release under another name, and restore a dump of this one',
            },
          ],
    },
  );
}

function indexes(texts: readonly SortedText[]): string {
  const count = texts.reduce((sum, {objects}) => sum + objects, 0);
  return count === 1 ? '1 index' : `${count} indexes`;
}

/** REINDEX first: the version that is written down is what keeps the fault in sight. */
function repairOf(database: string, texts: readonly SortedText[]): string {
  const name = `"${database.replace(/"/g, '""')}"`;
  const refreshes = texts
    .filter((text) => text.database === database)
    .map(({collation}) =>
      collation === null
        ? `ALTER DATABASE ${name} REFRESH COLLATION VERSION;`
        : `ALTER COLLATION ${collation} REFRESH VERSION;`,
    );
  return `In database ${database}, as postgres, in a quiet hour: REINDEX DATABASE ${name}; ${refreshes.join(' ')}`;
}
