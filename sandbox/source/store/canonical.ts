// When two objects say the same. helm 3 sends nulls, false and empty lists that a kept object lacks, so that
// specifications are compared without them.

/** The same fields and values; the order of keys does not matter. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (
    typeof a !== 'object' ||
    typeof b !== 'object' ||
    a === null ||
    b === null ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && equal(value, right.get(key)));
}

/**
 * Whether both are the same once zero values are dropped. For specifications with their defaults; not for labels, where
 * an empty text is a value.
 */
export function sameMeaning(a: unknown, b: unknown): boolean {
  return equal(withoutZeros(a) ?? {}, withoutZeros(b) ?? {});
}

/** Keys sorted, and null, false, 0, "", [] and {} dropped. Undefined: nothing is left. */
export function withoutZeros(value: unknown): unknown {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return undefined;
  if (typeof value !== 'object') return value;
  // Positions in a list count, so that an empty item stays.
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => withoutZeros(item) ?? {});
  const kept = Object.entries(value)
    .map(([key, field]) => [key, withoutZeros(field)] as const)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
