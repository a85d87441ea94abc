// Which kind, object and subresource a path names.
import {allKinds, type Kind} from '../store/kinds.ts';

export interface Place {
  readonly kind: Kind;
  readonly namespace: string | null;
  /** Null: all objects of the kind. */
  readonly name: string | null;
  /** Empty: the object itself. */
  readonly subresource: string;
}

/** Null for a path that names no kind that the sandbox has. */
export function placeOf(path: string): Place | null {
  const [root, ...rest] = path.split('/').filter(Boolean).map(decodeURIComponent);
  if (root !== 'api' && root !== 'apis') return null;
  const [group = '', version = '', ...below] = root === 'api' ? ['', ...rest] : rest;
  const {namespace, resource, name, subresource} = partsOf(below);
  const kind = allKinds.find(
    (candidate) => candidate.group === group && candidate.version === version && candidate.resource === resource,
  );
  if (!kind || (kind.namespaced ? namespace === null && name !== null : namespace !== null)) return null;
  return {kind, namespace, name, subresource};
}

/** What the part of the path after the version names. */
function partsOf(path: readonly string[]) {
  // `namespaces/x` and `namespaces/x/status` are the namespace itself; a longer path is something in it.
  const inNamespace = path[0] === 'namespaces' && path.length > 2 && !['status', 'finalize'].includes(path[2] ?? '');
  const [resource, name = null, ...subresource] = inNamespace ? path.slice(2) : path;
  return {namespace: inNamespace ? (path[1] ?? null) : null, resource, name, subresource: subresource.join('/')};
}
