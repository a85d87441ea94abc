// A port of this machine that leads to another one, chosen for each connection.
import {connect, createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import type {Address} from '../parts.ts';

interface Target extends Address {
  /** The address that the other side sees us come from. */
  readonly from?: string;
}

export interface Proxy extends Address {
  /** Takes no new connections; those that are open stay. */
  stop(): void;
  /** Ends the connections too. */
  close(): void;
}

/** Where `next` gives null, the connection is closed at once. @throws what listen throws, EADDRINUSE above all */
export async function openProxy(at: Address, next: () => Target | null): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({allowHalfOpen: true, pauseOnConnect: true}, (client) => {
    const target = next();
    if (!target) return void client.destroy();
    const upstream = connect({
      host: target.host,
      port: target.port,
      allowHalfOpen: true,
      ...(target.from ? {localAddress: target.from} : {}),
    });
    join(client, upstream);
    // What the client says waits until the other side is connected.
    upstream.once('connect', () => client.resume());
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen({host: at.host, port: at.port, exclusive: true}, resolve),
  );
  return {
    host: at.host,
    port: (server.address() as AddressInfo).port,
    stop: () => void server.close(),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };

  function join(client: Socket, upstream: Socket): void {
    const both = [client, upstream];
    for (const [index, socket] of both.entries()) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        both[1 - index]?.destroy();
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
    client.pause();
  }
}
