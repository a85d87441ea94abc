// The API server: HTTPS on loopback, a bearer token, and a place for each path.
import {createServer} from 'node:https';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {gzip} from 'node:zlib';
import {promisify} from 'node:util';
import {finishDeletions} from '../store/deletion.ts';
import {StatusError} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import {admissionFor} from './admission/admission.ts';
import {keepQuotaStatus} from './admission/quota.ts';
import {kubernetesPorts, type PortRange} from './admission/service.ts';
import type {Tls} from './tls.ts';
import {answerTo, type RequestContext} from './dispatch.ts';
import {keepNamespaces} from './namespaces.ts';
import type {PodRuntime} from '../pod-runtime.ts';
import type {RequestFaults} from './request-faults.ts';
import {readRequest} from './request.ts';
import {statusOf, type Answer} from './status-answer.ts';
import {Tokens} from './tokens.ts';
import {refuse, upgradesFor} from './upgrades.ts';

export interface ApiOptions {
  readonly store: Store;
  /** The port on 127.0.0.1. 0: any that is free. */
  readonly port: number;
  /** The bearer token of every request. */
  readonly token: string;
  readonly tls: Tls;
  readonly pods: PodRuntime;
  readonly faults?: RequestFaults;
  /** The node ports; Kubernetes's own range when left out. */
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
/** Bytes. Compressing less than this gains nothing. */
const compressedFrom = 128 * 1024;

/** Longer than any client keeps an unused connection: Go's clients keep one for 90 s. */
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
  const upgrades = upgradesFor(store, pods);
  const tokens = new Tokens(store, token);
  const context: RequestContext = {store, ports, pods, tokens};
  const sockets = new Set<Socket>();
  const server = createServer({key: tls.key, cert: tls.cert}, (incoming, answer) => void serve(incoming, answer));
  // Go's clients and ours reuse connections; Node would close them after 5 s, just when the next request comes.
  server.keepAliveTimeout = keptForMs;
  // A watch can be silent for minutes.
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
    const path = pathOf(incoming);
    try {
      if (health.some((one) => path === one || path.startsWith(`${one}/`)))
        return void answer.writeHead(200, {'content-type': 'text/plain; charset=utf-8'}).end('ok');
      const user = tokens.userOf(incoming.headers.authorization);
      if (!user) throw unauthorized();
      await meetFault(faults, {method: incoming.method ?? 'GET', path});
      const request = await readRequest(incoming);
      const given = await answerTo(context, request, answer, user);
      if (given) await send(answer, given, incoming);
    } catch (error) {
      if (!(error instanceof StatusError) && !answer.destroyed)
        process.stderr.write(`${incoming.method} ${path}: ${traceOf(error)}\n`);
      if (answer.headersSent) answer.destroy();
      else await send(answer, statusOf(error instanceof StatusError ? error : internalError(error)), incoming);
    }
  }
}

/** Waits as long as the faults delay the request. @throws StatusError where they make it fail */
async function meetFault(
  faults: RequestFaults | undefined,
  request: {readonly method: string; readonly path: string},
): Promise<void> {
  const fault = faults?.next(request);
  if (fault?.latencyMs) await pause(fault.latencyMs);
  if (fault?.error) throw fault.error;
}

function pathOf({url = '/'}: IncomingMessage): string {
  return url.split('?')[0] ?? '/';
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

function internalError(error: unknown): StatusError {
  const text = error instanceof Error ? error.message : String(error);
  return new StatusError(500, 'InternalError', `Internal error occurred: ${text}`);
}

function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
