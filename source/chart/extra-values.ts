// The file of --values: chart values that the installer does not own. Loaded only when there is one, because of the
// YAML library.
import {badInput} from '../core/cause.ts';
import {parseHelmYaml} from './helm-yaml.ts';
import {checkExtraValues} from './owned.ts';
import {isObject, mergeValues} from './tree.ts';
import type {Values} from './tree.ts';

export {textOfFile} from './helm-yaml.ts';

/**
 * The values in the text. `name` is the file's, for messages. Throws UserError BAD_INPUT with the line, or the flag to
 * use instead.
 */
export function parseExtraValues(text: string, name: string): Values {
  return asExtraValues(parseHelmYaml(text, name) ?? {}, name);
}

/** Merges several files: where they meet the later one wins, as with several `helm -f`. */
export function mergedExtraValues(files: readonly Values[]): Values {
  return files.reduce(mergeValues, {});
}

/** The same check for values that were read already. Throws UserError BAD_INPUT. */
export function asExtraValues(values: unknown, name: string): Values {
  if (!isObject(values))
    throw badInput(`${name}: values are keys with something behind each, such as "primary: {pdb: {create: false}}".`);
  checkExtraValues(values, name);
  return values;
}
