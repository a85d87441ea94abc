// The API server: HTTPS on loopback, a bearer token, and a place for each path.
import {createServer} from 'node:https';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {gzip} from 'node:zlib';
import {promisify} from 'node:util';
import {finishDeletions} from '../store/deletion.ts';
import {kinds} from '../store/kinds.ts';
import {StatusError, type KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import {admissionFor} from './admission/admission.ts';
import {keepQuotaStatus} from './admission/quota.ts';
import {kubernetesPorts, type PortRange} from './admission/service.ts';
import type {Tls} from './certificate.ts';
import {discover} from './discovery.ts';
import {keepNamespaces} from './namespaces.ts';
import {openApi} from './openapi.ts';
import {patch} from './patch.ts';
import type {PodRuntime} from './pod-runtime.ts';
import {deleteList, deleteOne, getList, getOne} from './reads.ts';
import {formOf, oneAs} from './representation.ts';
import type {RequestFaults} from './request-faults.ts';
import {objectIn, readRequest, type ApiRequest} from './request.ts';
import {reviewed} from './reviews.ts';
import {placeOf, type Place} from './routing.ts';
import {methodNotAllowed, statusOf, unknownPath, type Answer} from './status-answer.ts';
import {evict} from './subresources/eviction.ts';
import {log} from './subresources/log.ts';
import {resize} from './subresources/resize.ts';
import {scale} from './subresources/scale.ts';
import {token as tokenOf} from './subresources/token.ts';
import {Tokens, type User} from './tokens.ts';
import {refuse, upgradesFor} from './upgrades.ts';
import {watch} from './watch.ts';
import {create, replace, type WriteContext} from './writes.ts';

export interface ApiOptions {
  readonly store: Store;
  /** On 127.0.0.1. 0: any that is free. */
  readonly port: number;
  /** The bearer token of every request. */
  readonly token: string;
  readonly tls: Tls;
  readonly pods: PodRuntime;
  readonly faults?: RequestFaults;
  /** Of node ports; Kubernetes's own when left out. */
  readonly ports?: PortRange;
}

export interface Api {
  readonly port: number;
  /** PEM, for kubeconfigFor. */
  readonly cert: string;
  /** Ends every request and watch. */
  close(): Promise<void>;
}

const health = ['/readyz', '/livez', '/healthz'];
const compress = promisify(gzip);
/** Below this compression wins nothing. */
const compressedFrom = 128 * 1024;

/** Longer than any client keeps a connection that it does not use: 90 s in Go. */
const keptForMs = 120_000;

/** Listens once it resolves. The store's creations go through admission from then on. */
export async function startApi({
  store,
  port,
  token,
  tls,
  pods,
  faults,
  ports = kubernetesPorts,
}: ApiOptions): Promise<Api> {
  store.admitBy(admissionFor(store, ports));
  const ends = [keepNamespaces(store), keepQuotaStatus(store), finishDeletions(store)];
  const context: WriteContext = {store, ports};
  const upgrades = upgradesFor(store, pods);
  const tokens = new Tokens(store, token);
  const sockets = new Set<Socket>();
  const server = createServer({key: tls.key, cert: tls.cert}, (incoming, answer) => void serve(incoming, answer));
  // Go's clients and ours keep connections; Node would close them after 5 s, in the very moment of the next request.
  server.keepAliveTimeout = keptForMs;
  // A watch is silent for minutes.
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming: IncomingMessage, socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (tokens.userOf(incoming.headers.authorization)) upgrades.handle(incoming, socket, head);
    else refuse(socket, unauthorized());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    cert: tls.cert,
    close: () =>
      new Promise((resolve) => {
        for (const end of ends) end();
        upgrades.close();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };

  async function serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = (incoming.url ?? '/').split('?')[0] ?? '/';
    try {
      if (health.some((one) => path === one || path.startsWith(`${one}/`)))
        return void answer.writeHead(200, {'content-type': 'text/plain; charset=utf-8'}).end('ok');
      const user = tokens.userOf(incoming.headers.authorization);
      if (!user) throw unauthorized();
      const fault = faults?.next({method: incoming.method ?? 'GET', path});
      if (fault?.latencyMs) await pause(fault.latencyMs);
      if (fault?.error) throw fault.error;
      const request = await readRequest(incoming);
      const given = await answerTo(request, answer, user);
      if (given) await send(answer, given, incoming);
    } catch (error) {
      if (!(error instanceof StatusError) && !answer.destroyed)
        process.stderr.write(
          `${incoming.method} ${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
      if (answer.headersSent) answer.destroy();
      else
        await send(
          answer,
          statusOf(
            error instanceof StatusError
              ? error
              : new StatusError(
                  500,
                  'InternalError',
                  `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
                ),
          ),
          incoming,
        );
    }
  }

  /** Null: the answer is written as it comes. */
  async function answerTo(request: ApiRequest, answer: ServerResponse, user: User): Promise<Answer | null> {
    const {method, path, accept} = request;
    const known =
      method === 'GET'
        ? (discover(path, accept) ?? openApi(path))
        : method === 'POST'
          ? path.endsWith('reviews')
            ? reviewed(path, objectIn(request), user)
            : null
          : null;
    if (known) return known;
    const place = placeOf(path);
    if (!place) throw unknownPath();
    if (place.subresource !== '') return subresource(place, request, answer);
    const {kind, name} = place;
    const watched = ['true', '1'].includes(request.query.get('watch') ?? '');
    switch (method) {
      case 'GET':
        if (!watched) return name === null ? getList(store, place, request) : getOne(store, place, request);
        watch(store, place, request, answer);
        return null;
      case 'POST':
        if (name !== null) break;
        return shaped(create(context, place, request));
      case 'PUT':
        if (name === null) break;
        return shaped(replace(context, place, request));
      case 'PATCH':
        if (name === null) break;
        return shaped(patch(context, place, request));
      case 'DELETE':
        return name === null ? deleteList(store, place, request) : deleteOne(store, place, request);
    }
    throw methodNotAllowed();

    function shaped(given: Answer): Answer {
      const form = formOf(accept);
      return form === 'object' ? given : {...given, body: oneAs(form, kind, given.body as KubeObject)};
    }
  }

  async function subresource(place: Place, request: ApiRequest, answer: ServerResponse): Promise<Answer | null> {
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
        return tokenOf(store, tokens, place, request);
      case 'log':
        await log(store, pods, place, request, answer);
        return null;
      default:
        throw new StatusError(400, 'BadRequest', 'Upgrade request required');
    }
  }
}

async function send(
  answer: ServerResponse,
  {code, body, contentType = 'application/json', headers = {}}: Answer,
  {headers: asked}: IncomingMessage,
): Promise<void> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const small = bytes.length < compressedFrom || !String(asked['accept-encoding'] ?? '').includes('gzip');
  const sent = small ? bytes : await compress(bytes, {level: 1});
  if (answer.destroyed) return;
  answer
    .writeHead(code, {
      'content-type': contentType,
      'cache-control': 'no-cache, private',
      ...headers,
      ...(small ? {} : {'content-encoding': 'gzip'}),
      'content-length': sent.length,
    })
    .end(sent);
}

function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}
