// Who set which fields: kept in metadata.managedFields, as the API server keeps it.
import {equal} from '../../store/canonical.ts';
import type {FieldTree, KubeObject, ManagedFields} from '../../store/objects.ts';
import {omit} from '../../store/omit.ts';
import {timestamp} from '../../store/store.ts';
import {isRecord} from '../schema/decode.ts';
import type {Type} from '../schema/schema.ts';
import {leavesOf, textOf, treeFrom, treeOf, valueAt, type Path} from './field-tree.ts';

export interface Manager {
  readonly name: string;
  readonly operation: ManagedFields['operation'];
  readonly subresource?: string | undefined;
}

const serverFields = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
  'name',
  'namespace',
];

/** The fields that a manager can own: not those that name the object or that the server fills in. */
export function ownable(object: unknown): Record<string, unknown> {
  const {metadata, ...rest} = isRecord(object) ? object : {};
  const own = omit(isRecord(metadata) ? metadata : {}, ...serverFields);
  return {...(Object.keys(own).length > 0 ? {metadata: own} : {}), ...omit(rest, 'apiVersion', 'kind')};
}

export function isManager(entry: ManagedFields, {name, operation, subresource}: Manager): boolean {
  return entry.manager === name && entry.operation === operation && (entry.subresource ?? '') === (subresource ?? '');
}

/** After a write that was not an apply, the writer owns what it changed, and nobody else does any more. */
export function afterUpdate(
  type: Type,
  before: KubeObject | null,
  after: KubeObject,
  manager: Manager,
): ManagedFields[] {
  const entries = before?.metadata.managedFields ?? [];
  const [old, now] = [ownable(before), ownable(after)];
  const changed = leavesOf(treeOf(type, now)).filter(
    (path) => !equal(valueAt(type, old, path), valueAt(type, now, path)),
  );
  const gone = leavesOf(treeOf(type, old)).filter((path) => valueAt(type, now, path) === undefined);
  if (changed.length === 0 && gone.length === 0) return entries;
  const lost = new Set([...changed, ...gone].map(textOf));
  const others = entries.flatMap((entry) => (isManager(entry, manager) ? [] : without(entry, lost)));
  const own = entries.find((entry) => isManager(entry, manager));
  const kept = own ? leavesOf(own.fieldsV1).filter((path) => !lost.has(textOf(path))) : [];
  if (changed.length === 0 && kept.length === 0) return others;
  return [...others, entryOf(manager, after.apiVersion, treeFrom([...kept, ...changed]))];
}

/** The entry without those leaves; an empty list where none is left. */
export function without(entry: ManagedFields, lost: ReadonlySet<string>): ManagedFields[] {
  const all = leavesOf(entry.fieldsV1);
  const left = all.filter((path) => !lost.has(textOf(path)));
  if (left.length === all.length) return [entry];
  return left.length === 0 ? [] : [{...entry, fieldsV1: treeFrom(left)}];
}

export function entryOf(
  {name, operation, subresource}: Manager,
  apiVersion: string,
  fieldsV1: FieldTree,
): ManagedFields {
  return {
    manager: name,
    operation,
    apiVersion,
    time: timestamp(),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource ? {subresource} : {}),
  };
}

/** `.spec.containers[name="x"].image`, as error texts write it. */
export function readable(path: Path): string {
  return path
    .filter((element) => element !== '.')
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys = Object.entries(JSON.parse(element.slice(2)) as Record<string, unknown>);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}
