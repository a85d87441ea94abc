// `resize` of a pod: its containers' resources change in place; the kubelet then gives them what they ask for.
import {kinds} from '../../store/kinds.ts';
import {sameMeaning} from '../../store/canonical.ts';
import type {KubeObject} from '../../store/objects.ts';
import {notFound} from '../../store/store.ts';
import {qualityOf} from '../admission/admission.ts';
import {patchedBy} from '../patch.ts';
import {objectIn, type ApiRequest} from '../request.ts';
import type {Place} from '../routing.ts';
import {typeNamed} from '../schema/schema.ts';
import {fieldError, invalid, type Answer} from '../status-answer.ts';
import {read, update, type WriteContext} from '../writes.ts';

interface Container {
  readonly name?: string;
  readonly resources?: unknown;
}
const containersOf = (pod: KubeObject) => (pod['spec'] as {containers?: Container[]} | undefined)?.containers ?? [];

export function resize(context: WriteContext, place: Place, request: ApiRequest): Answer {
  const live = context.store.get(place.kind, place.namespace, place.name ?? '');
  if (!live) throw notFound(place.kind, place.name ?? '');
  if (request.method === 'GET') return {code: 200, body: live};
  const body = request.method === 'PUT' ? objectIn(request) : patchedBy(typeNamed('Pod'), live, request);
  const {object} = read(kinds.pod, body as Record<string, unknown>, request);
  const without = (pod: KubeObject) => ({
    ...(pod['spec'] as object),
    containers: containersOf(pod).map((container) => ({...container, resources: null, resizePolicy: null})),
  });
  const errors = [
    ...(sameMeaning(without(live), without(object))
      ? []
      : [fieldError.forbidden('spec', 'only cpu and memory resources are mutable')]),
    ...(qualityOf(live) === qualityOf(object)
      ? []
      : [fieldError.invalid('spec', qualityOf(live), 'Pod QOS Class may not change as a result of resizing')]),
  ];
  if (errors.length > 0) throw invalid('', 'Pod', live.metadata.name, errors);
  const spec = {...(live['spec'] as object), containers: containersOf(object)};
  const {resourceVersion, ...metadata} = live.metadata;
  const asked = object.metadata.resourceVersion;
  return {
    code: 200,
    body: update(
      context,
      place,
      live,
      {...live, metadata: {...metadata, ...(asked && asked !== resourceVersion ? {resourceVersion: asked} : {})}, spec},
      request,
    ),
  };
}
