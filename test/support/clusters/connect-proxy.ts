// A proxy as companies have it: it knows CONNECT alone, resolves the names itself, and counts what goes through it.
import {createServer} from 'node:http';
import {connect, type AddressInfo, type Socket} from 'node:net';

export interface ConnectProxy {
  readonly url: string;
  /** The authorities that were asked for, in order, such as `api.example.test:6443`. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** @param to the port on loopback to which every name leads */
export async function connectProxy(to: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((_request, response) => {
    response.writeHead(405).end('This proxy knows CONNECT alone.');
  });
  server.on('connect', ({url = ''}, client: Socket, head: Buffer) => {
    asked.push(url);
    const upstream = connect(to, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((stopped) => {
        for (const socket of open) socket.destroy();
        server.close(() => stopped());
      }),
  };
}
