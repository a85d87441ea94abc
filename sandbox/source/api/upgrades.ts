// Requests that become WebSockets: exec, attach, portforward.
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {WebSocketServer, type WebSocket} from 'ws';
import {kinds} from '../store/kinds.ts';
import {StatusError, type KubeObject} from '../store/objects.ts';
import {notFound, type Store} from '../store/store.ts';
import type {PodRuntime} from '../pod-runtime.ts';
import {placeOf} from './routing.ts';
import {statusOf, unknownPath} from './status-answer.ts';
import {attach, exec, portForward} from './subresources/exec.ts';
import {containerOf} from './subresources/log.ts';
import {acceptTunnel, closeTunnels, isTunnel} from './subresources/spdy-tunnel.ts';

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

interface Upgrades {
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export function upgradesFor(store: Store, pods: PodRuntime): Upgrades {
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => protocols.find((one) => offered.has(one)) ?? false,
    // Compression costs memory and gains nothing on one machine.
    perMessageDeflate: false,
  });
  return {
    handle(request, socket, head) {
      try {
        const url = new URL(request.url ?? '/', 'https://127.0.0.1');
        const {pod, named, subresource} = podAt(store, url.pathname);
        const upgrade = (use: (opened: WebSocket) => void) => server.handleUpgrade(request, socket, head, use);
        if (subresource === 'portforward') {
          if (isTunnel(request)) acceptTunnel(request, socket, head, (port) => pods.address(named, port));
          else upgrade((opened) => portForward(opened, pods, named, url.searchParams));
          return;
        }
        if (subresource !== 'exec' && subresource !== 'attach') throw unknownPath();
        const container = runningContainer(pod, url.searchParams.get('container'));
        upgrade((opened) => {
          if (subresource === 'exec') exec(opened, pods, {...named, container}, url.searchParams);
          else attach(opened, pods, {...named, container});
        });
      } catch (error) {
        refuse(socket, error);
      }
    },
    close() {
      for (const client of server.clients) client.terminate();
      closeTunnels();
      server.close();
    },
  };
}

/** @throws StatusError 404 */
function podAt(store: Store, path: string) {
  const place = placeOf(path);
  if (place?.kind !== kinds.pod || place.name === null) throw unknownPath();
  const {namespace, name, subresource} = place;
  const pod = store.get(kinds.pod, namespace, name);
  if (!pod) throw notFound(kinds.pod, name);
  return {pod, named: {namespace: namespace ?? '', name}, subresource};
}

/** @throws StatusError 400 where the pod is on no node, or the container does not run */
function runningContainer(pod: KubeObject, asked: string | null): string {
  if (!(pod['spec'] as {nodeName?: string}).nodeName)
    throw new StatusError(400, 'BadRequest', `pod ${pod.metadata.name} does not have a host assigned`);
  const container = containerOf(pod, asked);
  if (isRunning(pod['status'], container)) return container;
  throw new StatusError(400, 'BadRequest', `unable to upgrade connection: container not found ("${container}")`);
}

function isRunning(status: unknown, container: string): boolean {
  const {containerStatuses = [], initContainerStatuses = []} = (status ?? {}) as Record<
    string,
    {name: string; state?: {running?: object}}[] | undefined
  >;
  return [...containerStatuses, ...initContainerStatuses].some(
    ({name, state}) => name === container && state?.running !== undefined,
  );
}

export function refuse(socket: Duplex, error: unknown): void {
  const {code, body} = statusOf(
    error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error)),
  );
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${code} ${code === 404 ? 'Not Found' : 'Refused'}\r\nContent-Type: ` +
      `application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}
