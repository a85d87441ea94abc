// Creations and changes of objects: decoding, what a client may not set, defaults, validation, who owns which field.
import {kinds, type Kind} from '../store/kinds.ts';
import {anyName} from '../store/any-name.ts';
import {StatusError, type KubeObject, type Metadata} from '../store/objects.ts';
import {omit} from '../store/omit.ts';
import {checkUnmodified, notFound, type Store} from '../store/store.ts';
import {allocateService, type PortRange} from './admission/service.ts';
import {withDefaults} from './defaults/defaults.ts';
import {serverSideApply} from './patches/apply.ts';
import {afterUpdate} from './patches/managed-fields.ts';
import {objectIn, isDryRun, type ApiRequest} from './request.ts';
import type {Place} from './routing.ts';
import {decode, isRecord} from './schema/decode.ts';
import {typeNamed} from './schema/schema.ts';
import {badRequest, invalid, type Answer} from './status-answer.ts';
import {objectErrors} from './validation/required.ts';
import {checkResize, updateErrors} from './validation/update.ts';

export interface WriteContext {
  readonly store: Store;
  readonly ports: PortRange;
}

/** The fields of metadata that only the server sets. */
const serverMetadata = [
  'uid',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const satisfies readonly (keyof Metadata)[];

export function create({store}: WriteContext, place: Place, request: ApiRequest): Answer {
  const {kind} = place;
  const {object: asked, warnings} = read(kind, objectIn(request), request);
  const named = inPlace(place, asked);
  if (named.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  const clean: KubeObject = {...named, metadata: withoutServerFields(named.metadata)};
  // Only a node may come with a status of its own when it is created.
  const object = kind.subresources.includes('status') && kind !== kinds.node ? withoutStatus(clean) : clean;
  const manager = {name: request.manager, operation: 'Update'} as const;
  const managedFields = afterUpdate(typeNamed(kind.kind), null, withDefaults(kind, object), manager);
  const kept = store.create(
    kind,
    {...object, metadata: {...object.metadata, managedFields}},
    {dryRun: isDryRun(request.query)},
  );
  return {code: 201, body: kept, ...warningHeaders(warnings)};
}

export function replace(context: WriteContext, place: Place, request: ApiRequest): Answer {
  const {object, warnings} = read(place.kind, objectIn(request), request);
  const {name} = object.metadata;
  if (name && name !== place.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${place.name})`);
  const live = context.store.get(place.kind, place.namespace, place.name ?? '');
  if (!live) {
    // In Kubernetes a PUT can create these kinds.
    if (
      ![
        kinds.lease,
        kinds.endpoints,
        kinds.event,
        kinds.limitRange,
        kinds.service,
        kinds.serviceAccount,
        kinds.role,
        kinds.roleBinding,
      ].includes(place.kind)
    )
      throw notFound(place.kind, place.name ?? '');
    return create(context, place, request);
  }
  if (place.kind === kinds.lease && !object.metadata.resourceVersion) {
    throw invalid(place.kind.group, 'leases', place.name ?? '', [
      {
        field: 'metadata.resourceVersion',
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ]);
  }
  const kept = update(context, place, live, inPlace(place, object), request);
  return {code: 200, body: kept, ...warningHeaders(warnings)};
}

/** Server-side apply: creates the object where it does not exist. */
export function apply(context: WriteContext, place: Place, request: ApiRequest): Answer {
  const {kind} = place;
  const body = objectIn({...request, contentType: 'application/yaml'});
  if (!request.query.get('fieldManager'))
    throw invalid('meta.k8s.io', 'PatchOptions', '', [
      {field: 'fieldManager', reason: 'FieldValueRequired', message: 'Required value: is required for apply patch'},
    ]);
  const type = typeNamed(kind.kind);
  const {value, unknown} = decode(type, body, kind.kind);
  const named = asObject(value).metadata.name;
  if (named && named !== place.name)
    throw badRequest(`the name of the object (${named}) does not match the name on the URL (${place.name})`);
  const applied = inPlace(place, asObject(value));
  if (unknown[0] !== undefined) {
    throw new StatusError(
      500,
      '',
      `failed to create typed patch object (${place.namespace ? `${place.namespace}/` : ''}${place.name}; ` +
        `${applied.apiVersion}, Kind=${kind.kind}): .${unknown[0]}: field not declared in schema`,
    );
  }
  if (applied.metadata.managedFields) throw badRequest('metadata.managedFields must be nil');
  const live = context.store.get(kind, place.namespace, place.name ?? '');
  const manager = {
    name: request.manager,
    operation: 'Apply',
    ...(place.subresource ? {subresource: place.subresource} : {}),
  } as const;
  const result = serverSideApply(type, live, applied, manager, request.query.get('force') === 'true');
  if (!live) {
    return {
      code: 201,
      body: context.store.create(
        kind,
        {...withoutStatus(result), metadata: withoutServerFields(result.metadata)},
        {dryRun: isDryRun(request.query)},
      ),
    };
  }
  const {resourceVersion} = applied.metadata;
  const wanted = {...result, metadata: {...result.metadata, ...(resourceVersion ? {resourceVersion} : {})}};
  return {code: 200, body: update(context, place, live, wanted, request, result.metadata.managedFields)};
}

/**
 * Keeps `wanted` in place of `live`, as far as this client may change it.
 * @param managed the owners of fields, from an apply, which knows them itself
 */
export function update(
  context: WriteContext,
  place: Place,
  live: KubeObject,
  wanted: KubeObject,
  request: Pick<ApiRequest, 'manager' | 'query'>,
  managed?: Metadata['managedFields'],
): KubeObject {
  const {store, ports} = context;
  const {kind, subresource} = place;
  checkUnmodified(kind, live, wanted);
  let next = withDefaults(kind, guarded(kind, subresource, live, wanted));
  if (kind === kinds.claim) checkResize(store, live, next);
  if (kind === kinds.service) next = allocateService(store, live, next, ports);
  const errors = [...objectErrors(kind, next), ...(subresource === 'resize' ? [] : updateErrors(kind, live, next))];
  if (errors.length > 0) throw invalid(kind.group, kind.kind, live.metadata.name, errors);
  const manager = {name: request.manager, operation: 'Update', subresource: subresource || undefined} as const;
  const managedFields =
    managed ?? (givenManagers(live, wanted) || afterUpdate(typeNamed(kind.kind), live, next, manager));
  const metadata = omit(next.metadata, 'managedFields');
  return store.update(
    kind,
    {...next, metadata: {...metadata, ...(managedFields.length > 0 ? {managedFields} : {})}},
    {dryRun: isDryRun(request.query)},
  );
}

/** @returns the object of a request, without fields that the schema does not know */
export function read(
  kind: Kind,
  body: Record<string, unknown>,
  {query}: Pick<ApiRequest, 'query'>,
): {object: KubeObject; warnings: readonly string[]} {
  const {value, unknown} = decode(typeNamed(kind.kind), body, kind.kind);
  const validation = query.get('fieldValidation') ?? 'Warn';
  const texts = unknown.map((path) => `unknown field "${path}"`);
  if (validation === 'Strict' && texts.length > 0) {
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ` +
        `${texts.join(', ')}`,
    );
  }
  const given = body['kind'];
  if (typeof given === 'string' && given !== kind.kind) {
    throw badRequest(
      `${given} in version "${String(body['apiVersion']).split('/').at(-1)}" cannot be handled as a ` +
        `${kind.kind}: no kind "${given}" is registered for version "${String(body['apiVersion'])}" in scheme ` +
        '"pkg/api/legacyscheme/scheme.go:30"',
    );
  }
  return {object: asObject(value), warnings: validation === 'Ignore' ? [] : texts};
}

export function warningHeaders(warnings: readonly string[]): {headers?: Readonly<Record<string, string>>} {
  return warnings.length > 0
    ? {headers: {Warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ')}}
    : {};
}

function asObject(value: unknown): KubeObject {
  const fields = isRecord(value) ? value : {};
  return {...fields, metadata: isRecord(fields['metadata']) ? fields['metadata'] : {}} as unknown as KubeObject;
}

/** The object with the namespace and name of the path, and with a generated name where one is asked for. */
function inPlace({kind, namespace, name}: Place, object: KubeObject): KubeObject {
  const {metadata} = object;
  if (kind.namespaced && metadata.namespace && namespace !== null && metadata.namespace !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  const made = !metadata.name && metadata.generateName ? {name: anyName(metadata.generateName)} : {};
  return {
    ...object,
    metadata: {
      ...omit(metadata, 'namespace'),
      ...(name ? {name} : made),
      ...(kind.namespaced && namespace !== null ? {namespace} : {}),
    },
  };
}

function withoutServerFields(metadata: Metadata): Metadata {
  return omit(metadata, ...serverMetadata, 'resourceVersion', 'selfLink');
}

function withoutStatus(object: KubeObject): KubeObject {
  return omit(object, 'status') as KubeObject;
}

/** The object with everything that this path may not change put back as it was. */
function guarded(kind: Kind, subresource: string, live: KubeObject, wanted: KubeObject): KubeObject {
  const metadata = {...wanted.metadata, name: live.metadata.name} as Record<string, unknown>;
  for (const name of serverMetadata) {
    Reflect.deleteProperty(metadata, name);
    if (live.metadata[name] !== undefined) metadata[name] = live.metadata[name];
  }
  if (live.metadata.namespace !== undefined) metadata['namespace'] = live.metadata.namespace;
  const result = {...wanted, metadata} as unknown as KubeObject;
  if (subresource === 'status')
    return {
      ...live,
      metadata: {
        ...live.metadata,
        ...(wanted.metadata.resourceVersion ? {resourceVersion: wanted.metadata.resourceVersion} : {}),
      },
      ...('status' in wanted ? {status: wanted['status']} : {}),
    };
  if (!kind.subresources.includes('status')) return result;
  return {...withoutStatus(result), ...('status' in live ? {status: live['status']} : {})};
}

/** A patch may rewrite the owners of fields: kubectl does when an object moves to server-side apply. */
function givenManagers(live: KubeObject, wanted: KubeObject): Metadata['managedFields'] | null {
  const {managedFields} = wanted.metadata;
  return managedFields && JSON.stringify(managedFields) !== JSON.stringify(live.metadata.managedFields ?? [])
    ? managedFields
    : null;
}
