// The values that a server runs with, of the settings that may not be lower on a reader than on its writer.
import {
  requiredSettings,
  type RequiredSetting,
  type RunningSetting,
  type RunningSettings,
} from '../chart/required-settings.ts';
import {query, type Administration} from './administer.ts';

const timeoutMs = 10_000;
const names = requiredSettings.map((name) => `'${name}'`).join(', ');
/** PostgreSQL 17 manual, pg_settings: a superuser sees the file that a value is from. */
const sql = [
  "select name || '=' || setting || '=' || (source in ('command line', 'environment variable')",
  "or coalesce(sourcefile, '') like '%postgresql.auto.conf')::text",
  `from pg_settings where name in (${names})`,
].join(' ');

/** Null when the server does not answer. Never throws. */
export async function askSettings(administration: Administration): Promise<RunningSettings | null> {
  const answer = await query(administration, sql, timeoutMs).catch(() => null);
  const found = (answer ?? '').split('\n').flatMap((text): [RequiredSetting, RunningSetting][] => {
    const [name, value, isFixed] = text.trim().split('=');
    const setting = requiredSettings.find((one) => one === name);
    return setting === undefined ? [] : [[setting, {value: Number(value), isFixed: isFixed === 'true'}]];
  });
  return found.length === requiredSettings.length ? Object.fromEntries(found) : null;
}
