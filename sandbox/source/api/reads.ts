// GET of one object, of a list in pages, and DELETE of one or of a list.
import {kinds} from '../store/kinds.ts';
import {deleteObject, type DeleteOptions} from '../store/deletion.ts';
import {notFound, type Store} from '../store/store.ts';
import {formOf, listAs, oneAs} from './representation.ts';
import {isDryRun, objectIn, type ApiRequest} from './request.ts';
import type {Place} from './routing.ts';
import {isRecord} from './schema/decode.ts';
import {selectorOf} from './selectors.ts';
import {badRequest, fieldError, invalid, methodNotAllowed, type Answer} from './status-answer.ts';

export function getOne(store: Store, {kind, namespace, name}: Place, {accept, query}: ApiRequest): Answer {
  const object = store.get(kind, namespace, name ?? '');
  if (!object) throw notFound(kind, name ?? '');
  return {code: 200, body: oneAs(formOf(accept), kind, object, query.get('includeObject'))};
}

interface Continue {
  readonly revision: number;
  readonly after: string;
}

export function getList(store: Store, {kind, namespace}: Place, {accept, query}: ApiRequest): Answer {
  const matches = selectorOf(kind, query);
  const limit = Number(query.get('limit') ?? 0);
  const from = continued(query.get('continue'));
  const key = ({metadata}: {metadata: {namespace?: string; name: string}}) =>
    `${metadata.namespace ?? ''}/${metadata.name}`;
  const all = store
    .list(kind, namespace)
    .filter((object) => matches(object) && (from === null || key(object) > from.after));
  const page = limit > 0 ? all.slice(0, limit) : all;
  const last = page.at(-1);
  const revision = from?.revision ?? store.revision;
  const selected = query.has('labelSelector') || query.has('fieldSelector');
  const left = all.length - page.length;
  const more =
    last && left > 0
      ? {
          continue: Buffer.from(JSON.stringify({revision, after: key(last)})).toString('base64url'),
          ...(selected ? {} : {remainingItemCount: left}),
        }
      : {};
  return {
    code: 200,
    body: listAs(formOf(accept), kind, page, {resourceVersion: String(revision), ...more}, query.get('includeObject')),
  };
}

function continued(text: string | null): Continue | null {
  if (!text) return null;
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as Continue;
  } catch {
    throw badRequest('continue key is not valid: invalid character');
  }
}

export function deleteOne(store: Store, {kind, namespace, name}: Place, request: ApiRequest): Answer {
  const {object, gone} = deleteObject(store, kind, namespace, name ?? '', optionsOf(request));
  // These kinds answer a deletion with the object, all others with a Status.
  if (
    !gone ||
    [
      kinds.pod,
      kinds.service,
      kinds.serviceAccount,
      kinds.claim,
      kinds.volume,
      kinds.storageClass,
      kinds.resourceQuota,
    ].includes(kind)
  )
    return {code: 200, body: object};
  const group = kind.group === '' ? {} : {group: kind.group};
  return {
    code: 200,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: {name, ...group, kind: kind.resource, uid: object.metadata.uid},
    },
  };
}

export function deleteList(store: Store, {kind, namespace}: Place, request: ApiRequest): Answer {
  if (kind === kinds.namespace || kind === kinds.service) throw methodNotAllowed();
  const matches = selectorOf(kind, request.query);
  const options = optionsOf(request);
  const deleted = store
    .list(kind, namespace)
    .filter(matches)
    .map(
      (object) => deleteObject(store, kind, object.metadata.namespace ?? null, object.metadata.name, options).object,
    );
  return {code: 200, body: listAs('object', kind, deleted, {resourceVersion: String(store.revision)}, null)};
}

/** The options from the body, else from the query. */
function optionsOf(request: ApiRequest): DeleteOptions {
  const body = objectIn(request);
  const {query} = request;
  const preconditions = isRecord(body['preconditions'])
    ? (body['preconditions'] as NonNullable<DeleteOptions['preconditions']>)
    : undefined;
  const grace = body['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds');
  const propagationPolicy =
    (body['propagationPolicy'] as string | undefined) ?? query.get('propagationPolicy') ?? undefined;
  if (propagationPolicy !== undefined && !['Background', 'Foreground', 'Orphan'].includes(propagationPolicy)) {
    throw invalid('meta.k8s.io', 'DeleteOptions', '', [
      fieldError.unsupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil']),
    ]);
  }
  return {
    gracePeriodSeconds: grace === undefined || grace === null ? undefined : Number(grace),
    propagationPolicy,
    orphanDependents: body['orphanDependents'] === true,
    preconditions,
    dryRun: isDryRun(query) || (Array.isArray(body['dryRun']) && body['dryRun'].includes('All')),
  };
}
