// exec, attach and portforward over WebSocket, by the channels of v4 and v5.channel.k8s.io.
import {connect} from 'node:net';
import {PassThrough, Writable} from 'node:stream';
import type {WebSocket} from 'ws';
import type {ContainerName, PodRuntime} from '../../pod-runtime.ts';

const channel = {stdin: 0, stdout: 1, stderr: 2, error: 3} as const;
/** In v5 the byte that follows is the number of the stream that the client closed. */
const closeChannel = 255;
/** Bytes. A program that writes faster than the client reads waits once more than this is unsent. */
const largestBacklog = 1024 * 1024;

export function exec(socket: WebSocket, pods: PodRuntime, pod: ContainerName, query: URLSearchParams): void {
  const wants = (name: string) => ['true', '1'].includes(query.get(name) ?? '');
  const gone = new AbortController();
  const stdin = wants('stdin') ? new PassThrough() : null;
  socket.on('message', (data: Buffer) => {
    if (data[0] === channel.stdin) stdin?.write(data.subarray(1));
    else if (data[0] === closeChannel && data[1] === channel.stdin) stdin?.end();
  });
  socket.on('close', () => {
    gone.abort();
    stdin?.destroy();
  });
  socket.on('error', () => socket.terminate());
  const stdout = channelStream(socket, channel.stdout);
  const stderr = channelStream(socket, wants('tty') ? channel.stdout : channel.stderr);
  pods
    .exec(pod, query.getAll('command'), {stdin, stdout, stderr, signal: gone.signal})
    .then(
      (code) =>
        code === 0
          ? {metadata: {}, status: 'Success'}
          : failure('NonZeroExitCode', `command terminated with non-zero exit code: exit status ${code}`, [
              {reason: 'ExitCode', message: String(code)},
            ]),
      (error: unknown) => failure('InternalError', error instanceof Error ? error.message : String(error), []),
    )
    .then((status) => {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(Buffer.concat([Buffer.from([channel.error]), Buffer.from(JSON.stringify(status))]));
      socket.close(1000);
    })
    .catch(() => socket.terminate());
}

function failure(reason: string, message: string, causes: readonly object[]) {
  return {metadata: {}, status: 'Failure', reason, message, ...(causes.length > 0 ? {details: {causes}} : {code: 500})};
}

/** Attach sends what the main process writes from now on. The input of that process cannot be reached. */
export function attach(socket: WebSocket, pods: PodRuntime, pod: ContainerName): void {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  socket.on('error', () => socket.terminate());
  const began = new Date();
  void (async () => {
    for await (const {time, line} of pods.logs(pod, {follow: true, previous: false, signal: gone.signal})) {
      if (time >= began && socket.readyState === socket.OPEN)
        socket.send(Buffer.concat([Buffer.from([channel.stdout]), Buffer.from(`${line}\n`)]));
    }
    if (socket.readyState !== socket.OPEN) return;
    socket.send(
      Buffer.concat([Buffer.from([channel.error]), Buffer.from(JSON.stringify({metadata: {}, status: 'Success'}))]),
    );
    socket.close(1000);
  })().catch(() => socket.terminate());
}

/**
 * client-node's port-forward: each port has a channel for data and one for errors, and each channel begins with the
 * port's two bytes.
 */
export function portForward(
  socket: WebSocket,
  pods: PodRuntime,
  pod: {namespace: string; name: string},
  query: URLSearchParams,
): void {
  const ports = query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number);
  const connections = ports.map((port, index) => {
    const [data, error] = [index * 2, index * 2 + 1];
    const opening = Buffer.from([0, port & 0xff, port >> 8]);
    for (const number of [data, error]) socket.send(Buffer.concat([Buffer.from([number]), opening.subarray(1)]));
    const address = pods.address(pod, port);
    const refuse = (text: string) =>
      socket.readyState === socket.OPEN && socket.send(Buffer.concat([Buffer.from([error]), Buffer.from(text)]));
    if (!address) {
      refuse(`error forwarding port ${port} to pod ${pod.name}: connection refused`);
      socket.close(1000);
      return null;
    }
    const connection = connect(address);
    connection.pipe(channelStream(socket, data));
    connection.on('error', ({message}) => refuse(`error forwarding port ${port} to pod ${pod.name}: ${message}`));
    connection.on('close', () => socket.close(1000));
    return connection;
  });
  socket.on('message', (message: Buffer) => {
    const number = message[0] ?? closeChannel;
    if (number % 2 === 0) connections[number / 2]?.write(message.subarray(1));
    else if (number === closeChannel && (message[1] ?? 1) % 2 === 0) connections[(message[1] ?? 0) / 2]?.end();
  });
  socket.on('close', () => connections.forEach((connection) => connection?.destroy()));
  socket.on('error', () => socket.terminate());
}

function channelStream(socket: WebSocket, number: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (socket.readyState !== socket.OPEN) return done();
      socket.send(Buffer.concat([Buffer.from([number]), chunk]), () => {
        if (socket.bufferedAmount < largestBacklog) return done();
        // ws calls back once this part is with the kernel; the rest drains in the meantime.
        setImmediate(done);
      });
    },
  });
}
