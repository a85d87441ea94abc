// kubectl's port-forward: SPDY/3.1 inside WebSocket messages. Each connection is a pair of streams, one for data and
// one for errors.
import type {IncomingMessage} from 'node:http';
import {connect, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {WebSocketServer, type WebSocket} from 'ws';
import {dataFrame, pingFrame, SpdyCodec} from './spdy-frames.ts';

const protocol = 'SPDY/3.1+portforward.k8s.io';
type AddressOf = (port: number) => {readonly host: string; readonly port: number} | null;

const server = new WebSocketServer({noServer: true, perMessageDeflate: false});
server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));

export function isTunnel(request: IncomingMessage): boolean {
  return (request.headers['sec-websocket-protocol'] ?? '').includes(protocol);
}

export function acceptTunnel(request: IncomingMessage, socket: Duplex, head: Buffer, addressOf: AddressOf): void {
  // ws knows no name with a "/" in it: the name is taken out here, and put into the answer above.
  Reflect.deleteProperty(request.headers, 'sec-websocket-protocol');
  server.handleUpgrade(request, socket, head, (opened) => tunnel(opened, addressOf));
}

export function closeTunnels(): void {
  for (const client of server.clients) client.terminate();
}

function tunnel(socket: WebSocket, addressOf: AddressOf): void {
  const codec = new SpdyCodec();
  const errorStreams = new Map<string, number>();
  const connections = new Map<number, Socket>();
  let turn = Promise.resolve();
  socket.on('message', (message: Buffer) => {
    // One after the other: headers are compressed in their order.
    turn = turn.then(() => take(message)).catch(() => socket.terminate());
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    for (const connection of connections.values()) connection.destroy();
    void turn.finally(() => codec.close());
  });

  async function take(message: Buffer): Promise<void> {
    for await (const frame of codec.read(message)) {
      if (frame.is === 'ping') send(pingFrame(frame.id));
      else if (frame.is === 'open') {
        send(await codec.reply(frame.stream));
        open(frame.stream, frame.headers);
      } else if (frame.is === 'reset') connections.get(frame.stream)?.destroy();
      else if (frame.is === 'data') {
        const connection = connections.get(frame.stream);
        connection?.write(frame.data);
        if (frame.fin) connection?.end();
      }
    }
  }

  function open(stream: number, headers: ReadonlyMap<string, string>): void {
    const id = headers.get('requestid') ?? '';
    if (headers.get('streamtype') === 'error') {
      errorStreams.set(id, stream);
      return;
    }
    const errors = errorStreams.get(id);
    const port = Number(headers.get('port'));
    let over = false;
    const end = (text: string) => {
      if (over) return;
      over = true;
      send(dataFrame(stream, Buffer.alloc(0), true));
      if (errors !== undefined) send(dataFrame(errors, Buffer.from(text), true));
      errorStreams.delete(id);
      connections.delete(stream);
    };
    const address = addressOf(port);
    if (!address) return end(`failed to connect to localhost:${port} inside the pod: connection refused`);
    const connection = connect(address);
    connections.set(stream, connection);
    connection.on('data', (data: Buffer) => {
      send(dataFrame(stream, data));
      if (socket.bufferedAmount > 1024 * 1024) {
        connection.pause();
        // Until what waits is with the kernel.
        socket.ping(undefined, undefined, () => connection.resume());
      }
    });
    connection.on('error', ({message}) => end(`failed to connect to localhost:${port} inside the pod: ${message}`));
    connection.on('close', () => end(''));
  }

  function send(frame: Buffer): void {
    if (socket.readyState === socket.OPEN) socket.send(frame);
  }
}
