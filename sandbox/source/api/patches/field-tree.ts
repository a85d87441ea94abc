// Which fields an object has, as a tree in the form of FieldsV1: the basis of server-side apply.
import {equal} from '../../store/canonical.ts';
import type {FieldTree} from '../../store/objects.ts';
import {isRecord} from '../schema/decode.ts';
import {anything, below, type Type} from '../schema/schema.ts';

type Tree = Record<string, FieldTree>;
/** Each element is one step: `f:spec`, `k:{"name":"x"}`. */
export type Path = readonly string[];

/** Scalars and atomic values are leaves. */
export function treeOf(type: Type, value: unknown): FieldTree {
  const tree: Tree = {};
  if (Array.isArray(value) && type.is === 'list') {
    if (type.keys) for (const item of value) tree[elementOf(type, item)] = {'.': {}, ...treeOf(type.item, item)};
    else if (type.set) for (const item of value) tree[`v:${JSON.stringify(item)}`] = {};
  } else if (isRecord(value) && !isAtomic(type)) {
    for (const [name, field] of Object.entries(value))
      if (field !== undefined && field !== null) tree[`f:${name}`] = treeOf(below(type, name), field);
  }
  return tree;
}

function isAtomic(type: Type): boolean {
  return type.is === 'scalar' || ((type.is === 'object' || type.is === 'map') && type.atomic);
}

/** The key of an item in an associative list; a missing protocol counts as TCP. */
function elementOf(type: Type & {is: 'list'}, item: unknown): string {
  const keys = [...(type.keys ?? [])].sort().flatMap((key) => {
    const value = isRecord(item) ? (item[key] ?? (key === 'protocol' ? 'TCP' : undefined)) : undefined;
    return value === undefined ? [] : [[key, value] as const];
  });
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

export function leavesOf(tree: FieldTree, path: Path = []): Path[] {
  return Object.entries(tree).flatMap(([element, inner]) =>
    Object.keys(inner).length === 0 ? [[...path, element]] : leavesOf(inner, [...path, element]),
  );
}

export function treeFrom(paths: readonly Path[]): FieldTree {
  const root: Tree = {};
  for (const path of paths) {
    let at: Tree = root;
    for (const element of path) at = at[element] ??= {};
  }
  return root;
}

export const textOf = (path: Path): string => path.join('\u0000');

/** What the value has at that path; undefined where nothing is there. */
export function valueAt(type: Type, value: unknown, path: Path): unknown {
  let at = value;
  let of = type;
  for (const element of path) {
    if (element === '.') return at;
    if (element.startsWith('f:')) {
      const name = element.slice(2);
      at = isRecord(at) ? at[name] : undefined;
      of = below(of, name);
    } else {
      const list: Type = of;
      if (!Array.isArray(at) || list.is !== 'list') return undefined;
      at = (at as unknown[]).find((item) =>
        element.startsWith('k:') ? elementOf(list, item) === element : equal(item, JSON.parse(element.slice(2))),
      );
      of = list.item;
    }
    if (at === undefined) return undefined;
  }
  return at;
}

/** The value without what is at that path. */
export function withoutPath(type: Type, value: unknown, path: Path): unknown {
  const [element, ...rest] = path;
  if (element === undefined || element === '.') return undefined;
  if (element.startsWith('f:')) {
    const name = element.slice(2);
    if (!isRecord(value) || !(name in value)) return value;
    const {[name]: inner, ...others} = value;
    const left = withoutPath(below(type, name), inner, rest);
    return left === undefined ? others : {...others, [name]: left};
  }
  if (!Array.isArray(value) || type.is !== 'list') return value;
  return (value as unknown[]).flatMap((item) => {
    const hit = element.startsWith('k:')
      ? elementOf(type, item) === element
      : equal(item, JSON.parse(element.slice(2)));
    if (!hit) return [item];
    const left = withoutPath(type.item, item, rest);
    return left === undefined ? [] : [left];
  });
}

/** The applied value merged into the kept one. */
export function merged(type: Type, kept: unknown, applied: unknown): unknown {
  if (Array.isArray(applied) && type.is === 'list' && Array.isArray(kept)) {
    if (type.keys) return mergedByKeys(type, kept, applied);
    if (type.set)
      return [
        ...(kept as unknown[]),
        ...(applied as unknown[]).filter((item) => !kept.some((one) => equal(one, item))),
      ];
  }
  if (
    isRecord(applied) &&
    isRecord(kept) &&
    !isAtomic(type === anything ? {is: 'map', value: anything, atomic: false} : type)
  )
    return mergedFields(type, kept, applied);
  return applied;
}

/** Applied items come in their own order; the others stay where they were. */
function mergedByKeys(type: Type & {is: 'list'}, kept: readonly unknown[], applied: readonly unknown[]): unknown[] {
  const before = kept.map((item) => elementOf(type, item));
  const order = applied.map((item) => elementOf(type, item));
  const elements = new Map(kept.map((item) => [elementOf(type, item), item]));
  for (const item of applied)
    elements.set(elementOf(type, item), merged(type.item, elements.get(elementOf(type, item)), item));
  return [...[...elements.keys()].filter((key) => !order.includes(key)), ...order]
    .sort(keepOrder(before, order))
    .map((key) => elements.get(key));
}

function mergedFields(type: Type, kept: Record<string, unknown>, applied: Record<string, unknown>) {
  const result = {...kept};
  for (const [name, field] of Object.entries(applied))
    if (field !== null && field !== undefined) result[name] = merged(below(type, name), kept[name], field);
  return result;
}

function keepOrder(before: readonly string[], applied: readonly string[]): (a: string, b: string) => number {
  return (a, b) => {
    if (applied.includes(a) && applied.includes(b)) return applied.indexOf(a) - applied.indexOf(b);
    const place = (key: string) => (before.includes(key) ? before.indexOf(key) : before.length + applied.indexOf(key));
    return place(a) - place(b);
  };
}
