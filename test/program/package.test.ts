// The package as npm would publish it: small, and it runs from an empty folder without a network.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
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
