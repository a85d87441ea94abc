// Asks each database of a writer which versions of which libraries sort its text, and rebuilds what another version has
// sorted.
import {indexesOf, type SortedText, type Sorting} from '../chart/collations.ts';
import {cause, UserError} from '../core/cause.ts';
import {icuIn, icuScript} from '../observation/pods/image-trial.ts';
import {query, type Administration} from './administer.ts';
import {oneLine} from './failure.ts';
import {isOneLine, psql} from './psql.ts';

const timeoutMs = 10_000;
/** Long enough for an index of a terabyte. */
const rebuildTimeoutMs = 24 * 3_600_000;

const databasesSql =
  "select json_build_object('database', datname) from pg_database where datallowconn order by datname";
/**
 * Lists indexes, partition bounds, and the database itself, by the collation that they depend on. Built-in collations
 * have no version, and an index on a temporary table is left to the session that owns it. PostgreSQL 15 and newer:
 * pg_database.datcollversion.
 */
const textsSql = [
  'with own as (select datlocprovider as provider, datcollversion as version,',
  'pg_database_collation_actual_version(oid) as actual from pg_database where datname = current_database()),',
  'keys as (select indexrelid as object, unnest(indcollation::oid[]) as collation from pg_index where indisvalid',
  'union select d.objid, d.refobjid from pg_depend d join pg_index i on i.indexrelid = d.objid and i.indisvalid',
  "where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_collation'::regclass",
  "union select partrelid, unnest(partcollation::oid[]) from pg_partitioned_table where partstrat = 'r'",
  "union select null::oid, oid from pg_collation where collprovider = 'd'),",
  "used as (select k.object, case when o.collprovider = 'd' then own.provider else o.collprovider end as provider,",
  "case when o.collprovider = 'd' then own.version else o.collversion end as version,",
  "case when o.collprovider = 'd' then own.actual when o.collversion is not null then",
  'pg_collation_actual_version(o.oid) end as actual,',
  "case when o.collprovider <> 'd' then o.oid::regcollation::text end as name",
  'from keys k join pg_collation o on o.oid = k.collation cross join own)',
  "select json_build_object('provider', case used.provider when 'i' then 'icu' else 'libc' end, 'version', version,",
  "'actual', actual, 'collation', used.name, 'objects', count(distinct c.oid),",
  "'partitioned', count(distinct c.oid) filter (where c.relkind = 'p'),",
  "'indexes', coalesce(json_agg(distinct jsonb_build_object('name', format('%I.%I', s.nspname, c.relname),",
  "'bytes', pg_relation_size(c.oid), 'concurrently', not i.indisexclusion))",
  "filter (where c.relkind = 'i' and version is distinct from actual), '[]'))",
  "from used left join pg_class c on c.oid = used.object and c.relpersistence <> 't' and c.relkind in ('i', 'p')",
  'left join pg_namespace s on s.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid',
  "where version is not null and used.provider in ('c', 'i')",
  'group by used.provider, version, actual, used.name order by version, used.name',
].join(' ');

/** Null when the server does not answer, or may not be asked. Never throws. */
export async function askSorting(administration: Administration): Promise<Sorting | null> {
  try {
    const databases = await rows<{database: string}>(administration, databasesSql);
    if (databases === null) return null;
    const texts: SortedText[] = [];
    for (const {database} of databases) {
      const found = await rows<Omit<SortedText, 'database'>>({...administration, database}, textsSql);
      if (found === null) return null;
      texts.push(...found.map((one) => ({database, ...one})));
    }
    const isIcu = texts.some(({provider}) => provider === 'icu');
    return {icu: isIcu ? await askIcu(administration) : null, texts};
  } catch {
    return null;
  }
}

async function askIcu({exec, pod, container}: Administration): Promise<string | null> {
  return icuIn((await exec(pod, container, ['sh', '-c', icuScript], '', timeoutMs)).stdout);
}

async function rows<T>(administration: Administration, sql: string): Promise<readonly T[] | null> {
  const answer = await query(administration, sql, timeoutMs);
  return (
    answer
      ?.split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as T) ?? null
  );
}

/**
 * Rebuilds the indexes of `texts`, and only then has PostgreSQL record that they are of the running version. When begun
 * again, it rebuilds the indexes of the databases that it had not finished. Ends early when the signal aborts.
 * @throws UserError COLLATION_CHANGED for an index that cannot be rebuilt; what exec throws
 */
export async function rebuildIndexes(
  administration: Administration,
  texts: readonly SortedText[],
  signal: AbortSignal,
): Promise<void> {
  for (const name of new Set(texts.map(({database}) => database))) {
    const place = {...administration, database: name};
    const own = texts.filter(({database}) => database === name);
    await dropRemains(place, signal);
    for (const index of indexesOf(own)) {
      if (signal.aborted) return;
      const how = index.concurrently ? 'concurrently ' : '';
      await orAborted(statement(place, `reindex index ${how}${index.name}`, index.name), signal);
    }
    for (const {collation} of own) {
      if (signal.aborted) return;
      const what = collation === null ? `database ${quoted(name)} refresh collation` : `collation ${collation} refresh`;
      await statement(place, `alter ${what} version`, name);
    }
  }
  // A new database is a copy of a template, and PostgreSQL refuses a template whose collation version differs.
  if (!signal.aborted && texts.length > 0) await refreshEmptyTemplate(administration);
}

/** Indexes that a rebuild left half-made, found by the name that PostgreSQL gives them. */
const remainsSql =
  "select format('%I.%I', n.nspname, c.relname) from pg_index i join pg_class c on c.oid = i.indexrelid " +
  "join pg_namespace n on n.oid = c.relnamespace where not i.indisvalid and c.relkind = 'i' " +
  "and c.relname ~ '_cc(new|old)[0-9]*$'";

async function dropRemains(place: Administration, signal: AbortSignal): Promise<void> {
  const names = (await query(place, remainsSql, timeoutMs))?.split('\n').filter((line) => line.trim() !== '') ?? [];
  for (const name of names) {
    if (signal.aborted) return;
    await orAborted(statement(place, `drop index concurrently if exists ${name}`, name), signal);
  }
}

/**
 * Nobody can connect to template0, and all its indexes of text are sorted by bytes, so only the version is refreshed.
 */
async function refreshEmptyTemplate(administration: Administration): Promise<void> {
  const isStale =
    "select 1 from pg_database where datname = 'template0' and datcollversion <> " +
    'pg_database_collation_actual_version(oid)';
  if ((await query(administration, isStale, timeoutMs))?.trim() === '1')
    await statement(administration, 'alter database template0 refresh collation version', 'template0');
}

/** @throws UserError where the server does not do it */
async function statement({password, ...place}: Administration, sql: string, object: string): Promise<void> {
  const secret = await password();
  if (secret === null || !isOneLine(secret)) throw refused(object, 'there is no password to ask the server with');
  const {exitCode, stderr} = await psql(place, {
    database: place.database ?? 'postgres',
    password: secret,
    connectTimeoutSeconds: 5,
    // A timeout that is set for the role or the database would end the statement half-way.
    options: '-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0',
    flags: ['-c', sql],
    timeoutMs: rebuildTimeoutMs,
  });
  if (exitCode !== 0)
    throw refused(object, oneLine(stderr, [secret]) || `psql ended with ${exitCode ?? 'no exit code'}`);
}

function refused(object: string, words: string): UserError {
  return new UserError(
    cause('COLLATION_CHANGED', `${object} could not be rebuilt for the order of text that the server has now.`, {
      evidence: [words],
      remedies: [
        {title: 'Where values that are to be unique are there twice, correct them: such rows were not found before'},
        {title: 'Run the same command again: what is rebuilt stays, and nothing has restarted', again: true},
      ],
    }),
  );
}

/** Returns early when the signal aborts; the server finishes by itself what it has begun. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  await Promise.race([
    work,
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), {once: true})),
  ]);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
