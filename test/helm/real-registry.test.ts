// A registry as people run it (CNCF Distribution) and a chart repository with TLS, both with a certificate of an
// authority of their own and a password. Where Debian's `docker-registry` is installed all of it is tried with one
// helm, elsewhere the repository alone; where PGHI_REGISTRY names the registry's program, all of it with both helms.
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:https';
import {connect, createServer as createListener, type AddressInfo} from 'node:net';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {CauseCode, UserError} from '../../source/core/cause.ts';
import {resolveChart} from '../../source/helm/chart-source.ts';
import {run} from '../../source/helm/run.ts';
import {createAuthority, createServerCertificate} from '../../source/cluster/create-certificate.ts';
import {waitFor} from '../support/wait-for.ts';
import {folder, noRealHelm, realHelms, tinyChart} from './support.ts';

const {PGHI_REGISTRY: registryGiven = ''} = process.env;
const debianRegistry = '/usr/bin/docker-registry';
const registryProgram = registryGiven === '' && existsSync(debianRegistry) ? debianRegistry : registryGiven;
const version = '16.7.26';
const user = 'operator';
/** A test vector of bcrypt's authors (openwall crypt_blowfish). */
const password = 'U*U';
const hash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';

/** An authority nobody knows, and a server's certificate of it for the loopback interface. */
async function certificates() {
  const authority = await createAuthority('test authority', Date.now());
  const names = {dns: ['localhost'], ips: ['127.0.0.1']};
  const server = await createServerCertificate('registry', names, authority, Date.now());
  const at = folder();
  const files = {authority: join(at, 'ca.crt'), certificate: join(at, 'tls.crt'), key: join(at, 'tls.key')};
  writeFileSync(files.authority, authority.certificate);
  writeFileSync(files.certificate, server.certificate);
  writeFileSync(files.key, server.key);
  return files;
}

async function freePort(): Promise<number> {
  const server = createListener();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const {port} = server.address() as AddressInfo;
  await new Promise<void>((closed) => server.close(() => closed()));
  return port;
}

/** A registry process; `stop` ends it before the test does. */
async function startRegistry({tls, isPrivate}: {tls: {certificate: string; key: string} | null; isPrivate: boolean}) {
  const at = folder();
  const port = await freePort();
  writeFileSync(join(at, 'htpasswd'), `${user}:${hash}\n`);
  const config = {
    version: 0.1,
    log: {level: 'error'},
    storage: {filesystem: {rootdirectory: join(at, 'data')}},
    http: {addr: `127.0.0.1:${port}`, ...(tls ? {tls} : {})},
    ...(isPrivate ? {auth: {htpasswd: {realm: 'registry', path: join(at, 'htpasswd')}}} : {}),
  };
  writeFileSync(join(at, 'config.yml'), JSON.stringify(config));
  const child = spawn(registryProgram, ['serve', join(at, 'config.yml')], {
    env: {PATH: process.env['PATH'], HOME: at, OTEL_TRACES_EXPORTER: 'none'},
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(stop);
  await waitFor(
    'the registry listening',
    async () => ({said, listens: await listensAt(port), code: child.exitCode}),
    ({listens}) => listens,
    {deadlineMs: 20_000, everyMs: 50},
  );
  return {host: `127.0.0.1:${port}`, stop};
}

function listensAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const refused = (code: CauseCode, message: RegExp): unknown =>
  expect.objectContaining({reason: expect.objectContaining({code, message: expect.stringMatching(message)})});

describe.skipIf(noRealHelm).each(registryGiven === '' ? realHelms.slice(-1) : realHelms)('helm $line', ({program}) => {
  /** A home of its own, and helm in it. */
  function operator(extra: Readonly<Record<string, string>> = {}) {
    const home = folder();
    const environment: Record<string, string | undefined> = {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_CACHE_HOME: join(home, 'cache'),
      HELM_CONFIG_HOME: join(home, 'helm'),
      HELM_CACHE_HOME: join(home, 'helm-cache'),
      ...extra,
    };
    const helm = async (args: readonly string[], input?: string) => {
      const result = await run({path: program.path, args, environment, ...(input === undefined ? {} : {input})});
      expect(result, `helm ${args.join(' ')}`).toMatchObject({exitCode: 0});
    };
    return {environment, helm};
  }

  /** The tiny chart as an archive; `about` makes another one of the same version. */
  async function packed(about = ''): Promise<string> {
    const into = folder();
    const chart = join(into, 'postgresql');
    await run({path: '/bin/cp', args: ['-r', tinyChart, chart], environment: {PATH: process.env['PATH']}});
    if (about !== '') writeFileSync(join(chart, 'templates', 'NOTES.txt'), about);
    await operator().helm(['package', chart, '--destination', into]);
    return join(into, `postgresql-${version}.tgz`);
  }

  describe.skipIf(registryProgram === '')('with a registry process', () => {
    test('a path of a mirror: pulled once, used offline; another chart of that version is refused', async () => {
      const {host, stop} = await startRegistry({tls: null, isPrivate: false});
      const {environment, helm} = operator();
      const push = async (chart: string) => helm(['push', chart, `oci://${host}/mirror/team-a/charts`, '--plain-http']);
      await push(await packed());
      const request = {source: `oci://${host}/mirror/team-a/charts/postgresql`, version, program, environment};
      const first = await resolveChart(request);
      expect(first).toMatchObject({name: 'postgresql', version, source: request.source});
      await expect(resolveChart({...request, version: '16.7.27'})).rejects.toEqual(
        refused('CHART_NOT_FOUND', /does not have version 16\.7\.27/),
      );
      // Somebody publishes another chart under that version: what was pulled goes on being used.
      await push(await packed('another one'));
      expect(await resolveChart(request)).toEqual(first);
      rmSync(first.path);
      await expect(resolveChart(request)).rejects.toEqual(refused('CHART_REJECTED', /another chart than the one/));
      expect(existsSync(first.path)).toBe(false);
      // It is as before again, and then the registry is away.
      await push(await packed());
      rmSync(`${first.path}.sha256`);
      expect(await resolveChart(request)).toEqual(first);
      await stop();
      expect(await resolveChart(request)).toEqual(first);
    });

    test('a certificate of its own authority, and a password that `helm registry login` keeps', async () => {
      const tls = await certificates();
      const {host} = await startRegistry({tls, isPrivate: true});
      const source = `oci://${host}/charts/postgresql`;
      const stranger = operator();
      await expect(resolveChart({source, version, program, environment: stranger.environment})).rejects.toEqual(
        refused('CHART_NOT_FOUND', /its certificate is not one that this machine trusts/),
      );
      const {environment, helm} = operator({NODE_EXTRA_CA_CERTS: tls.authority});
      await expect(resolveChart({source, version, program, environment})).rejects.toEqual(
        refused('CHART_FORBIDDEN', /does not give version 16\.7\.26/),
      );
      const trusting = ['--ca-file', tls.authority];
      await helm(['registry', 'login', host, '--username', user, '--password-stdin', ...trusting], password);
      await helm(['push', await packed(), `oci://${host}/charts`, ...trusting]);
      expect(await resolveChart({source, version, program, environment})).toMatchObject({version, source});
    });
  });

  test('an https repository with a certificate of its own authority, and a password', async () => {
    const tls = await certificates();
    const site = folder();
    const tgz = await packed();
    mkdirSync(join(site, 'stable'));
    await run({path: '/bin/cp', args: [tgz, join(site, 'stable')], environment: {PATH: process.env['PATH']}});
    const plain = operator();
    await plain.helm(['repo', 'index', join(site, 'stable')]);
    const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    let requests = 0;
    const server = createServer(
      {cert: readFileSync(tls.certificate), key: readFileSync(tls.key)},
      ({url = '', headers}, response) => {
        requests += 1;
        const file = join(site, url);
        if (url.startsWith('/private/') && headers.authorization !== basic)
          return void response.writeHead(401, {'www-authenticate': 'Basic realm="charts"'}).end();
        const served = file.replace('/private/', '/stable/');
        return existsSync(served) ? void response.end(readFileSync(served)) : void response.writeHead(404).end();
      },
    );
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const at = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(
      resolveChart({source: `${at}/stable`, version, program, environment: plain.environment}),
    ).rejects.toEqual(refused('CHART_NOT_FOUND', /its certificate is not one that this machine trusts/));

    const {environment, helm} = operator({NODE_EXTRA_CA_CERTS: tls.authority});
    for (const source of [`${at}/stable`, `${at}/stable/postgresql-${version}.tgz`]) {
      const first = await resolveChart({source, version, program, environment});
      expect(first).toMatchObject({version, source});
      const before = requests;
      expect(await resolveChart({source, version, program, environment})).toEqual(first);
      expect(requests).toBe(before);
    }

    const source = `${at}/private`;
    const refusal = await resolveChart({source, version, program, environment}).catch(
      (error: unknown) => (error as UserError).reason,
    );
    expect(refusal).toMatchObject({
      code: 'CHART_FORBIDDEN',
      remedies: expect.arrayContaining([{title: expect.stringContaining(`helm repo add NAME ${source} --username`)}]),
    });
    const login = ['--username', user, '--password-stdin', '--ca-file', tls.authority];
    await helm(['repo', 'add', 'company', source, ...login], password);
    expect(await resolveChart({source, version, program, environment})).toMatchObject({version, source});
  });
});
