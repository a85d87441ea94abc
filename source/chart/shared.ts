// Paths at which the installer and the extra values may both have something to say: lists of volumes, say. What the
// installer writes comes first, and is recognised again because it is exactly what the installer would write.
import {canonical} from './same-values.ts';
import {at, isObject, mergeValues, type Values} from './tree.ts';

/** Merges both: where two lists meet, `under`'s comes first and then `over`'s; of everything else `over` wins. */
export function mergeShared(under: Values, over: Values): Values {
  return mergeValues(under, joined(under, over));
}

function joined(under: Values, over: Values): Values {
  return Object.fromEntries(
    Object.entries(over).map(([key, value]) => {
      const below = at(under, [key]);
      if (Array.isArray(below) && Array.isArray(value))
        return [key, [...(below as unknown[]), ...(value as unknown[])]];
      return [key, isObject(below) && isObject(value) ? joined(below, value) : value];
    }),
  );
}

/**
 * The values without what `written` says too, elements of lists included, and without the objects that only held that.
 */
export function withoutWritten(values: Values, written: Values): Values {
  const entries = Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const ours = at(written, [key]);
    if (ours === undefined) return [[key, value]];
    if (isObject(value) && isObject(ours)) {
      const rest = withoutWritten(value, ours);
      return Object.keys(rest).length === 0 ? [] : [[key, rest]];
    }
    if (Array.isArray(value) && Array.isArray(ours)) {
      const known = new Set((ours as unknown[]).map(canonical));
      const rest = (value as unknown[]).filter((item) => !known.has(canonical(item)));
      return rest.length === 0 ? [] : [[key, rest]];
    }
    return canonical(value) === canonical(ours) ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}
