// The type of a parameter's chart half, which turns the parameter into chart values and back. The other half, its
// descriptor, is in a file of the same name. The halves are apart because only this folder knows the keys of the chart.
// Where a key exists for writer and readers, both get the same value.
import type {Naming} from '../names.ts';
import type {Parameter} from '../../parameters/parameter.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {parseQuantity} from '../../parameters/quantity.ts';
import {at, mergeValues, textAt, type Path, type Values} from '../tree.ts';

/** A value that the installer decides. What is below the path belongs to it. */
export interface OwnedPath {
  readonly path: Path;
  /** The flag to use instead of setting it; null: no flag changes it, the installer needs it as it is. */
  readonly flag: string | null;
}

export interface ChartParameter<Value = unknown> {
  /** Every path that `write` sets and extra values may not, and every path that would contradict it. */
  readonly owns: readonly OwnedPath[];
  /** Paths that `write` sets where extra values may add something too, see ../shared.ts. */
  readonly shares?: readonly OwnedPath[];
  /** The shared paths, and paths near them, that extra values may not set beside this value. */
  excludes?(value: Value): readonly OwnedPath[];
  /** The paths that are the parameter's own only where the values say so. */
  ownsIn?(values: Values): readonly OwnedPath[];
  /** `naming` is the release's, see ../names.ts. `all` is for values that follow from several parameters. */
  write(value: Value, naming: Naming, all: Parameters): Values;
  /** Undefined: the values are not of the shape that `write` gives. */
  read(values: Values): Value | undefined;
}

/** Extra values have no entry: they are merged as a whole, and have no keys of their own. */
export type ChartParameters = {
  readonly [Key in Exclude<keyof Parameters, 'extraValues'>]: ChartParameter<Parameters[Key]>;
};

/** The components of the chart: the writer and the readers. */
export const components = ['primary', 'readReplicas'] as const;

export function owned(flag: string | null, ...paths: readonly string[]): OwnedPath[] {
  return paths.map((path) => ({path: path.split('.'), flag}));
}

export function ownedInBoth(flag: string | null, ...paths: readonly string[]): OwnedPath[] {
  return components.flatMap((component) => owned(flag, ...paths.map((path) => `${component}.${path}`)));
}

/** Owned paths whose last keys contain dots. */
export function ownedKeys(flag: string | null, under: string, ...keys: readonly string[]): OwnedPath[] {
  return keys.map((key) => ({path: [...under.split('.'), key], flag}));
}

export function mainFlag({flags}: Pick<Parameter, 'flags'>): string {
  const [first] = flags;
  if (first === undefined) throw new Error('a parameter that the chart knows has a flag');
  return first.name;
}

/** `a.b`, 1 → {a: {b: 1}} */
function nested(path: Path, value: unknown): Values {
  const [first, ...rest] = path;
  if (first === undefined) throw new Error('a value stands at a path');
  return {[first]: rest.length === 0 ? value : nested(rest, value)};
}

export function inBoth(values: Values): Values {
  return Object.fromEntries(components.map((component) => [component, values]));
}

/** Writes both components, as readers may have values of their own. A component that gets no values is left out. */
export function inEach<Value>(writer: Value, readers: Value, write: (value: Value) => Values): Values {
  const [first, second] = components;
  const written = [[first, write(writer)] as const, [second, write(readers)] as const];
  return Object.fromEntries(written.filter(([, values]) => Object.keys(values).length > 0));
}

/** What both components say; undefined where they differ. */
export function fromBoth<Value>(values: Values, read: (component: unknown) => Value | undefined): Value | undefined {
  const [writer, readers] = components.map((component) => read(at(values, [component])));
  return JSON.stringify(writer) === JSON.stringify(readers) ? writer : undefined;
}

/** The quantity at the path; undefined where there is none, or it is not a quantity. */
export function quantityAt(values: unknown, path: Path): string | undefined {
  const found = textAt(values, path);
  return found === undefined || parseQuantity(found) === null ? undefined : found;
}

/** A parameter that is a text at one path. */
export function text(descriptor: Pick<Parameter, 'flags'>, path: string): ChartParameter<string> {
  return {
    owns: owned(mainFlag(descriptor), path),
    write: (value) => nested(path.split('.'), value),
    read: (values) => textAt(values, path.split('.')),
  };
}

/** A parameter that is a text in both components. The readers may have one of their own, which readers.ts reads. */
export function textInEach(
  descriptor: Pick<Parameter, 'flags'>,
  path: string,
  part: 'cpu' | 'memory' | 'storageSize',
): ChartParameter<string> {
  return {
    owns: ownedInBoth(mainFlag(descriptor), path),
    write: (value, _naming, {readers}) =>
      inEach(value, readers?.[part] ?? value, (one) => nested(path.split('.'), one)),
    read: (values) => quantityAt(values, ['primary', ...path.split('.')]),
  };
}

/** A parameter that is the same text in both components; null where the chart's default stands. */
export function optionalTextInBoth(descriptor: Pick<Parameter, 'flags'>, path: string): ChartParameter<string | null> {
  return {
    owns: ownedInBoth(mainFlag(descriptor), path),
    write: (value) => (value === null ? {} : inBoth(nested(path.split('.'), value))),
    read: (values) => fromBoth(values, (component) => textAt(component, path.split('.')) ?? null),
  };
}

/** Several values, each below its own path. */
export function merged(...parts: readonly Values[]): Values {
  return parts.reduce(mergeValues, {});
}
