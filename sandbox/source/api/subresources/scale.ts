// `scale` of a StatefulSet: its replicas alone, as an object of autoscaling/v1.
import type {KubeObject} from '../../store/objects.ts';
import {notFound} from '../../store/store.ts';
import {patchedBy} from '../patch.ts';
import {objectIn, type ApiRequest} from '../request.ts';
import {formOf} from '../representation.ts';
import {ageOf} from '../tables/ages.ts';
import type {Place} from '../routing.ts';
import {typeNamed} from '../schema/schema.ts';
import {badRequest, fieldError, invalid, type Answer} from '../status-answer.ts';
import {update, type WriteContext} from '../writes.ts';

interface Scale {
  readonly metadata: {readonly resourceVersion?: string};
  readonly spec?: {readonly replicas?: unknown};
}

export function scale(context: WriteContext, place: Place, request: ApiRequest): Answer {
  const live = context.store.get(place.kind, place.namespace, place.name ?? '');
  if (!live) throw notFound(place.kind, place.name ?? '');
  if (request.method === 'GET')
    return {code: 200, body: formOf(request.accept) === 'table' ? tableOf(live) : scaleOf(live)};
  const before = scaleOf(live);
  const wanted = (
    request.method === 'PUT' ? objectIn(request) : patchedBy(typeNamed('Scale'), before, request)
  ) as Scale;
  const replicas = replicasIn(wanted, live.metadata.name);
  const {resourceVersion} = wanted.metadata;
  const spec = {...(live['spec'] as object), replicas};
  const scaled = update(
    context,
    place,
    live,
    {...live, metadata: {...live.metadata, ...(resourceVersion ? {resourceVersion} : {})}, spec},
    request,
  );
  return {code: 200, body: scaleOf(scaled)};
}

/** @throws StatusError 400, 422 */
function replicasIn({spec}: Scale, name: string): number {
  const replicas = spec?.replicas ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw badRequest('Scale in version "v1" cannot be handled as a Scale: spec.replicas is no whole number');
  if (replicas < 0)
    throw invalid('autoscaling', 'Scale', name, [
      fieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  return replicas;
}

function tableOf(object: KubeObject) {
  const {spec, status, metadata} = scaleOf(object);
  const columns = [
    ['Name', 'string'],
    ['Desired', 'integer'],
    ['Available', 'integer'],
    ['Age', 'string'],
  ];
  const columnDefinitions = columns.map(([name, type]) => ({name, type, format: '', description: '', priority: 0}));
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {resourceVersion: metadata.resourceVersion},
    columnDefinitions,
    rows: [
      {
        cells: [metadata.name, spec.replicas ?? 0, status.replicas, ageOf(metadata.creationTimestamp)],
        object: {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata},
      },
    ],
  };
}

function scaleOf(object: KubeObject) {
  const {name, namespace, uid, resourceVersion, creationTimestamp} = object.metadata;
  const spec = object['spec'] as {replicas?: number; selector?: {matchLabels?: Record<string, string>}};
  const {replicas = 0} = (object['status'] ?? {}) as {replicas?: number};
  const selector = Object.entries(spec.selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {name, namespace, uid, resourceVersion, creationTimestamp},
    spec: spec.replicas ? {replicas: spec.replicas} : {},
    status: {replicas, ...(selector ? {selector} : {})},
  };
}
