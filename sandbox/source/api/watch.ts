// Watches: the objects that exist, then each change, as lines of JSON.
import type {ServerResponse} from 'node:http';
import {apiVersionOf, type Kind} from '../store/kinds.ts';
import {StatusError, type KubeObject} from '../store/objects.ts';
import type {Change, Store} from '../store/store.ts';
import {eventAs, formOf, type Form} from './representation.ts';
import type {ApiRequest} from './request.ts';
import type {Place} from './routing.ts';
import {selectorOf} from './selectors.ts';
import {statusOf} from './status-answer.ts';

const bookmarkMs = 60_000;
/** Kubernetes ends a watch after 30 to 60 minutes. */
const longestSeconds = 45 * 60;
/** Bytes. A client that reads nothing is disconnected before its lines fill the memory. */
const largestBacklog = 16 * 1024 * 1024;

export function watch(store: Store, place: Place, {accept, query}: ApiRequest, answer: ServerResponse): void {
  const flag = (key: string) => ['true', '1'].includes(query.get(key) ?? '');
  const bookmarks = flag('allowWatchBookmarks');
  const initial = flag('sendInitialEvents');
  const since = query.get('resourceVersion') ?? '';
  const {kind, namespace} = place;
  const matches = matcherOf(place, query);
  const events = new EventStream(answer, kind, formOf(accept), query.get('includeObject'));

  answer.writeHead(200, {'content-type': 'application/json', 'cache-control': 'no-cache, private'});
  answer.flushHeaders();
  if (initial || since === '' || since === '0') {
    for (const object of store.list(kind, namespace)) if (matches(object)) events.send('ADDED', object);
    if (initial && bookmarks) events.bookmark(store.revision, {'k8s.io/initial-events-end': 'true'});
  } else {
    const missed = store.changesSince(Number(since));
    if (missed === null) {
      events.error(new StatusError(410, 'Expired', `too old resource version: ${since} (${store.revision})`));
      answer.end();
      return;
    }
    for (const change of missed) tell(change);
  }

  const unsubscribe = store.onChange(tell);
  const beat = setInterval(() => bookmarks && events.bookmark(store.revision), bookmarkMs);
  const seconds = Number(query.get('timeoutSeconds')) || longestSeconds;
  const timer = setTimeout(() => answer.end(), Math.min(seconds, longestSeconds) * 1000);
  answer.on('close', () => {
    unsubscribe();
    clearInterval(beat);
    clearTimeout(timer);
  });

  function tell(change: Change): void {
    const event = change.kind === kind ? eventOf(change, matches) : null;
    if (event) events.send(event.type, event.object);
  }
}

type Matcher = (object: KubeObject) => boolean;

function matcherOf({kind, namespace, name}: Place, query: URLSearchParams): Matcher {
  const selects = selectorOf(kind, query);
  return (object) =>
    (namespace === null || object.metadata.namespace === namespace) &&
    (name === null || object.metadata.name === name) &&
    selects(object);
}

/** What a change is to a watch with a selector. Null: the watch does not see it. */
function eventOf({type, object, previous}: Change, matches: Matcher): {type: string; object: KubeObject} | null {
  const is = type !== 'DELETED' && matches(object);
  const was = previous !== null && matches(previous);
  if (is) return {type: was ? 'MODIFIED' : 'ADDED', object};
  if (!was) return null;
  if (type === 'DELETED') return {type, object};
  // The object has left the selection: the event carries its last state within it, and the current revision.
  const metadata = {...previous.metadata, resourceVersion: object.metadata.resourceVersion ?? ''};
  return {type: 'DELETED', object: {...previous, metadata}};
}

/** The events of one kind in the form that the client wants, a line each. */
class EventStream {
  readonly #answer: ServerResponse;
  readonly #kind: Kind;
  readonly #form: Form;
  readonly #includeObject: string | null;
  #first = true;

  constructor(answer: ServerResponse, kind: Kind, form: Form, includeObject: string | null) {
    this.#answer = answer;
    this.#kind = kind;
    this.#form = form;
    this.#includeObject = includeObject;
  }

  send(type: string, object: KubeObject): void {
    this.#write({type, object: this.#shown(object)});
    this.#first = false;
  }

  bookmark(revision: number, annotations?: Record<string, string>): void {
    const object: KubeObject = {
      kind: this.#kind.kind,
      apiVersion: apiVersionOf(this.#kind),
      metadata: {
        ...({resourceVersion: String(revision), ...(annotations ? {annotations} : {})} as KubeObject['metadata']),
      },
    };
    this.#write({type: 'BOOKMARK', object: this.#form === 'table' ? this.#shown(object) : object});
  }

  error(error: StatusError): void {
    this.#write({type: 'ERROR', object: statusOf(error).body});
  }

  #shown(object: KubeObject): unknown {
    return eventAs(this.#form, this.#kind, object, this.#includeObject, this.#first);
  }

  #write(event: unknown): void {
    if (this.#answer.writableEnded || this.#answer.destroyed) return;
    this.#answer.write(`${JSON.stringify(event)}\n`);
    if (this.#answer.writableLength > largestBacklog) this.#answer.destroy();
  }
}
