// A port of this machine that leads to a port of a pod, for as long as it is held open.
import {createServer, type AddressInfo, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {badInput} from '../core/cause.ts';
import {codeOf, textOf} from './failure.ts';

export interface ForwardOptions {
  readonly openStream: (podName: string, port: number) => Promise<Duplex>;
  readonly pod: string;
  /** The pod's port. */
  readonly podPort: number;
  /** This machine's port; 0: any free one. */
  readonly localPort: number;
  /** Called when a connection is lost or cannot be made; the other connections, and the port, stay. */
  readonly onConnectionError?: (error: unknown) => void;
}

export interface Forward {
  readonly port: number;
  /** Ends every connection and gives the port back. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 only. Throws a UserError (BAD_INPUT) when the port is taken or may not be used. */
export async function forward({
  openStream,
  pod,
  podPort,
  localPort,
  onConnectionError,
}: ForwardOptions): Promise<Forward> {
  const open = new Set<Socket>();
  const server = createServer({noDelay: true}, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    openStream(pod, podPort).then(
      (stream) => join(socket, stream, (error) => onConnectionError?.(error)),
      (error: unknown) => {
        socket.destroy();
        onConnectionError?.(error);
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', (error) => reject(refusal(error, localPort)));
    server.listen(localPort, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/**
 * What either end sent last is passed on, then the other end closes too. There is no half-closed state: PostgreSQL
 * knows none, and Kubernetes' port-forward could not carry it to the pod.
 */
function join(socket: Socket, stream: Duplex, lost: (error: unknown) => void): void {
  stream.on('error', (error) => {
    lost(error);
    socket.destroy();
  });
  if (socket.destroyed) {
    stream.destroy();
    return;
  }
  socket.once('close', (failed) => {
    if (failed || stream.writableFinished || !stream.writableEnded) stream.destroy();
    else stream.once('finish', () => stream.destroy());
  });
  stream.once('close', () => (stream.readableEnded ? socket.destroySoon() : socket.destroy()));
  socket.pipe(stream);
  stream.pipe(socket);
}

function refusal(error: Error, port: number): Error {
  if (codeOf(error) === 'EADDRINUSE') {
    return badInput(`Port ${port} of this machine is in use. Name another with --forward, or 0 for any free one.`);
  }
  if (codeOf(error) === 'EACCES') {
    return badInput(
      `Port ${port} of this machine needs more rights than this user has. Name one from 1024 on with --forward.`,
    );
  }
  return badInput(`Port ${port} of this machine cannot be opened: ${textOf(error)}`);
}
