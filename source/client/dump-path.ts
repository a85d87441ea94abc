// The path of a last dump: from what was typed to the file that is meant.
import {homedir} from 'node:os';
import {resolve} from 'node:path';
import {badInput} from '../core/cause.ts';

/**
 * The absolute path; `~` is this user's home folder, in case no shell has replaced it.
 * @throws UserError BAD_INPUT for what is no name of a file: standard output is for the result
 */
export function dumpPath(given: string | null): string | null {
  if (given === null) return null;
  if (given.trim() === '' || given === '-' || given === '~' || given.endsWith('/'))
    throw badInput(`--dump-to: "${given}" is not the name of a file. Use one such as orders.sql.`);
  return resolve(given.replace(/^~(?=\/)/, homedir()));
}
