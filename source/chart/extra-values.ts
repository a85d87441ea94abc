// The file of --values: chart values that the installer does not own. Loaded only when there is one, because of the
// YAML library.
import {parseDocument} from 'yaml';
import {badInput} from '../core/cause.ts';
import {checkExtraValues} from './owned.ts';
import {isObject} from './tree.ts';
import type {Values} from './tree.ts';
import {firstYamlProblem, plainData} from '../parameters/yaml-problem.ts';

/**
 * The values in the text. `name` is the file's, for messages. Throws UserError BAD_INPUT with the line, or the flag to
 * use instead.
 */
export function parseExtraValues(text: string, name: string): Values {
  const document = parseDocument(text, {prettyErrors: false});
  const problem = firstYamlProblem(document, text);
  if (problem !== null) throw badInput(`${name}: ${problem}`);
  return asExtraValues(plainData(() => document.toJS({maxAliasCount: 100}), name) ?? {}, name);
}

/** The same check for values that were read already. Throws UserError BAD_INPUT. */
export function asExtraValues(values: unknown, name: string): Values {
  if (!isObject(values))
    throw badInput(`${name}: values are keys with something behind each, such as "primary: {pdb: {create: false}}".`);
  checkExtraValues(values, name);
  return values;
}
