// By which version of the C library the databases of a writer are sorted, asked in each of them.
import type {SortedText, Sorting} from '../chart/collations.ts';
import {query, type Administration} from './administer.ts';

const timeoutMs = 10_000;
/** Of the C library alone: what is built in, or of ICU, does not come with the image's base system. */
const databasesSql =
  "select json_build_object('database', datname, 'running', case when datlocprovider = 'c' then " +
  'pg_database_collation_actual_version(oid) end) from pg_database where datallowconn order by datname';
const textsSql = [
  'with keys as (',
  'select indexrelid as object, unnest(indcollation::oid[]) as collation from pg_index union',
  'select partrelid, unnest(partcollation::oid[]) from pg_partitioned_table)',
  "select json_build_object('version', version, 'collation', name, 'objects', count(distinct object)) from (",
  "select object, case when collprovider = 'c' then o.oid::regcollation::text end as name,",
  "case collprovider when 'c' then collversion when 'd' then (select datcollversion from pg_database",
  "where datname = current_database() and datlocprovider = 'c') end as version",
  'from keys join pg_collation o on o.oid = keys.collation) used',
  'where version is not null group by version, name order by version, name',
].join(' ');

/** Null when the server does not answer, or may not be asked. Never throws. */
export async function askSorting(administration: Administration): Promise<Sorting | null> {
  try {
    const databases = await rows<{database: string; running: string | null}>(administration, databasesSql);
    if (databases === null) return null;
    const texts: SortedText[] = [];
    for (const {database} of databases) {
      const found = await rows<Omit<SortedText, 'database'>>({...administration, database}, textsSql);
      if (found === null) return null;
      texts.push(...found.map((one) => ({database, ...one})));
    }
    return {running: databases.find(({running}) => running !== null)?.running ?? null, texts};
  } catch {
    return null;
  }
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
