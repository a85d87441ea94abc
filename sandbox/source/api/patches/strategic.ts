// Strategic merge patch: lists with a merge key are merged by it, and directives ($patch, $retainKeys, …) say the rest.
import {equal} from '../../store/canonical.ts';
import {isRecord} from '../schema/decode.ts';
import {anything, below, fieldsOf, type Type} from '../schema/schema.ts';
import {badRequest} from '../status-answer.ts';

type Fields = Record<string, unknown>;

/** @throws StatusError 400 for an item without its merge key */
export function strategicMergePatch(type: Type, target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  if (patch['$patch'] === 'replace') return plain(type, patch);
  if (patch['$patch'] === 'delete') return undefined;
  const result = retained(isRecord(target) ? target : {}, patch['$retainKeys']);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) directive(type, result, patch, key, value);
    else if (value === null) Reflect.deleteProperty(result, key);
    else {
      const merged = isReplaced(type, key)
        ? plain(below(type, key), value)
        : field(below(type, key), result[key], value, patch[`$setElementOrder/${key}`]);
      if (merged === undefined) Reflect.deleteProperty(result, key);
      else result[key] = merged;
    }
  }
  return result;
}

function retained(fields: Fields, keys: unknown): Fields {
  const all = Object.entries(fields);
  return Object.fromEntries(Array.isArray(keys) ? all.filter(([key]) => keys.includes(key)) : all);
}

/** Whether a patch sets the field as a whole: `patchStrategy: replace`. */
function isReplaced(type: Type, field: string): boolean {
  return type.is === 'object' && fieldsOf(type.name).get(field)?.replace === true;
}

/** Follows $deleteFromPrimitiveList, and $setElementOrder for lists that the patch itself leaves alone. */
function directive(type: Type, result: Fields, patch: Fields, key: string, value: unknown): void {
  const [name, of = ''] = key.split('/', 2);
  const kept = result[of];
  if (!Array.isArray(value) || !Array.isArray(kept)) return;
  if (name === '$deleteFromPrimitiveList') result[of] = kept.filter((item) => !value.some((gone) => equal(gone, item)));
  if (name === '$setElementOrder' && !(of in patch)) result[of] = ordered(kept, kept, value, keyOf(below(type, of)));
}

function field(type: Type, target: unknown, value: unknown, order: unknown): unknown {
  if (!Array.isArray(value)) return strategicMergePatch(type, target, value);
  const mergeKey = keyOf(type);
  if (mergeKey === null) return plain(type, value);
  const kept: unknown[] = Array.isArray(target) ? target : [];
  const wanted: unknown[] = Array.isArray(order) ? order : value;
  if (mergeKey === '') {
    const added = (value as unknown[]).filter((item) => !kept.some((one) => equal(one, item)));
    return ordered([...kept, ...added], kept, wanted, '');
  }
  const items = value as Fields[];
  if (items.some((item) => isRecord(item) && item['$patch'] === 'replace'))
    return plain(
      type,
      items.filter((item) => !('$patch' in item)),
    );
  return ordered(mergedItems(type, mergeKey, kept as Fields[], items), kept, wanted, mergeKey);
}

/** @throws StatusError 400 for an item without its merge key */
function mergedItems(type: Type, mergeKey: string, kept: readonly Fields[], items: readonly Fields[]): Fields[] {
  const itemType = type.is === 'list' ? type.item : anything;
  let result = [...kept];
  for (const item of items) {
    if (!isRecord(item) || item[mergeKey] === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const index = result.findIndex((one) => equal(one[mergeKey], item[mergeKey]));
    if (item['$patch'] === 'delete') result = result.filter((one) => !equal(one[mergeKey], item[mergeKey]));
    else if (index < 0) result.push(strategicMergePatch(itemType, {}, item) as Fields);
    else result[index] = strategicMergePatch(itemType, result[index], item) as Fields;
  }
  return result;
}

/**
 * Items that the patch names come in its order, the others in the order that they had. Where the two meet, the item
 * that came first before comes first. Source: strategicpatch.normalizeElementOrder.
 */
function ordered(
  items: readonly unknown[],
  before: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | null,
): unknown[] {
  if (mergeKey === null) return [...items];
  const keyIn = (item: unknown) => (mergeKey !== '' && isRecord(item) ? item[mergeKey] : item);
  const place = (list: readonly unknown[], item: unknown) =>
    list.findIndex((wanted) => equal(keyIn(wanted), keyIn(item)));
  const named = items.filter((item) => place(order, item) >= 0).sort((a, b) => place(order, a) - place(order, b));
  const others = items.filter((item) => place(order, item) < 0).sort((a, b) => place(before, a) - place(before, b));
  const result: unknown[] = [];
  while (named.length > 0 && others.length > 0) {
    const [other, mine] = [place(before, others[0]), place(before, named[0])];
    result.push(other >= 0 && mine >= 0 && other < mine ? others.shift() : named.shift());
  }
  return [...result, ...named, ...others];
}

function keyOf(type: Type): string | null {
  return type.is === 'list' ? type.mergeKey : null;
}

/** The value without directives and nulls, for a field that is set as a whole. */
function plain(type: Type, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(type.is === 'list' ? type.item : anything, item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      key.startsWith('$') || item === null ? [] : [[key, plain(below(type, key), item)]],
    ),
  );
}
