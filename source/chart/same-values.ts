// Whether values mean the same to helm, which drops what is null.
import {isObject, type Values} from './tree.ts';

export function sameValues(a: Values | null, b: Values): boolean {
  return a !== null && canonical(a) === canonical(b);
}

/** One text for what means the same: keys sorted, nulls gone. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return `{${entries
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
    .join(',')}}`;
}

/** The values without what `others` say too, and without the objects that only held that. */
export function withoutSame(values: Values, others: Values): Values {
  const entries = Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const other = Object.hasOwn(others, key) ? others[key] : undefined;
    if (canonical(value) === canonical(other)) return [];
    if (!isObject(value) || Object.keys(value).length === 0) return [[key, value]];
    const rest = withoutSame(value, isObject(other) ? other : {});
    return Object.keys(rest).length === 0 ? [] : [[key, rest]];
  });
  return Object.fromEntries(entries);
}
