// Nested values as helm sees them: objects merge key by key, everything else replaces.

export type Values = Readonly<Record<string, unknown>>;
export type Path = readonly string[];

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is at the path; undefined when there is nothing. */
export function at(values: unknown, path: Path): unknown {
  return path.reduce((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), values);
}

/** Empty where there is no object. */
export function objectAt(values: unknown, path: Path): Values {
  const found = at(values, path);
  return isObject(found) ? found : {};
}

/** Empty where there is no list. */
export function listAt(values: unknown, path: Path): readonly unknown[] {
  const found = at(values, path);
  return Array.isArray(found) ? (found as unknown[]) : [];
}

/** Undefined where there is no text. */
export function textAt(values: unknown, path: Path): string | undefined {
  const found = at(values, path);
  return typeof found === 'string' ? found : undefined;
}

/** Merges both, with `over` winning where they meet. Neither is changed. */
export function mergeValues(under: Values, over: Values): Values {
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isObject(below) && isObject(value) ? mergeValues(below, value) : value);
  }
  return Object.fromEntries(merged);
}

/** The values without what is at the paths, and without the objects that only held that. */
export function withoutPaths(values: Values, paths: readonly Path[]): Values {
  const entries = Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const below = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    if (below.some((path) => path.length === 0)) return [];
    if (below.length === 0 || !isObject(value)) return [[key, value]];
    const rest = withoutPaths(value, below);
    return Object.keys(rest).length === 0 ? [] : [[key, rest]];
  });
  return Object.fromEntries(entries);
}

/** Every value that is not an object with keys, with its path. An empty object is a leaf. */
export function leaves(values: Values, path: Path = []): {readonly path: Path; readonly value: unknown}[] {
  return Object.entries(values).flatMap(([key, value]) =>
    isObject(value) && Object.keys(value).length > 0 ? leaves(value, [...path, key]) : [{path: [...path, key], value}],
  );
}
