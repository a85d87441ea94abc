// The file of a last dump, as it was typed and as it is meant.
import {homedir} from 'node:os';
import {resolve} from 'node:path';
import {badInput} from '../core/cause.ts';

/**
 * Absolute; `~` is this user's folder, where no shell has said so already.
 * @throws UserError BAD_INPUT for what is no name of a file: standard output is for the result
 */
export function dumpPath(given: string | null): string | null {
  if (given === null) return null;
  if (given.trim() === '' || given === '-' || given === '~' || given.endsWith('/'))
    throw badInput(`--dump-to: "${given}" is no name of a file. Right is such as orders.sql.`);
  return resolve(given.replace(/^~(?=\/)/, homedir()));
}
