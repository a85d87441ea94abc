// The package as npm would publish it: small, and it runs from an empty folder without a network.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build, type BuildOptions} from 'esbuild';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {root} from '../support/paths.ts';
import {runInTerminal} from '../support/pseudo-terminal.ts';

let folder: string;
let tarball: string;
const npm = (args: readonly string[]) =>
  execFileSync('npm', [...args], {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-package-'));
  const [packed] = JSON.parse(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder])) as {
    filename: string;
  }[];
  tarball = join(folder, packed?.filename ?? '');
}, 60_000);
afterAll(() => rmSync(folder, {recursive: true, force: true}));

it('is at most 3 MB', () => {
  expect(statSync(tarball).size).toBeLessThanOrEqual(3e6);
});

it('needs nothing else: its screens open from an empty folder', async () => {
  const there = join(folder, 'there');
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', there, tarball]);
  expect(readdirSync(join(there, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['pg-helm-install']);
  const terminal = runInTerminal(join(there, 'node_modules', '.bin', 'pg-helm-install'), [], {
    columns: 80,
    rows: 24,
    env: {HOME: folder, KUBECONFIG: ''},
  });
  await terminal.waitFor('There is no kubeconfig');
  terminal.write('q');
  await terminal.ended;
});

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
