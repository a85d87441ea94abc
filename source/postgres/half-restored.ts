// Which backup a server is half restored from: restore.sh notes it in a database of its own, which goes at the end.
// Between the end and that it says that all is restored.
import {restoreMark} from '../chart/own-marks.ts';
import {query, type Administration} from './administer.ts';

const timeoutMs = 10_000;
const sql = "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()";

/** Null: from none, or the server does not answer. Never throws. */
export async function askHalfRestored(writer: Administration): Promise<string | null> {
  const answer = await query({...writer, database: restoreMark}, sql, timeoutMs).catch(() => null);
  const noted = answer?.trim() ?? '';
  return noted === '' || noted.endsWith(' is restored') ? null : noted;
}
