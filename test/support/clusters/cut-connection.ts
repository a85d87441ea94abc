// A proxy to the API server with a switch: turned off, it breaks connections off and takes no new ones.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {kubectl} from './namespace.ts';

interface CutConnection {
  /** A kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  off(): void;
  on(): void;
  close(): void;
}

interface Config {
  readonly clusters: readonly {readonly name: string; readonly cluster: {readonly server: string}}[];
}

export async function cutConnection(): Promise<CutConnection> {
  const config = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'])) as Config;
  const server = new URL(config.clusters[0]?.cluster.server ?? '');
  const sockets = new Set<Socket>();
  let isOff = false;
  const proxy = createServer((client) => {
    if (isOff) return void client.resetAndDestroy();
    const api = connect(Number(server.port), server.hostname);
    for (const socket of [client, api]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => (sockets.delete(socket), client.destroy(), api.destroy()));
    }
    client.pipe(api).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'pghi-cut-')), 'config');
  const cluster = {
    server: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    'insecure-skip-tls-verify': true,
  };
  writeFileSync(kubeconfig, JSON.stringify({...config, clusters: config.clusters.map(({name}) => ({name, cluster}))}), {
    mode: 0o600,
  });
  const cut = () => sockets.forEach((socket) => socket.resetAndDestroy());
  return {
    kubeconfig,
    off: () => {
      isOff = true;
      cut();
    },
    on: () => (isOff = false),
    close: () => {
      cut();
      proxy.close();
    },
  };
}
