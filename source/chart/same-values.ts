// Whether two sets of values mean the same to helm, which drops what is null.
import type {Values} from './values.ts';

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
