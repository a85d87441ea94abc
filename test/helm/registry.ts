// A tiny OCI registry on the loopback interface, which serves one chart and refuses the rest in the ways registries do.
import {createHash} from 'node:crypto';
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';

interface Registry {
  readonly host: string;
  /** Requests so far. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

/** What the first part of the path asks for. */
const refusals: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  private: [401, 'UNAUTHORIZED', 'authentication required'],
  denied: [403, 'DENIED', 'requested access to the resource is denied'],
  limited: [429, 'TOOMANYREQUESTS', 'You have reached your unauthenticated pull rate limit'],
};

/**
 * Serves `tgz` as `oci://HOST/ok/postgresql`, version 16.7.26; below `hub` too, to whoever fetches an anonymous token
 * first. Closed when the test ends.
 */
export async function registry(tgz: Buffer): Promise<Registry> {
  const digest = (data: Buffer) => `sha256:${createHash('sha256').update(data).digest('hex')}`;
  const config = Buffer.from('{"name":"postgresql","version":"16.7.26","apiVersion":"v2"}');
  const blob = (mediaType: string, data: Buffer) => ({mediaType, digest: digest(data), size: data.length});
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: blob('application/vnd.cncf.helm.config.v1+json', config),
      layers: [blob('application/vnd.cncf.helm.chart.content.v1.tar+gzip', tgz)],
    }),
  );
  const blobs = new Map([config, tgz, manifest].map((data) => [digest(data), data]));

  const answer = (url: string, host: string, known: boolean, response: ServerResponse, head: boolean) => {
    if (url.startsWith('/token')) return response.end('{"token":"anybody"}');
    const [, kind = ''] = /^\/v2\/([^/]+)\//.exec(url) ?? [];
    const [, sort, reference = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    if (kind === 'hub' && !known) {
      response.writeHead(401, {
        'www-authenticate':
          `Bearer realm="http://${host}/token",service="${host}",` + 'scope="repository:hub/postgresql:pull"',
      });
      return response.end();
    }
    const refusal = refusals[kind] ?? ([404, 'MANIFEST_UNKNOWN', 'manifest unknown'] as const);
    const data =
      kind !== 'ok' && kind !== 'hub' ? undefined : reference === '16.7.26' ? manifest : blobs.get(reference);
    if (!data) {
      response.writeHead(refusal[0], {
        'content-type': 'application/json',
        ...(refusal[0] === 401 && {'www-authenticate': 'Basic realm="registry"'}),
      });
      return response.end(JSON.stringify({errors: [{code: refusal[1], message: refusal[2]}]}));
    }
    const type = sort === 'manifests' ? manifestType : 'application/octet-stream';
    response.writeHead(200, {
      'content-type': type,
      'content-length': data.length,
      'docker-content-digest': digest(data),
    });
    return response.end(head ? undefined : data);
  };

  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const {authorization, host = ''} = request.headers;
    answer(request.url ?? '', host, authorization === 'Bearer anybody', response, request.method === 'HEAD');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  onTestFinished(close);
  return {host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => requests, close};
}
