import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {CauseCode, UserError} from '../../source/core/cause.ts';
import {cachedChart, chartCacheFolder, keepChart} from '../../source/helm/chart-cache.ts';
import {resolveChart} from '../../source/helm/chart-source.ts';
import {isLoopback} from '../../source/helm/pull-chart.ts';
import {run} from '../../source/helm/run.ts';
import {registry} from './registry.ts';
import {folder, noRealHelm, realHelms, script, tinyChart} from './support.ts';

const version = '16.7.26';
const noProgram = {path: '/nowhere/helm', version: '3.18.0', major: 3} as const;

function home(): Record<string, string | undefined> {
  const dir = folder();
  return {PATH: process.env['PATH'], HOME: dir, XDG_CACHE_HOME: join(dir, 'cache')};
}

/** A folder like the tiny chart, but for its Chart.yaml. */
function chartFolder(chartFile: string): string {
  const path = join(folder(), 'chart');
  cpSync(tinyChart, path, {recursive: true});
  writeFileSync(join(path, 'Chart.yaml'), chartFile);
  return path;
}

const refused = (code: CauseCode, message: RegExp): unknown =>
  expect.objectContaining({reason: expect.objectContaining({code, message: expect.stringMatching(message)})});

describe('a folder', () => {
  const request = (source: string, wanted: string | null = null) =>
    resolveChart({source, version: wanted, program: noProgram, environment: home()});

  test('is read without helm', async () => {
    expect(await request(tinyChart, version)).toEqual({
      path: tinyChart,
      name: 'postgresql',
      version,
      appVersion: '17.6.0',
      source: tinyChart,
    });
  });

  test('may be given relative to the current directory', async () => {
    expect((await request('test/helm/charts/tiny')).path).toBe(join(process.cwd(), 'test/helm/charts/tiny'));
  });

  test('with numbers for versions', async () => {
    expect(await request(chartFolder('name: postgresql\nversion: "1.0.0"\nappVersion: 17\n'))).toMatchObject({
      version: '1.0.0',
      appVersion: '17',
    });
  });

  test('of another version than asked for: both are named', async () => {
    await expect(request(tinyChart, '16.7.27')).rejects.toEqual(
      refused('CHART_NOT_FOUND', /16\.7\.27 .* is 16\.7\.26/),
    );
  });

  test.each<[string, string, CauseCode, RegExp]>([
    ['of another chart', 'name: postgresql-ha\nversion: 1.0.0\n', 'CHART_REJECTED', /the chart "postgresql-ha"/],
    ['with a broken Chart.yaml', 'name: [', 'CHART_REJECTED', /not YAML/],
    ['with an empty Chart.yaml', '', 'CHART_REJECTED', /no name and version/],
  ])('%s is refused', async (_, chartFile, code, message) => {
    await expect(request(chartFolder(chartFile))).rejects.toEqual(refused(code, message));
  });

  test('without a chart, and no folder at all', async () => {
    await expect(request(folder())).rejects.toEqual(refused('CHART_NOT_FOUND', /holds no chart/));
    await expect(request(join(folder(), 'nope'))).rejects.toEqual(refused('CHART_NOT_FOUND', /nothing at .*nope/));
  });
});

test.each<[string, string | null, RegExp]>([
  ['ftp://charts.example/postgresql.tgz', version, /neither a path nor an oci:\/\/ or https/],
  ['http://charts.example/stable', version, /would come from charts\.example without TLS/],
  ['https://user:hunter2@charts.example/stable', version, /^The address of the chart holds credentials/],
  ['https://charts.example/stable', null, /exact version .* not none/],
  ['oci://user:hunter2@registry.example/postgresql', version, /^The address of the chart holds credentials/],
  ['oci://registry.example/postgresql:16.7.26', version, /tag or digest/],
  ['oci://registry.example', version, /not an address/],
  ['oci://registry.example/postgresql', null, /exact version .* not none/],
  ['oci://registry.example/postgresql', '^16', /exact version .* not "\^16"/],
])('%s %s is no source', async (source, wanted, message) => {
  await expect(resolveChart({source, version: wanted, program: noProgram, environment: home()})).rejects.toEqual(
    refused('BAD_INPUT', message),
  );
});

test.each([
  ['127.0.0.1:5000', true],
  ['localhost', true],
  ['[::1]:5000', true],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com:80', false],
  ['registry.example.com', false],
])('%s is on the loopback interface: %s', (host, is) => expect(isLoopback(host)).toBe(is));

describe('the cache', () => {
  test('is where XDG says, when it says an absolute path', () => {
    expect(chartCacheFolder({XDG_CACHE_HOME: '/c'})).toBe('/c/pg-helm-install/charts');
    expect(chartCacheFolder({XDG_CACHE_HOME: 'c'})).toMatch(/\/\.cache\/pg-helm-install\/charts$/);
  });

  test('tells sources and versions apart', () => {
    const files = [
      cachedChart('/c', 'oci://a/postgresql', '1.0.0'),
      cachedChart('/c', 'oci://b/postgresql', '1.0.0'),
      cachedChart('/c', 'oci://a/postgresql', '1.0.1'),
    ];
    expect(new Set(files).size).toBe(3);
  });

  test('holds nothing of a pull that failed or is under way', async () => {
    const dir = join(folder(), 'charts');
    const file = join(dir, 'a.tgz');
    const failing = keepChart(file, dir, async (into) => {
      writeFileSync(join(into, 'a.tgz'), 'half');
      expect(existsSync(file)).toBe(false);
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect(readdirSync(dir)).toEqual([]);
  });

  test('loses what killed runs left, but nothing of a run at work', async () => {
    const dir = folder();
    for (const name of ['.pull-old', '.pull-new']) mkdirSync(join(dir, name));
    utimesSync(join(dir, '.pull-old'), new Date(0), new Date(0));
    await keepChart(join(dir, 'a.tgz'), dir, async (into) => writeFileSync(join(into, 'x.tgz'), 'whole'));
    expect(readdirSync(dir).sort()).toEqual(['.pull-new', 'a.tgz']);
  });

  test('that cannot be written: the chart is kept elsewhere', async () => {
    const notAFolder = join(folder(), 'file');
    writeFileSync(notAFolder, '');
    const path = await keepChart(join(notAFolder, 'a.tgz'), notAFolder, async (into) =>
      writeFileSync(join(into, 'x.tgz'), 'whole'),
    );
    expect(readFileSync(path, 'utf8')).toBe('whole');
  });
});

describe.skipIf(noRealHelm).each(realHelms)('real helm $line (only fetched on Linux)', ({program}) => {
  async function packed(): Promise<string> {
    const into = folder();
    const {stderr, exitCode} = await run({
      path: program.path,
      args: ['package', tinyChart, '--destination', into],
      environment: home(),
    });
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0});
    return join(into, 'postgresql-16.7.26.tgz');
  }
  const serve = async () => registry(readFileSync(await packed()));

  test('a .tgz', async () => {
    const path = await packed();
    expect(await resolveChart({source: path, version: null, program, environment: home()})).toEqual({
      path,
      name: 'postgresql',
      version,
      appVersion: '17.6.0',
      source: path,
    });
  });

  test('a .tgz that is none', async () => {
    const path = join(folder(), 'chart.tgz');
    writeFileSync(path, 'no');
    await expect(resolveChart({source: path, version: null, program, environment: home()})).rejects.toEqual(
      refused('CHART_REJECTED', /cannot be read as a chart/),
    );
  });

  test('from a registry it is pulled once; afterwards no network is needed', async () => {
    const server = await serve();
    const environment = home();
    const request = {source: `oci://${server.host}/ok/postgresql`, version, program, environment};
    const first = await resolveChart(request);
    expect(first).toEqual({
      path: cachedChart(chartCacheFolder(environment), request.source, version),
      name: 'postgresql',
      version,
      appVersion: '17.6.0',
      source: request.source,
    });
    expect(server.requests()).toBeGreaterThan(0);
    await server.close();
    expect(await resolveChart(request)).toEqual(first);
  });

  test('a spoiled file of the cache is pulled again', async () => {
    const server = await serve();
    const request = {source: `oci://${server.host}/ok/postgresql`, version, program, environment: home()};
    const {path} = await resolveChart(request);
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    expect(await resolveChart(request)).toMatchObject({path, version});
  });

  test('another chart under the version that was pulled before is refused, and not kept', async () => {
    const server = await serve();
    const request = {source: `oci://${server.host}/ok/postgresql`, version, program, environment: home()};
    const {path} = await resolveChart(request);
    const [digest] = readFileSync(`${path}.sha256`, 'utf8').split('\n');
    // As if the registry had had another one when it was first asked.
    writeFileSync(`${path}.sha256`, `${'0'.repeat(64)}\n`);
    const refusal = await resolveChart(request).catch((error: unknown) => (error as UserError).reason);
    expect(refusal).toMatchObject({
      code: 'CHART_REJECTED',
      message: expect.stringMatching(/another chart than the one that was pulled before/),
      evidence: [`sha256 before: ${'0'.repeat(64)}`, `sha256 now: ${digest}`],
    });
    expect(readFileSync(`${path}.sha256`, 'utf8')).toContain('0000');
    rmSync(`${path}.sha256`);
    expect(await resolveChart(request)).toMatchObject({version});
  });

  test('from a repository and from an address it is pulled once too; where it is not, that is said', async () => {
    const tgz = readFileSync(await packed());
    let requests = 0;
    const server = createServer((asked, response) => {
      requests += 1;
      const entry = '{name: postgresql, version: 16.7.26, urls: [postgresql.tgz]}';
      const index = `apiVersion: v1\nentries:\n  postgresql: [${entry}]\n`;
      if (asked.url === '/stable/index.yaml') response.end(index);
      else if (asked.url === '/stable/postgresql.tgz') response.end(tgz);
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = home();
    for (const source of [`${at}/stable`, `${at}/stable/postgresql.tgz`]) {
      const request = {source, version, program, environment};
      const first = await resolveChart(request);
      expect(first).toMatchObject({name: 'postgresql', version, source});
      const before = requests;
      expect(await resolveChart(request)).toEqual(first);
      expect(requests).toBe(before);
    }
    const missing = [
      {source: `${at}/stable`, version: '99.0.0'},
      {source: `${at}/nothing`, version},
    ];
    for (const one of missing)
      await expect(resolveChart({...one, program, environment})).rejects.toEqual(
        refused('CHART_NOT_FOUND', /does not have/),
      );
  });

  test('a credential helper that is not there is done without', async () => {
    const server = await serve();
    const environment = home();
    const docker = join(folder(), 'docker');
    mkdirSync(docker);
    writeFileSync(join(docker, 'config.json'), JSON.stringify({credHelpers: {[server.host]: 'gone'}}));
    const registryConfig = join(docker, 'config.json');
    const broken = {...environment, DOCKER_CONFIG: docker, HELM_REGISTRY_CONFIG: registryConfig};
    const source = `oci://${server.host}/hub/postgresql`;
    const alone = await run({
      path: program.path,
      args: ['pull', source, '--version', version, '--plain-http', '--destination', docker],
      environment: broken,
    });
    expect(alone).toMatchObject({exitCode: 1, stderr: expect.stringMatching(/credential/)});
    expect(await resolveChart({source, version, program, environment: broken})).toMatchObject({version});
  });

  test.each<[string, string, CauseCode, RegExp]>([
    ['missing/postgresql', version, 'CHART_NOT_FOUND', /does not have version 16\.7\.26 of oci/],
    ['ok/postgresql', '99.99.99', 'CHART_NOT_FOUND', /does not have version 99\.99\.99/],
    ['private/postgresql', version, 'CHART_FORBIDDEN', /does not give/],
    ['denied/postgresql', version, 'CHART_FORBIDDEN', /does not give/],
    ['limited/postgresql', version, 'CHART_RATE_LIMITED', /counts the pulls/],
  ])('%s %s: %s', async (path, wanted, code, message) => {
    const server = await serve();
    const environment = home();
    const pulling = resolveChart({source: `oci://${server.host}/${path}`, version: wanted, program, environment});
    await expect(pulling).rejects.toEqual(refused(code, message));
    expect(readdirSync(chartCacheFolder(environment))).toEqual([]);
  });

  test('a registry that cannot be reached', async () => {
    const server = await serve();
    await server.close();
    const pulling = resolveChart({source: `oci://${server.host}/ok/postgresql`, version, program, environment: home()});
    await expect(pulling).rejects.toEqual(
      refused('CHART_NOT_FOUND', /could not be reached for version 16\.7\.26 .*connection refused.*--chart PATH/),
    );
  });
});

test.skipIf(process.platform === 'win32')('a pull that is stopped says so', async () => {
  const path = script(join(folder(), 'helm'), 'sleep 60');
  const stop = new AbortController();
  const pulling = resolveChart({
    source: 'oci://127.0.0.1:1/postgresql',
    version,
    program: {...noProgram, path},
    environment: home(),
    signal: stop.signal,
  });
  stop.abort();
  await expect(pulling).rejects.toEqual(refused('CANCELLED', /Stopped while pulling/));
});
