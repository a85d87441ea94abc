// Which function answers a request: discovery, reviews, or the verbs and subresources of a kind.
import type {ServerResponse} from 'node:http';
import {kinds} from '../store/kinds.ts';
import {StatusError, type KubeObject} from '../store/objects.ts';
import {discover} from './discovery.ts';
import {openApi} from './openapi.ts';
import {patch} from './patch.ts';
import type {PodRuntime} from '../pod-runtime.ts';
import {deleteList, deleteOne, getList, getOne} from './reads.ts';
import {formOf, oneAs} from './representation.ts';
import {objectIn, type ApiRequest} from './request.ts';
import {reviewed} from './reviews.ts';
import {placeOf, type Place} from './routing.ts';
import {methodNotAllowed, unknownPath, type Answer} from './status-answer.ts';
import {evict} from './subresources/eviction.ts';
import {log} from './subresources/log.ts';
import {resize} from './subresources/resize.ts';
import {scale} from './subresources/scale.ts';
import {token} from './subresources/token.ts';
import type {Tokens, User} from './tokens.ts';
import {watch} from './watch.ts';
import {create, replace, type WriteContext} from './writes.ts';

export interface RequestContext extends WriteContext {
  readonly pods: PodRuntime;
  readonly tokens: Tokens;
}

/**
 * @returns null where the answer has been written to the response as it comes
 * @throws StatusError
 */
export async function answerTo(
  context: RequestContext,
  request: ApiRequest,
  answer: ServerResponse,
  user: User,
): Promise<Answer | null> {
  const known = answerOfNoKind(request, user);
  if (known) return known;
  const place = placeOf(request.path);
  if (!place) throw unknownPath();
  if (place.subresource !== '') return answerOfSubresource(context, place, request, answer);
  switch (request.method) {
    case 'GET':
      return read(context, place, request, answer);
    case 'DELETE':
      return place.name === null ? deleteList(context.store, place, request) : deleteOne(context.store, place, request);
    default:
      return inForm(write(context, place, request), place, request);
  }
}

/** Answers requests that belong to no kind: discovery, OpenAPI, and reviews, which are answered and never kept. */
function answerOfNoKind(request: ApiRequest, user: User): Answer | null {
  const {method, path, accept} = request;
  if (method === 'GET') return discover(path, accept) ?? openApi(path);
  return method === 'POST' && path.endsWith('reviews') ? reviewed(path, objectIn(request), user) : null;
}

function read({store}: RequestContext, place: Place, request: ApiRequest, answer: ServerResponse): Answer | null {
  const watched = ['true', '1'].includes(request.query.get('watch') ?? '');
  if (!watched) return place.name === null ? getList(store, place, request) : getOne(store, place, request);
  watch(store, place, request, answer);
  return null;
}

/** POST to a collection, PUT and PATCH to one object. */
function write(context: RequestContext, place: Place, request: ApiRequest): Answer {
  const {method} = request;
  if (method === 'POST' && place.name === null) return create(context, place, request);
  if (method === 'PUT' && place.name !== null) return replace(context, place, request);
  if (method === 'PATCH' && place.name !== null) return patch(context, place, request);
  throw methodNotAllowed();
}

/** The answer in the form that the client wants: the whole object, its metadata, or a row of a table. */
function inForm(given: Answer, {kind}: Place, {accept}: ApiRequest): Answer {
  const form = formOf(accept);
  return form === 'object' ? given : {...given, body: oneAs(form, kind, given.body as KubeObject)};
}

async function answerOfSubresource(
  context: RequestContext,
  place: Place,
  request: ApiRequest,
  answer: ServerResponse,
): Promise<Answer | null> {
  const {store, pods, tokens} = context;
  const {kind, subresource: name} = place;
  if (name === 'finalize' && kind === kinds.namespace) return replace(context, {...place, subresource: ''}, request);
  if (!(kind.subresources as readonly string[]).includes(name)) throw unknownPath();
  switch (name) {
    case 'status':
      if (request.method === 'GET') return getOne(store, place, request);
      return request.method === 'PUT' ? replace(context, place, request) : patch(context, place, request);
    case 'scale':
      return scale(context, place, request);
    case 'resize':
      return resize(context, place, request);
    case 'eviction':
      return evict(store, place, request);
    case 'token':
      return token(store, tokens, place, request);
    case 'log':
      await log(store, pods, place, request, answer);
      return null;
    default:
      throw new StatusError(400, 'BadRequest', 'Upgrade request required');
  }
}
