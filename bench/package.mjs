// The package as npm would publish it: how large it is, and that it runs without a network and with nothing else
// installed.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {limitRow} from './table.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const maxBytes = 3e6;

export const npmPackage = {
  needsCluster: false,
  async run({report}) {
    const folder = mkdtempSync(join(tmpdir(), 'pghi-bench-package-'));
    const npm = (args) => execFileSync('npm', args, {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
    try {
      const [{filename, unpackedSize}] = JSON.parse(
        npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder]),
      );
      const file = join(folder, filename);
      npm([
        'install',
        '--offline',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--prefix',
        join(folder, 'there'),
        file,
      ]);
      const version = execFileSync(join(folder, 'there', 'node_modules', '.bin', 'pg-helm-install'), ['--version'], {
        encoding: 'utf8',
      }).trim();
      report(
        `${version} runs from an empty folder; ${(unpackedSize / 1e6).toFixed(1)} MB unpacked, source maps included`,
      );
      return [limitRow('package', statSync(file).size, maxBytes, 1, (bytes) => `${(bytes / 1e6).toFixed(2)} MB`)];
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  },
};
