// Watches: what is there, then each change, as lines of JSON.
import type {ServerResponse} from 'node:http';
import {apiVersionOf} from '../store/kinds.ts';
import {StatusError, type KubeObject} from '../store/objects.ts';
import type {Change, Store} from '../store/store.ts';
import {eventAs, formOf} from './representation.ts';
import type {ApiRequest} from './request.ts';
import type {Place} from './routing.ts';
import {selectorOf} from './selectors.ts';
import {statusOf} from './status-answer.ts';

const bookmarkMs = 60_000;
/** Kubernetes ends a watch after 30 to 60 minutes. */
const longestSeconds = 45 * 60;
/** A client that reads nothing is let go before its lines fill the memory. */
const largestBacklog = 16 * 1024 * 1024;

export function watch(store: Store, place: Place, {accept, query}: ApiRequest, answer: ServerResponse): void {
  const {kind, namespace} = place;
  const selects = selectorOf(kind, query);
  const matches = (object: KubeObject) =>
    (namespace === null || object.metadata.namespace === namespace) &&
    (place.name === null || object.metadata.name === place.name) &&
    selects(object);
  const form = formOf(accept);
  const includeObject = query.get('includeObject');
  const bookmarks = query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1';
  const initial = query.get('sendInitialEvents') === 'true' || query.get('sendInitialEvents') === '1';
  const since = query.get('resourceVersion') ?? '';
  let first = true;

  answer.writeHead(200, {'content-type': 'application/json', 'cache-control': 'no-cache, private'});
  answer.flushHeaders();
  if (initial || since === '' || since === '0') {
    for (const object of store.list(kind, namespace)) if (matches(object)) send('ADDED', object);
    if (initial && bookmarks) bookmark({'k8s.io/initial-events-end': 'true'});
  } else {
    const missed = store.changesSince(Number(since));
    if (missed === null) {
      write({
        type: 'ERROR',
        object: statusOf(new StatusError(410, 'Expired', `too old resource version: ${since} (${store.revision})`))
          .body,
      });
      answer.end();
      return;
    }
    for (const change of missed) tell(change);
  }

  const unsubscribe = store.onChange(tell);
  const beat = setInterval(() => bookmarks && bookmark(), bookmarkMs);
  const seconds = Number(query.get('timeoutSeconds')) || longestSeconds;
  const timer = setTimeout(() => answer.end(), Math.min(seconds, longestSeconds) * 1000);
  answer.on('close', () => {
    unsubscribe();
    clearInterval(beat);
    clearTimeout(timer);
  });

  function tell({type, kind: changed, object, previous}: Change): void {
    if (changed !== kind) return;
    const is = type !== 'DELETED' && matches(object);
    const was = previous !== null && matches(previous);
    if (is) send(was ? 'MODIFIED' : 'ADDED', object);
    // It left the selection, or is gone: its last state that was in it, with the revision of now.
    else if (was)
      send(
        'DELETED',
        type === 'DELETED'
          ? object
          : {...previous, metadata: {...previous.metadata, resourceVersion: object.metadata.resourceVersion ?? ''}},
      );
  }

  function send(type: string, object: KubeObject): void {
    write({type, object: eventAs(form, kind, object, includeObject, first)});
    first = false;
  }

  function bookmark(annotations?: Record<string, string>): void {
    const object: KubeObject = {
      kind: kind.kind,
      apiVersion: apiVersionOf(kind),
      metadata: {
        ...({resourceVersion: String(store.revision), ...(annotations ? {annotations} : {})} as KubeObject['metadata']),
      },
    };
    write({type: 'BOOKMARK', object: form === 'table' ? eventAs(form, kind, object, includeObject, first) : object});
  }

  function write(event: unknown): void {
    if (answer.writableEnded || answer.destroyed) return;
    answer.write(`${JSON.stringify(event)}\n`);
    if (answer.writableLength > largestBacklog) answer.destroy();
  }
}
