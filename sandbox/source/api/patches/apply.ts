// Server-side apply: what a manager applies is merged, what it no longer applies is removed, and a field that another
// manager owns with a different value is a conflict.
import {equal} from '../../store/canonical.ts';
import {StatusError, type KubeObject, type ManagedFields} from '../../store/objects.ts';
import type {Type} from '../schema/schema.ts';
import {leavesOf, merged, textOf, treeOf, valueAt, withoutPath, type Path} from './field-tree.ts';
import {entryOf, isManager, ownable, readable, without, type Manager} from './managed-fields.ts';

interface Conflict {
  readonly with: ManagedFields;
  readonly path: Path;
}

/**
 * @param kept null where the object does not exist yet
 * @returns the object with metadata.managedFields, without defaults
 * @throws StatusError 409 Conflict, unless forced
 */
export function serverSideApply(
  type: Type,
  kept: KubeObject | null,
  applied: KubeObject,
  manager: Manager,
  force: boolean,
): KubeObject {
  const wanted = ownable(applied);
  const fields = treeOf(type, wanted);
  const leaves = leavesOf(fields);
  const entries = kept?.metadata.managedFields ?? [];
  const others = entries.filter((entry) => !isManager(entry, manager));
  const live = ownable(kept);
  const differing = leaves.filter(
    (path) => path.at(-1) !== '.' && !equal(valueAt(type, live, path), valueAt(type, wanted, path)),
  );
  const conflicts = others.flatMap((entry) => {
    const owned = new Set(leavesOf(entry.fieldsV1).map(textOf));
    return differing.filter((path) => owned.has(textOf(path))).map((path): Conflict => ({with: entry, path}));
  });
  // kubectl may take over what it applied client-side before: that is no conflict.
  const known = manager.name === 'kubectl' ? lastApplied(type, kept) : new Set<string>();
  const disputed = conflicts.filter(({path}) => !known.has(textOf(path)));
  if (disputed.length > 0 && !force) throw conflictOf(disputed);

  const taken = new Set(conflicts.map(({path}) => textOf(path)));
  const left = others.flatMap((entry) => without(entry, taken));
  const stillOwned = new Set([...left.flatMap((entry) => leavesOf(entry.fieldsV1)), ...leaves].map(textOf));
  const before = entries.find((entry) => isManager(entry, manager));
  const dropped = before ? leavesOf(before.fieldsV1).filter((path) => !stillOwned.has(textOf(path))) : [];

  let result: unknown = kept ?? {};
  // An item's fields go before the item itself, which stays where somebody still owns a part of it.
  const held = (path: Path) =>
    path.at(-1) === '.' && [...stillOwned].some((text) => text.startsWith(textOf(path.slice(0, -1))));
  for (const path of [...dropped].sort((a, b) => b.length - a.length))
    if (!held(path)) result = withoutPath(type, result, path) ?? {};
  const {apiVersion, kind, metadata} = applied;
  const object = merged(type, result, {
    ...wanted,
    metadata: {...(wanted['metadata'] as object | undefined), name: metadata.name},
  }) as KubeObject;
  return {
    ...object,
    apiVersion,
    kind,
    metadata: {
      ...object.metadata,
      ...(metadata.namespace ? {namespace: metadata.namespace} : {}),
      managedFields: [entryUnlessSame(), ...left],
    },
  };

  function entryUnlessSame(): ManagedFields {
    return before && equal(before.fieldsV1, fields) ? before : entryOf(manager, applied.apiVersion, fields);
  }
}

/** The fields of kubectl's last client-side apply, which it keeps in an annotation. */
function lastApplied(type: Type, kept: KubeObject | null): ReadonlySet<string> {
  const text = kept?.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  try {
    return new Set(text ? leavesOf(treeOf(type, ownable(JSON.parse(text)))).map(textOf) : []);
  } catch {
    // Another program has written the annotation.
    return new Set();
  }
}

function conflictOf(conflicts: readonly Conflict[]): StatusError {
  const nameOf = ({manager, operation, apiVersion, subresource}: ManagedFields) =>
    `"${manager}"${subresource ? ` with subresource "${subresource}"` : ''}` +
    `${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
  const causes = conflicts.map((conflict) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${nameOf(conflict.with)}`,
    field: readable(conflict.path),
  }));
  const [first] = conflicts;
  if (first && conflicts.length === 1) {
    return new StatusError(
      409,
      'Conflict',
      `Apply failed with 1 conflict: conflict with ${nameOf(first.with)}: ${readable(first.path)}`,
      {causes},
    );
  }
  const managers = [...new Set(conflicts.map((conflict) => nameOf(conflict.with)))].sort();
  const lines = managers.flatMap((name) => [
    `conflicts with ${name}:`,
    ...conflicts.filter((conflict) => nameOf(conflict.with) === name).map(({path}) => `- ${readable(path)}`),
  ]);
  return new StatusError(409, 'Conflict', `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`, {
    causes,
  });
}
