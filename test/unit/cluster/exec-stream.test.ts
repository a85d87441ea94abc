// A long output from a container: taken no faster than it is written, and never taken for whole when the connection
// broke off.
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {WebSocketServer, type WebSocket} from 'ws';
import {CredentialCache} from '../../../source/cluster/credential-cache.ts';
import type {Connection} from '../../../source/cluster/connect.ts';
import {streamFromPod} from '../../../source/cluster/exec-stream.ts';
import {waitFor} from '../../support/wait-for.ts';

let server: Server;
let connection: Connection;
let serve: (socket: WebSocket) => void;

const channel = (number: number, text: string | Buffer) => Buffer.concat([Buffer.from([number]), Buffer.from(text)]);
const success = channel(3, JSON.stringify({status: 'Success'}));

beforeEach(async () => {
  server = createServer();
  new WebSocketServer({server, handleProtocols: () => 'v5.channel.k8s.io'}).on('connection', (socket) => serve(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = new KubeConfig();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config.loadFromString(
    JSON.stringify({
      clusters: [{name: 'c', cluster: {server: url, 'insecure-skip-tls-verify': true}}],
      users: [{name: 'u', user: {}}],
      contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}],
      'current-context': 'c',
    }),
  );
  connection = {credentials: new CredentialCache(config)} as unknown as Connection;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function stream(onOutput: (chunk: Buffer) => Promise<void>, signal = new AbortController().signal) {
  return streamFromPod(connection, 'team-a', 'pod', 'postgresql', ['sh'], 'a line\n', {onOutput, signal});
}

describe('the end', () => {
  test('comes after all output was taken', async () => {
    serve = (socket) => {
      for (let index = 0; index < 100; index += 1) socket.send(channel(1, `${index}\n`));
      socket.send(channel(2, 'a warning'));
      socket.send(success);
      socket.close();
    };
    let taken = '';
    const end = await stream(async (chunk) => {
      await new Promise((resolve) => setImmediate(resolve));
      taken += chunk.toString();
    });
    expect(end).toEqual({exitCode: 0, stderr: 'a warning'});
    expect(taken.trim().split('\n')).toHaveLength(100);
  });

  test('a bad one has its code', async () => {
    serve = (socket) =>
      socket.send(
        channel(3, JSON.stringify({status: 'Failure', details: {causes: [{reason: 'ExitCode', message: '4'}]}})),
      );
    expect(await stream(async () => undefined)).toMatchObject({exitCode: 4});
  });

  test('without a code has the words of the cluster', async () => {
    serve = (socket) => socket.send(channel(3, JSON.stringify({status: 'Failure', message: 'container not found'})));
    expect(await stream(async () => undefined)).toEqual({exitCode: null, stderr: '\ncontainer not found'});
  });

  test.each<[string, (socket: WebSocket) => void]>([
    ['the connection is closed', (socket) => socket.close()],
    ['the connection breaks', (socket) => socket.terminate()],
  ])('never comes when %s', async (_, breakIt) => {
    serve = (socket) => socket.send(channel(1, 'half'), () => breakIt(socket));
    await expect(stream(async () => undefined)).rejects.toThrow('broke off');
  });

  test('the output cannot be written: the error is that', async () => {
    serve = (socket) => socket.send(channel(1, 'a row'));
    await expect(stream(() => Promise.reject(new Error('the disk is full')))).rejects.toThrow('the disk is full');
  });

  test('it is stopped', async () => {
    const stop = new AbortController();
    let closed = false;
    serve = (socket) => {
      socket.on('close', () => (closed = true));
      stop.abort(new Error('stopped'));
    };
    await expect(stream(async () => undefined, stop.signal)).rejects.toThrow('stopped');
    await waitFor(
      'the connection to be closed',
      () => closed,
      (seen) => seen,
    );
  });
});

test('a slow disk holds up the sender instead of filling the memory', async () => {
  const piece = Buffer.alloc(256 * 1024, 'x');
  const count = 400;
  let sent = 0;
  serve = (socket) => {
    const next = () => {
      if (sent === count) return socket.send(success);
      sent += 1;
      socket.send(channel(1, piece), next);
    };
    next();
  };
  let taken = 0;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const done = stream(async (chunk) => {
    await held;
    taken += chunk.length;
  });
  // What fits into buffers here and in the kernel, and no more: then the sender waits.
  let before = -1;
  await waitFor(
    'the sender to be held up',
    () => [before, (before = sent)],
    ([earlier, now]) => earlier === now && (now ?? 0) > 0,
    {everyMs: 300},
  );
  expect(sent).toBeLessThan(count / 2);
  release();
  expect(await done).toMatchObject({exitCode: 0});
  expect(taken).toBe(count * piece.length);
});
