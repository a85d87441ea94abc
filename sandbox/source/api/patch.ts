// PATCH: which of the four kinds of patch it is, and what comes of it.
import {StatusError, type KubeObject} from '../store/objects.ts';
import {scalarText} from '../store/scalar-text.ts';
import {notFound} from '../store/store.ts';
import {jsonPatch} from './patches/json.ts';
import {mergePatch} from './patches/merge.ts';
import {strategicMergePatch} from './patches/strategic.ts';
import {unsupported, valueIn, type ApiRequest} from './request.ts';
import type {Place} from './routing.ts';
import {isRecord} from './schema/decode.ts';
import {typeNamed, type Type} from './schema/schema.ts';
import {badRequest, fieldError, invalid, type Answer} from './status-answer.ts';
import {apply, read, update, warningHeaders, type WriteContext} from './writes.ts';

export function patch(context: WriteContext, place: Place, request: ApiRequest): Answer {
  if (request.contentType.startsWith('application/apply-patch')) return apply(context, place, request);
  const {kind} = place;
  const live = context.store.get(kind, place.namespace, place.name ?? '');
  if (!live) throw notFound(kind, place.name ?? '');
  const patched = patchedBy(typeNamed(kind.kind), live, request);
  if (!isRecord(patched)) throw badRequest('the patched object is no object');
  const {object, warnings} = readPatched();
  // A patch is checked against a resourceVersion only if it names one.
  const {resourceVersion, ...metadata} = object.metadata;
  const asked: KubeObject = {
    ...object,
    metadata: resourceVersion === live.metadata.resourceVersion ? metadata : object.metadata,
  };
  return {code: 200, body: update(context, place, live, asked, request), ...warningHeaders(warnings)};

  function readPatched() {
    try {
      return read(kind, patched as Record<string, unknown>, request);
    } catch (error) {
      if (!(error instanceof StatusError) || !request.contentType.startsWith('application/strategic')) throw error;
      const wrong = /of type (\w+)$/.exec(error.message)?.[1];
      const text =
        /strict decoding error.*|quantities must match.*/.exec(error.message)?.[0] ??
        (wrong ? `unrecognized type: ${wrong}` : error.message);
      throw invalid('', '', '', [fieldError.invalid('patch', goText(valueIn(request.body)), text)]);
    }
  }
}

/** A value as Go prints it in a map. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isRecord(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goText(value[key])}`)
      .join(' ')}]`;
  return value === null ? '<nil>' : scalarText(value);
}

/** @throws StatusError 400, 415, 422 */
export function patchedBy(type: Type, target: object, {contentType, body}: ApiRequest): unknown {
  switch (contentType) {
    case 'application/json-patch+json':
      return jsonPatch(target, valueIn(body));
    case 'application/merge-patch+json':
      return mergePatch(target, valueIn(body));
    case 'application/strategic-merge-patch+json':
      return strategicMergePatch(type, target, valueIn(body));
    default:
      throw unsupported(
        'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, ' +
          'application/apply-patch+cbor, application/strategic-merge-patch+json',
      );
  }
}
