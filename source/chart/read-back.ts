// Which values of a release would be lost if its parameters were read back and written again.
import {UserError} from '../core/cause.ts';
import type {Naming} from './names.ts';
import {ownedPaths} from './owned.ts';
import {isEntrypoint} from './official/entrypoint.ts';
import {canonical} from './same-values.ts';
import {at, isObject, type Path, type Values} from './tree.ts';
import {fromValues, toValues} from './values.ts';

/** One value of a release, and what would stand in its place; undefined where there would be none. */
export interface ValueDifference {
  readonly path: Path;
  readonly is: unknown;
  readonly would: unknown;
}

/**
 * The values on owned paths that `mine` does not keep. What `mine` adds is no difference: an older version of ours did
 * not set it yet, and that is how an update of ours reaches a release.
 *
 * A null counts as a value. For helm it takes the chart's default away, and helm 4 writes nulls of a later upgrade with
 * --reuse-values into the record before it (seen with 4.1): there the null stands for a value that the cluster has.
 */
export function unkeptValues(values: Values, mine: Values): readonly ValueDifference[] {
  const found = ownedPaths.flatMap(({path}) => unkept(at(values, path), at(mine, path), path));
  const byPath = new Map(found.map((one) => [one.path.join('.'), one]));
  return [...byPath.values()];
}

function unkept(is: unknown, would: unknown, path: Path): readonly ValueDifference[] {
  if (is === undefined) return [];
  if (isObject(is) && (would === undefined || isObject(would)))
    return Object.entries(is).flatMap(([key, inner]) => unkept(inner, at(would, [key]), [...path, key]));
  // The release has an older version of our entry point: the next change brings the newer one.
  if (isEntrypoint(is) && isEntrypoint(would)) return [];
  const isSame = is === null || would === undefined ? is === would : canonical(is) === canonical(would);
  return isSame ? [] : [{path, is, would}];
}

/** @returns null when the values cannot be read back at all, or what is read of them contradicts itself */
export function readBackDifferences(values: Values, naming: Naming): readonly ValueDifference[] | null {
  const parameters = fromValues(values);
  if (parameters === null) return null;
  try {
    return unkeptValues(values, toValues(parameters, naming));
  } catch (error) {
    // The release was given another name, for example, and the certificate is still the one of the earlier name.
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Owned paths at which the values of two releases differ, where one of the two cannot be read back. */
export function ownedDifferences(values: Values, reference: Values): readonly ValueDifference[] {
  const missing = unkeptValues(reference, values)
    .filter(({would}) => would === undefined)
    .map(({path, is}) => ({path, is: undefined, would: is}));
  return [...unkeptValues(values, reference), ...missing];
}

const longest = 60;
const secret = /passw|pwd|bind_?pw|serviceBindings|token/i;

/** `primary.name is "", would be not set`. What may be a password is not shown. */
export function differenceText({path, is, would}: ValueDifference): string {
  const shown = (value: unknown): string => {
    if (value === undefined) return 'not set';
    const text = JSON.stringify(value);
    if (secret.test(path.join('.')) || secret.test(text)) return 'not shown';
    return text.length > longest ? `${text.slice(0, longest)}…` : text;
  };
  return `${path.join('.')} is ${shown(is)}, would be ${shown(would)}`;
}
