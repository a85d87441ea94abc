// A Kubernetes API on loopback: objects in a map, lists with pages, watches, and any answer that a test wants instead.
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {Metadata} from '../../../source/observation/kubernetes.ts';

export interface FakeObject {
  readonly metadata: Metadata;
  readonly [key: string]: unknown;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/**
 * `reset` breaks the connection off instead; `silent` never answers. Chunks arrive one by one; they are sent in latin1
 * where a test needs single bytes.
 */
export type Reply = {readonly status: number; readonly body: unknown} | Chunks | 'reset' | 'silent';

export interface FakeApi {
  readonly url: string;
  /** In order, such as `GET /api/v1/namespaces/a/pods`; for a watch `WATCH …`. */
  readonly requests: string[];
  readonly asked: Asked[];
  /** By the path of the object. */
  readonly objects: Map<string, FakeObject>;
  /** Writes as somebody else would: watchers hear of it. */
  put(collection: string, object: FakeObject): void;
  remove(path: string): void;
  /**
   * Asked before the objects; where it gives undefined, the objects answer. The newest is asked first. A promise is an
   * answer that comes late.
   */
  intercept(answer: (asked: Asked) => Reply | Promise<Reply> | undefined): void;
  clearIntercepts(): void;
  /** How many watches of this collection are open. */
  watches(collection: string): number;
  kubeconfig(): object;
  stop(): Promise<void>;
}

interface Chunks {
  readonly chunks: readonly string[];
  readonly then: 'end' | 'reset' | 'stay';
  readonly encoding?: BufferEncoding;
}

export const refusal = (status: number, reason: string, message: string): Reply => ({
  status,
  body: {kind: 'Status', status: 'Failure', code: status, reason, message},
});

interface Watcher {
  readonly collection: string;
  readonly response: ServerResponse;
}

/** `isSecure`: over TLS, because kubectl sends no credentials in the clear. */
export async function fakeApi({isSecure = false} = {}): Promise<FakeApi> {
  const objects = new Map<string, FakeObject>();
  const requests: string[] = [];
  const asked: Asked[] = [];
  const watchers = new Set<Watcher>();
  let intercepts: Parameters<FakeApi['intercept']>[0][] = [];
  let version = 100;

  const store = (path: string, object: FakeObject): FakeObject => {
    const type = objects.has(path) ? 'MODIFIED' : 'ADDED';
    const uid = object.metadata.uid ?? `uid-${version}`;
    const stored = {...object, metadata: {...object.metadata, uid, resourceVersion: String(++version)}};
    objects.set(path, stored);
    tell(collectionOf(path), type, stored);
    return stored;
  };
  const drop = (path: string): void => {
    const object = objects.get(path);
    objects.delete(path);
    if (object) tell(collectionOf(path), 'DELETED', object);
  };
  const tell = (collection: string, type: string, object: FakeObject): void => {
    for (const watcher of watchers)
      if (watcher.collection === collection) watcher.response.write(`${JSON.stringify({type, object})}\n`);
  };

  const fromObjects = ({method, path, query, body, headers}: Asked): Reply => {
    if (path === '/version') return {status: 200, body: {gitVersion: 'v1.34.4'}};
    const existing = objects.get(path);
    if (method === 'GET' && existing) return {status: 200, body: existing};
    if (method === 'GET') return isCollection(path) ? listOf(path, query, [...objects], version) : notFound(path);
    if (method === 'POST') {
      const made = withData(body as FakeObject);
      const at = `${path}/${made.metadata.name}`;
      return objects.has(at)
        ? refusal(409, 'AlreadyExists', `${at} already exists`)
        : {status: 201, body: store(at, made)};
    }
    if (!existing) return notFound(path);
    const wanted = (body as {metadata?: Metadata; preconditions?: Metadata} | null) ?? {};
    const expected = wanted.metadata?.resourceVersion ?? wanted.preconditions?.resourceVersion;
    if (expected !== undefined && expected !== existing.metadata.resourceVersion)
      return refusal(409, 'Conflict', `${path} has been modified`);
    if (method === 'DELETE') {
      drop(path);
      return {status: 200, body: {}};
    }
    if (method === 'PUT') return {status: 200, body: store(path, withData(body as FakeObject))};
    if (headers['content-type'] !== 'application/merge-patch+json')
      return refusal(415, 'UnsupportedMediaType', 'only merge patches here');
    return {status: 200, body: store(path, withData(merged(existing, body) as FakeObject))};
  };

  const onRequest = (request: IncomingMessage, response: ServerResponse) => void serve(request, response);
  const server = isSecure ? createSecureServer(await ownCertificate(), onRequest) : createServer(onRequest);
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://api');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const one: Asked = {
      method: request.method ?? 'GET',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      body: text ? JSON.parse(text) : null,
    };
    const watching = one.query.get('watch') === 'true';
    requests.push(`${watching ? 'WATCH' : one.method} ${one.path}`);
    asked.push(one);
    const special = intercepts.map((answer) => answer(one)).find((reply) => reply !== undefined);
    if (!special && watching) return watch(one.path, response);
    send((await special) ?? fromObjects(one), response);
  }
  function watch(collection: string, response: ServerResponse): void {
    const watcher = {collection, response};
    response.writeHead(200, {'Content-Type': 'application/json'}).flushHeaders();
    watchers.add(watcher);
    response.on('close', () => watchers.delete(watcher));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `${isSecure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    asked,
    objects,
    put: (collection, object) => void store(`${collection}/${object.metadata.name}`, object),
    remove: drop,
    intercept: (answer) => void (intercepts = [answer, ...intercepts]),
    clearIntercepts: () => void (intercepts = []),
    watches: (collection) => [...watchers].filter((watcher) => watcher.collection === collection).length,
    kubeconfig: () => ({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'fake',
      clusters: [{name: 'fake', cluster: {server: url, 'insecure-skip-tls-verify': true}}],
      contexts: [{name: 'fake', context: {cluster: 'fake', user: 'fake', namespace: 'team-a'}}],
      users: [{name: 'fake', user: {token: 'a-token'}}],
    }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function ownCertificate(): Promise<{readonly key: string; readonly cert: string}> {
  const {generate} = await import('selfsigned');
  const {private: key, cert} = await generate([{name: 'commonName', value: '127.0.0.1'}], {keyType: 'ec'});
  return {key, cert};
}

function send(reply: Reply, response: ServerResponse): void {
  if (reply === 'silent') return;
  if (reply === 'reset') return void response.socket?.resetAndDestroy();
  if ('status' in reply) {
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    return void response.writeHead(reply.status, {'Content-Type': 'application/json'}).end(text);
  }
  response.writeHead(200, {'Content-Type': 'application/json'}).flushHeaders();
  sendChunks(reply, response);
}

/** One write in each turn of the event loop, so that each arrives as a chunk of its own. */
function sendChunks({chunks: [first, ...rest], then, encoding = 'utf8'}: Chunks, response: ServerResponse): void {
  if (first !== undefined)
    response.write(first, encoding, () => setImmediate(() => sendChunks({chunks: rest, then, encoding}, response)));
  else if (then === 'end') response.end();
  else if (then === 'reset') response.socket?.destroy();
}

/** …/namespaces/<name>/<plural> and /api/v1/<plural>; one more part is an object's name. */
function isCollection(path: string): boolean {
  const parts = path.replace(/^\/(api\/v1|apis\/[^/]+\/[^/]+)\//, '').split('/');
  return parts[0] === 'namespaces' ? parts.length === 1 || parts.length === 3 : parts.length === 1;
}

function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The collection over all namespaces, in which the object is listed too. */
function everywhere(path: string): string {
  return collectionOf(path).replace(/\/namespaces\/[^/]+\//, '/');
}

function listOf(
  collection: string,
  query: URLSearchParams,
  objects: readonly (readonly [string, FakeObject])[],
  version: number,
): Reply {
  const all = objects
    .filter(([path]) => [collectionOf(path), everywhere(path)].includes(collection))
    .map(([, object]) => object)
    .filter(({metadata}) => selected(metadata.labels ?? {}, query.get('labelSelector') ?? ''));
  const from = Number(query.get('continue') ?? 0);
  const to = from + Number(query.get('limit') ?? all.length);
  const metadata = {resourceVersion: String(version), ...(to < all.length ? {continue: String(to)} : {})};
  return {status: 200, body: {kind: 'List', metadata, items: all.slice(from, to)}};
}

/** `a=b`, `a in (b,c)` and `a`, joined by commas. */
function selected(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return selector.split(/,(?![^(]*\))/).every((term) => {
    const [, key = '', list] = /^(\S+) in \((.*)\)$/.exec(term) ?? [];
    if (list !== undefined) return list.split(',').includes(labels[key] ?? '');
    const [name = '', value] = term.split('=');
    return term === '' || (value === undefined ? name in labels : labels[name] === value);
  });
}

/** The API server keeps `stringData` as base64 in `data`. */
function withData(object: FakeObject): FakeObject {
  const {stringData, ...rest} = object as FakeObject & {stringData?: Record<string, string>};
  if (!stringData) return object;
  const encoded = Object.fromEntries(
    Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  return {...rest, data: {...(rest['data'] as object | undefined), ...encoded}};
}

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result = new Map(Object.entries(target ?? {}) as [string, unknown][]);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merged(result.get(key), value));
  }
  return Object.fromEntries(result);
}

function notFound(path: string): Reply {
  return refusal(404, 'NotFound', `${path} not found`);
}
