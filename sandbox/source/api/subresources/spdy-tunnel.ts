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
  // ws takes no protocol name with a "/" in it: it is removed here, and added to the answer above.
  Reflect.deleteProperty(request.headers, 'sec-websocket-protocol');
  server.handleUpgrade(request, socket, head, (opened) => void new Tunnel(opened, addressOf));
}

export function closeTunnels(): void {
  for (const client of server.clients) client.terminate();
}

class Tunnel {
  readonly #socket: WebSocket;
  readonly #addressOf: AddressOf;
  readonly #codec = new SpdyCodec();
  /** By the request id that both streams of a connection name. */
  readonly #errorStreams = new Map<string, number>();
  readonly #connections = new Map<number, Socket>();

  constructor(socket: WebSocket, addressOf: AddressOf) {
    this.#socket = socket;
    this.#addressOf = addressOf;
    let turn = Promise.resolve();
    socket.on('message', (message: Buffer) => {
      // One message after the other, because the compression of headers depends on their order.
      turn = turn.then(() => this.#take(message)).catch(() => socket.terminate());
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      for (const connection of this.#connections.values()) connection.destroy();
      void turn.finally(() => this.#codec.close());
    });
  }

  async #take(message: Buffer): Promise<void> {
    for await (const frame of this.#codec.read(message)) {
      if (frame.is === 'ping') this.#send(pingFrame(frame.id));
      else if (frame.is === 'open') {
        this.#send(await this.#codec.reply(frame.stream));
        this.#open(frame.stream, frame.headers);
      } else if (frame.is === 'reset') this.#connections.get(frame.stream)?.destroy();
      else if (frame.is === 'data') {
        const connection = this.#connections.get(frame.stream);
        connection?.write(frame.data);
        if (frame.fin) connection?.end();
      }
    }
  }

  #open(stream: number, headers: ReadonlyMap<string, string>): void {
    const id = headers.get('requestid') ?? '';
    if (headers.get('streamtype') === 'error') {
      this.#errorStreams.set(id, stream);
      return;
    }
    const errors = this.#errorStreams.get(id);
    const port = Number(headers.get('port'));
    let over = false;
    const end = (text: string) => {
      if (over) return;
      over = true;
      this.#send(dataFrame(stream, Buffer.alloc(0), true));
      if (errors !== undefined) this.#send(dataFrame(errors, Buffer.from(text), true));
      this.#errorStreams.delete(id);
      this.#connections.delete(stream);
    };
    const address = this.#addressOf(port);
    if (!address) return end(`failed to connect to localhost:${port} inside the pod: connection refused`);
    const connection = connect(address);
    this.#connections.set(stream, connection);
    connection.on('data', (data: Buffer) => {
      this.#send(dataFrame(stream, data));
      if (this.#socket.bufferedAmount > 1024 * 1024) {
        connection.pause();
        // Resumes once what is waiting is with the kernel.
        this.#socket.ping(undefined, undefined, () => connection.resume());
      }
    });
    connection.on('error', ({message}) => end(`failed to connect to localhost:${port} inside the pod: ${message}`));
    connection.on('close', () => end(''));
  }

  #send(frame: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame);
  }
}
