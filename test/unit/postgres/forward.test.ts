import {connect, createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {once} from 'node:events';
import {Duplex, PassThrough} from 'node:stream';
import {afterEach, expect, test} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {forward, type Forward, type ForwardOptions} from '../../../source/postgres/forward.ts';

const open: Forward[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((forwarded) => forwarded.close()));
  for (const server of servers.splice(0)) server.close();
});

/** Every stream says what it hears again; `streams` lets a test break one. */
async function echoing(more: Partial<ForwardOptions> = {}) {
  const streams: Duplex[] = [];
  const asked: string[] = [];
  const forwarded = await forward({
    openStream: (pod, port) => {
      asked.push(`${pod}:${port}`);
      const stream = new PassThrough();
      streams.push(stream);
      return Promise.resolve(stream);
    },
    pod: 'orders-postgresql-primary-0',
    podPort: 5432,
    localPort: 0,
    ...more,
  });
  open.push(forwarded);
  return {...forwarded, streams, asked};
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function echoOf(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  let heard = '';
  while (heard.length < text.length) {
    const [data] = (await once(socket, 'data')) as [Buffer];
    heard += data.toString();
  }
  return heard;
}

test('each connection has a stream of its own to the pod', async () => {
  const {port, asked} = await echoing();
  const [one, two] = [await client(port), await client(port)];
  expect(await Promise.all([echoOf(one, 'first'), echoOf(two, 'second')])).toEqual(['first', 'second']);
  expect(asked).toEqual(['orders-postgresql-primary-0:5432', 'orders-postgresql-primary-0:5432']);
  one.destroy();
  two.destroy();
});

test('large answers arrive whole before the end does', async () => {
  const answer = Buffer.alloc(30_000_000, 'x');
  // Ends and closes in the same breath, long before the client has read it all.
  const openStream = () => {
    const stream: Duplex = new Duplex({
      read: () => undefined,
      write(_chunk, _encoding, done) {
        stream.push(answer);
        stream.push(null);
        stream.end();
        done();
      },
    });
    return Promise.resolve(stream);
  };
  const {port} = await echoing({openStream});
  const socket = await client(port);
  socket.write('go');
  let heard = 0;
  socket.on('data', (data: Buffer) => (heard += data.length));
  await once(socket, 'close');
  expect(heard).toBe(answer.length);
});

test('a stream that breaks takes its own connection and no other', async () => {
  const lost: unknown[] = [];
  const {port, streams} = await echoing({onConnectionError: (error) => lost.push(error)});
  const [one, two] = [await client(port), await client(port)];
  await echoOf(one, 'x');
  await echoOf(two, 'x');
  const reason = new Error('lost connection to pod');
  const closed = once(one, 'close');
  streams[0]?.destroy(reason);
  await closed;
  expect(lost).toEqual([reason]);
  expect(await echoOf(two, 'still here')).toBe('still here');
  expect(await echoOf(await client(port), 'and new ones')).toBe('and new ones');
});

test('a stream that cannot be opened closes that connection and is reported', async () => {
  const lost: unknown[] = [];
  const reason = new Error('pod not found');
  const {port} = await echoing({
    openStream: () => Promise.reject(reason),
    onConnectionError: (error) => lost.push(error),
  });
  await once(await client(port), 'close');
  expect(lost).toEqual([reason]);
});

test('a client that leaves takes its stream along', async () => {
  const {port, streams} = await echoing();
  const socket = await client(port);
  await echoOf(socket, 'x');
  const [stream] = streams;
  if (!stream) throw new Error('no stream was opened');
  const closed = once(stream, 'close');
  socket.end();
  await closed;
});

test('closing ends connections and their streams', async () => {
  const {port, close, streams} = await echoing();
  const socket = await client(port);
  await echoOf(socket, 'x');
  const [stream] = streams;
  if (!stream) throw new Error('no stream was opened');
  const gone = Promise.all([once(socket, 'close'), once(stream, 'close')]);
  await close();
  await gone;
});

test('closing ends streams that come too late, and gives the port back', async () => {
  const late = new PassThrough();
  let deliver: (stream: Duplex) => void = () => undefined;
  let requested: () => void = () => undefined;
  const request = new Promise<void>((resolve) => (requested = resolve));
  const {port, close} = await echoing({
    openStream: () =>
      new Promise((resolve) => {
        deliver = resolve;
        requested();
      }),
  });
  const socket = await client(port);
  const gone = once(socket, 'close');
  await request;
  await close();
  await gone;
  const closed = once(late, 'close');
  deliver(late);
  await closed;
  await expect(client(port)).rejects.toMatchObject({code: 'ECONNREFUSED'});
});

test('the port is on the loopback only, and one that is taken is refused with what to do', async () => {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  const refused = echoing({localPort: port});
  await expect(refused).rejects.toBeInstanceOf(UserError);
  await expect(refused).rejects.toMatchObject({
    reason: {code: 'BAD_INPUT', message: expect.stringMatching(`Port ${port}.*--forward`)},
  });
});
