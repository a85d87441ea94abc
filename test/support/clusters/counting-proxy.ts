// A proxy to the API server that counts each request that changes something, whoever sends it; something may happen
// right before or right after one of them.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {createServer, request as plainRequest, type IncomingMessage, type ServerResponse} from 'node:http';
import {Agent, request as tlsRequest} from 'node:https';
import {connect as connectTls} from 'node:tls';
import {connect, type AddressInfo, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {kubectl} from './namespace.ts';

/** One request that changes something. */
export interface Change {
  readonly by: 'helm' | 'us';
  readonly method: string;
  readonly path: string;
}

type Happening = (change: Change) => 'hold' | 'cut' | 'go on';

/** Answers a request in the server's place; null: the server answers it. */
export type Guard = (asked: {readonly method: string; readonly url: string; readonly body: string}) => {
  readonly status: number;
  readonly body: object;
} | null;

export interface CountingProxy {
  /** A kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** The changes since the last `expect`, in order. */
  changes(): readonly Change[];
  /**
   * Counts from 1 again. `at` is called at the change of that number. Where it says `hold`, the answer is held back for
   * ever, because whoever sent the request is killed; where it says `cut`, the connection breaks off, and the next one
   * works.
   * `after`: `at` is called when the server has made the change; otherwise it is called before the server hears of it.
   */
  expect(number: number, after: boolean, at: Happening): void;
  close(): void;
}

interface Config {
  readonly clusters: readonly {readonly name: string; readonly cluster: {readonly server: string}}[];
  readonly users: readonly {readonly user: Readonly<Record<string, string>>}[];
}

/** Questions that are asked by POST, and what goes into a container, change no object. */
const questions = /selfsubject|subjectaccessreviews|tokenreviews|\/(exec|attach|portforward)\b|[?&]dryRun=/;

/** @param guard null: every request reaches the server */
export async function countingProxy(guard: Guard | null = null): Promise<CountingProxy> {
  const config = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'])) as Config;
  const server = new URL(config.clusters[0]?.cluster.server ?? '');
  const user = config.users[0]?.user ?? {};
  const decoded = (key: string) => {
    const data = user[key];
    return data === undefined ? {} : {[key.includes('key') ? 'key' : 'cert']: Buffer.from(data, 'base64')};
  };
  const tls = {
    rejectUnauthorized: false,
    ...decoded('client-certificate-data'),
    ...decoded('client-key-data'),
  };
  const isTls = server.protocol === 'https:';
  const agent = new Agent({...tls, keepAlive: true});
  const headersOf = ({headers}: IncomingMessage) => ({
    ...headers,
    host: server.host,
    ...(user['token'] ? {authorization: `Bearer ${user['token']}`} : {}),
  });
  const sockets = new Set<Socket>();
  let seen: Change[] = [];
  let awaited: {number: number; after: boolean; at: Happening} = {
    number: Infinity,
    after: false,
    at: () => 'go on',
  };

  const proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A deletion that is a dry run says so in its body.
    incoming.on('end', () => forward(incoming, outgoing, Buffer.concat(chunks)));
  });
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer) => {
    const {method = 'GET', url = '/'} = incoming;
    const guarded = guard?.({method, url, body: body.toString()});
    if (guarded) {
      outgoing.writeHead(guarded.status, {'content-type': 'application/json'});
      return void outgoing.end(JSON.stringify(guarded.body));
    }
    const change = changeOf(incoming, body);
    if (change) seen.push(change);
    const isAwaited = change !== null && seen.length === awaited.number;
    if (change && isAwaited && !awaited.after && isAway(awaited.at(change), incoming)) return;
    const to = {
      host: server.hostname,
      port: server.port,
      method,
      path: url,
      headers: headersOf(incoming),
      ...(isTls ? {agent} : {}),
    };
    const forwarded = (isTls ? tlsRequest : plainRequest)(to, (answer) => {
      if (change && isAwaited && awaited.after && isAway(awaited.at(change), incoming)) return void answer.resume();
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    forwarded.end(body);
  };
  proxy.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  // Commands in containers are asked for by an upgrade to websockets.
  proxy.on('upgrade', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    const {method = 'GET', url = '/'} = incoming;
    if (guard?.({method, url, body: ''})) return void client.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    const to = {host: server.hostname, port: Number(server.port)};
    const api: Socket = isTls ? connectTls({...to, ...tls}) : connect(to);
    const lines = Object.entries(headersOf(incoming)).map(([name, value]) => `${name}: ${String(value)}`);
    api.write([`${incoming.method} ${incoming.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    api.write(head);
    for (const [one, other] of [[client, api] as const, [api, client] as const]) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
    client.pipe(api).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'pghi-count-')), 'config');
  const cluster = {server: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`};
  const through = {...config, clusters: config.clusters.map(({name}) => ({name, cluster}))};
  writeFileSync(kubeconfig, JSON.stringify(through), {mode: 0o600});
  return {
    kubeconfig,
    changes: () => seen,
    expect(number, after, at) {
      seen = [];
      awaited = {number, after, at};
    },
    close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      agent.destroy();
    },
  };
}

/** Whether the sender gets no answer. */
function isAway(happening: ReturnType<Happening>, {socket}: IncomingMessage): boolean {
  if (happening === 'cut') socket.resetAndDestroy();
  return happening !== 'go on';
}

function changeOf({method = 'GET', url = '', headers}: IncomingMessage, body: Buffer): Change | null {
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) || questions.test(url)) return null;
  if (method === 'DELETE' && body.includes('"dryRun":["All"]')) return null;
  return {by: /^helm/i.test(headers['user-agent'] ?? '') ? 'helm' : 'us', method, path: url.replace(/\?.*/, '')};
}
