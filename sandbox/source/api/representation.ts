// One object or many in the form that the client accepts: as they are, as metadata alone, or as a table.
import {apiVersionOf, type Kind} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {omit} from '../store/omit.ts';
import {columnsOf, rowOf} from './tables/columns.ts';

export type Form = 'object' | 'metadata' | 'table';

/** The first form in `Accept` that the sandbox can give. */
export function formOf(accept: string): Form {
  for (const one of accept.split(',')) {
    if (/;\s*as=Table\b/.test(one) && /\bv=v1\b/.test(one)) return 'table';
    if (/;\s*as=PartialObjectMetadata/.test(one) && /\bv=v1\b/.test(one)) return 'metadata';
    if (/^\s*(application\/json|\*\/\*|application\/\*)\s*(;|$)/.test(one) && !one.includes('as=')) return 'object';
  }
  return 'object';
}

interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** `includeObject` of a table: Metadata unless the client says otherwise. */
type IncludeObject = string | null;

export function oneAs(form: Form, kind: Kind, object: KubeObject, includeObject: IncludeObject = null): unknown {
  if (form === 'metadata') return partial(object);
  return form === 'table'
    ? table(kind, [object], {resourceVersion: object.metadata.resourceVersion ?? ''}, includeObject, true)
    : object;
}

export function listAs(
  form: Form,
  kind: Kind,
  objects: readonly KubeObject[],
  metadata: ListMetadata,
  includeObject: IncludeObject,
): unknown {
  if (form === 'table') return table(kind, objects, metadata, includeObject, true);
  if (form === 'metadata')
    return {kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(partial)};
  // Items of a list name neither kind nor version.
  const items = objects.map((object) => omit(object, 'kind', 'apiVersion'));
  return {kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items};
}

/** The object of a watch event; the first table of a watch names its columns. */
export function eventAs(
  form: Form,
  kind: Kind,
  object: KubeObject,
  includeObject: IncludeObject,
  first: boolean,
): unknown {
  return form === 'table'
    ? table(kind, [object], {resourceVersion: object.metadata.resourceVersion ?? ''}, includeObject, first)
    : oneAs(form, kind, object);
}

function partial({metadata}: KubeObject) {
  return {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata};
}

function table(
  kind: Kind,
  objects: readonly KubeObject[],
  metadata: ListMetadata,
  includeObject: IncludeObject,
  withColumns: boolean,
) {
  const rows = objects.map((object) => ({
    cells: rowOf(kind, object),
    ...(includeObject === 'None' ? {} : {object: includeObject === 'Object' ? object : partial(object)}),
  }));
  const columnDefinitions = withColumns
    ? columnsOf(kind).map(({name, type, priority, description}) => ({
        name,
        type,
        format: name === 'Name' ? 'name' : '',
        description,
        priority,
      }))
    : null;
  return {kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows};
}
