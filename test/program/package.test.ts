// The package as npm would publish it: small, and it runs from an empty folder without a network.
import {execFile, execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build, type BuildOptions} from 'esbuild';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {commands} from '../../source/cli/index.ts';
import type {Cause} from '../../source/core/cause.ts';
import {fakeApi} from '../support/fakes/fake-api.ts';
import {root} from '../support/paths.ts';
import {runInTerminal} from '../support/screens/pseudo-terminal.ts';

let folder: string;
let tarball: string;
/** What is in the tarball, by path. */
let files: readonly string[];
const npm = (args: readonly string[]) =>
  execFileSync('npm', [...args], {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-package-'));
  // As publishing does, without the building that comes before all these tests.
  npm(['run', '--silent', 'prepack']);
  const [packed] = JSON.parse(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder])) as {
    filename: string;
    files: {path: string}[];
  }[];
  tarball = join(folder, packed?.filename ?? '');
  files = (packed?.files ?? []).map(({path}) => path);
}, 180_000);
afterAll(() => rmSync(folder, {recursive: true, force: true}));

it('is at most 3 MB', () => {
  expect(statSync(tarball).size).toBeLessThanOrEqual(3e6);
});

it('holds all that package.json names, notices and licence, and nothing that is only for development', () => {
  const {bin, man, exports, dependencies, scripts} = JSON.parse(
    execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], {encoding: 'utf8'}),
  ) as {
    bin: Readonly<Record<string, string>>;
    man: readonly string[];
    exports: {'.': Readonly<Record<string, string>>};
    dependencies?: object;
    scripts: Readonly<Record<string, string>>;
  };
  const named = [...Object.values(bin), ...man, ...Object.values(exports['.'])].map((path) => path.replace('./', ''));
  expect(files).toEqual(expect.arrayContaining([...named, 'dist/main.js', 'dist/THIRD_PARTY_NOTICES.txt', 'LICENSE']));
  expect(
    files.filter((path) => !/^(bin|dist)\/|^sandbox\/README\.md$|^[A-Z]+(\.md)?$|^package\.json$/.test(path)),
  ).toEqual([]);
  expect(files.filter((path) => /(^|\/)(node_modules|test|source|\.kube)\//.test(path))).toEqual([]);
  expect(dependencies ?? {}).toEqual({});
  expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
});

/** The folder where the package was installed from the tarball, once for all tests. */
const there = () => join(folder, 'there');

it('needs nothing else: its screens open from an empty folder', async () => {
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', there(), tarball]);
  expect(readdirSync(join(there(), 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'pg-helm-install',
  ]);
  const terminal = runInTerminal(join(there(), 'node_modules', '.bin', 'pg-helm-install'), [], {
    columns: 80,
    rows: 24,
    env: {HOME: folder, KUBECONFIG: ''},
  });
  await terminal.waitFor('There is no kubeconfig');
  terminal.write('q');
  await terminal.ended;
});

it('has types that check a program which uses it, with no other package', () => {
  writeFileSync(
    join(there(), 'program.ts'),
    [
      "import {connect, type Result} from 'pg-helm-install';",
      'const postgres = await connect();',
      "export const ended: Result = await postgres.start({kind: 'restart', release: 'orders'});",
      '// @ts-expect-error -- there is no such operation',
      "await postgres.start({kind: 'explode', release: 'orders'});",
      '// @ts-expect-error -- a scale says how many',
      "await postgres.start({kind: 'scale', release: 'orders'});",
    ].join('\n'),
  );
  const compilerOptions = {target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', strict: true, types: []};
  writeFileSync(
    join(there(), 'tsconfig.json'),
    JSON.stringify({compilerOptions: {...compilerOptions, noEmit: true}, files: ['program.ts']}),
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  expect(spawnSync(process.execPath, [tsc, '-p', there()], {encoding: 'utf8'}).stdout).toBe('');
});

describe('without any helm', () => {
  const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    new Promise<{code: number; json: {outcome: string; cause: Cause}}>((resolve) => {
      const program = join(there(), 'node_modules', '.bin', 'pg-helm-install');
      // PATH has the shell's own programs, and no helm.
      const own = {
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: folder,
        XDG_CACHE_HOME: join(folder, 'cache'),
      };
      execFile(program, [...args, '--output', 'json'], {env: {...own, ...env}, cwd: folder}, (error, stdout) =>
        resolve({
          code: typeof error?.code === 'number' ? error.code : 0,
          json: JSON.parse(stdout) as {outcome: string; cause: Cause},
        }),
      );
    });
  let kubeconfig: string;
  beforeAll(async () => {
    const api = await fakeApi();
    kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify(api.kubeconfig()));
    return () => api.stop();
  });
  const install = ['install', 'orders', '-n', 'team-a', '--yes'];

  it('nothing is fetched that nobody asked for: --yes alone is refused, and says how', async () => {
    const {code, json} = await run(install, {KUBECONFIG: kubeconfig});
    expect({code, outcome: json.outcome, why: json.cause.code}).toEqual({
      code: 3,
      outcome: 'refused',
      why: 'HELM_MISSING',
    });
    expect(json.cause.remedies[0]?.title).toMatch(
      /fetched for this program alone: about \d+( to \d+)? MB.*--fetch-helm/,
    );
    expect(existsSync(join(folder, 'cache', 'pg-helm-install', 'helm'))).toBe(false);
  });

  it('with --fetch-helm it is fetched, and what is not the real one is not taken', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('not helm');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const PGHI_HELM_MIRROR = `http://127.0.0.1:${(server.address() as AddressInfo).port}/helm`;
    const {code, json} = await run([...install, '--fetch-helm'], {KUBECONFIG: kubeconfig, PGHI_HELM_MIRROR});
    expect({code, why: json.cause.code}).toEqual({code: 3, why: 'HELM_MISSING'});
    expect(json.cause.message).toContain('helm was not taken');
    expect(asked).toEqual([expect.stringMatching(/^\/helm\/helm-v4\.\d+\.\d+-\w+-\w+\.(tar\.gz|zip)$/)]);
  });
});

it('has a man page of every command', () => {
  const page = join(folder, 'pg-helm-install.1');
  execFileSync(process.execPath, [join(root, 'scripts', 'man-page.mjs'), page]);
  const text = readFileSync(page, 'utf8');
  for (const {name, hidden} of commands)
    expect(text.includes(`.SS ${name.replaceAll('-', '\\-')}`), name).toBe(hidden !== true);
});

it.skipIf(!existsSync('/usr/bin/groff'))('has a man page that groff sets without a complaint', () => {
  const page = join(folder, 'pg-helm-install.1');
  execFileSync(process.execPath, [join(root, 'scripts', 'man-page.mjs'), page]);
  const {stdout, stderr} = spawnSync('groff', ['-man', '-Tutf8', '-ww', page], {encoding: 'utf8'});
  expect(stderr).toBe('');
  expect(stdout).toContain('Install a writer and readers, and prove that both answer.');
});

it('names the licence of every package that is bundled', () => {
  const notices = join(folder, 'notices.txt');
  execFileSync(process.execPath, [join(root, 'scripts', 'notices.mjs'), notices]);
  const text = readFileSync(notices, 'utf8');
  for (const name of [
    '@kubernetes/client-node',
    'commander',
    'fflate',
    'hpagent',
    'ink',
    'pg',
    'react',
    'tar-stream',
    'yaml',
  ])
    expect(text).toMatch(new RegExp(`^${name.replace('/', '\\/')} \\d\\S*  (MIT|Apache-2.0|ISC|BSD-\\d-Clause)`, 'm'));
  expect(text).not.toContain('node_modules');
}, 60_000);

it('has none of the typed clients of Kubernetes in it, which our requests do without', async () => {
  const {bundleOptions} = (await import(pathToFileURL(join(root, 'scripts', 'bundle-options.mjs')).href)) as {
    bundleOptions: BuildOptions;
  };
  const {metafile} = await build({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: [join('source', 'start.ts')],
    outdir: 'never-written',
    splitting: true,
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile?.inputs ?? {});
  expect(inputs).toContain('node_modules/@kubernetes/client-node/dist/config.js');
  expect(inputs).toContain('scripts/unused-client.mjs');
  expect(inputs.filter((path) => /node_modules\/undici\/|client-node\/dist\/gen\/(apis|models)\//.test(path))).toEqual(
    [],
  );
  const sources = readdirSync(join(root, 'source'), {recursive: true}).map(String);
  for (const path of sources.filter((name) => /\.tsx?$/.test(name)))
    expect(readFileSync(join(root, 'source', path), 'utf8'), path).not.toMatch(
      /makeApiClient|createDispatcher|applySecurityAuthentication|forward(Pod|Service|Deployment)\(/,
    );
});
