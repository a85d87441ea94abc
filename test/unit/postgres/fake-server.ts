// The first words of PostgreSQL's protocol, enough to be refused, kept waiting or answered. PostgreSQL manual, chapter
// 55.
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {TLSSocket} from 'node:tls';
import {certificate, key} from './certificate.ts';

export interface Behaviour {
  /** `silent` never answers the request for TLS; `close` ends the connection at once. */
  readonly tls?: 'no' | 'yes' | 'broken' | 'silent' | 'close';
  /** What follows the password; a connection with `only: 'plain'` is refused over TLS, as pg_hba.conf can. */
  readonly refuse?: {readonly code: string; readonly message: string; readonly only?: 'tls'};
  /** By a piece of the query: rows of text values with their columns; 'silent' never answers. */
  readonly answers?: readonly (readonly [string, Answer])[];
}
type Answer =
  | 'silent'
  | {readonly columns: readonly (readonly [string, number])[]; readonly rows: readonly (readonly (string | null)[])[]};

export interface FakeServer {
  readonly port: number;
  /** In order: `connect`, `tls`, `startup <user>/<database>`, `password <text>`, `query`, `goodbye`, `closed`. */
  readonly seen: string[];
  /** Resolves when as many connections have been closed. */
  closed(connections: number): Promise<void>;
  stop(): Promise<void>;
}

const sslRequest = 80877103;

/** `port` 0: a free one. */
export async function fakeServer(behaviour: Behaviour = {}, port = 0): Promise<FakeServer> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const waiting: {connections: number; resolve: () => void}[] = [];
  let closings = 0;
  const server = createServer((socket) => {
    seen.push('connect');
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      seen.push('closed');
      closings += 1;
      for (const {connections, resolve} of waiting) if (closings >= connections) resolve();
    });
    if (behaviour.tls === 'close') socket.destroy();
    else converse(socket, false, behaviour, seen);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    closed: (connections) =>
      new Promise((resolve) => (closings >= connections ? resolve() : waiting.push({connections, resolve}))),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function converse(socket: Socket, encrypted: boolean, behaviour: Behaviour, seen: string[]): void {
  let buffer = Buffer.alloc(0);
  let started = false;
  const onData = (data: Buffer) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      const head = started ? 1 : 0;
      if (buffer.length < head + 4) return;
      const length = head + buffer.readInt32BE(head);
      if (buffer.length < length) return;
      const type = started ? String.fromCharCode(buffer.readUInt8(0)) : 'start';
      const body = buffer.subarray(head + 4, length);
      buffer = buffer.subarray(length);
      if (type === 'start' && body.readInt32BE(0) === sslRequest) {
        if (behaviour.tls === 'silent') return;
        if (behaviour.tls === 'broken') socket.end('Snonsense, not a handshake');
        else if (behaviour.tls === 'yes') {
          socket.off('data', onData);
          socket.write('S');
          seen.push('tls');
          const secure = new TLSSocket(socket, {isServer: true, key, cert: certificate});
          secure.on('error', () => undefined);
          converse(secure, true, behaviour, seen);
          return;
        } else socket.write('N');
      } else if (type === 'start') {
        started = true;
        const words = body.subarray(4).toString().split('\0');
        const said = (name: string) => words[words.indexOf(name) + 1];
        seen.push(`startup ${said('user')}/${said('database')}`);
        socket.write(message('R', int32(3)));
      } else if (type === 'p') {
        seen.push(`password ${text(body)}`);
        const {refuse} = behaviour;
        if (refuse && (refuse.only !== 'tls' || encrypted)) socket.end(failure(refuse));
        else socket.write(Buffer.concat([message('R', int32(0)), ready]));
      } else if (type === 'Q') {
        seen.push('query');
        const query = text(body);
        const answer = behaviour.answers?.find(([piece]) => query.includes(piece))?.[1];
        if (answer !== 'silent')
          socket.write(Buffer.concat([answer ? rows(answer) : failure({code: '42601', message: 'syntax'}), ready]));
      } else if (type === 'X') {
        seen.push('goodbye');
        socket.end();
      }
    }
  };
  socket.on('data', onData);
}

const int16 = (value: number) => Buffer.from([value >> 8, value & 255]);
function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
const cstring = (value: string) => Buffer.from(`${value}\0`);
const text = (body: Buffer) => body.subarray(0, -1).toString();
const message = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};
const ready = message('Z', Buffer.from('I'));
const failure = ({code, message: words}: {code: string; message: string}) =>
  message('E', cstring('SFATAL'), cstring('VFATAL'), cstring(`C${code}`), cstring(`M${words}`), Buffer.from([0]));

function rows(answer: Exclude<Answer, 'silent'>): Buffer {
  const columns = answer.columns.map(([name, type]) =>
    Buffer.concat([cstring(name), int32(0), int16(0), int32(type), int16(1), int32(-1), int16(0)]),
  );
  const data = answer.rows.map((row) =>
    message(
      'D',
      int16(row.length),
      ...row.map((value) =>
        value === null ? int32(-1) : Buffer.concat([int32(Buffer.byteLength(value)), Buffer.from(value)]),
      ),
    ),
  );
  return Buffer.concat([
    message('T', int16(columns.length), ...columns),
    ...data,
    message('C', cstring(`SELECT ${data.length}`)),
  ]);
}
