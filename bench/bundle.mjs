// Programs that only the bench needs, bundled as scripts/build.mjs bundles ours.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
let folder = null;

/** `name` is a file of `from`; returns the path of what was built. */
export async function bundled(name, from = join('bench', 'programs')) {
  folder ??= mkdtempSync(join(tmpdir(), 'pghi-bench-bundle-'));
  const outfile = join(folder, `${name.replace(/\.tsx?$/, '')}.mjs`);
  await build({
    entryPoints: [join(root, from, name)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    minify: true,
    keepNames: true,
    alias: {'react-devtools-core': join(root, 'scripts', 'no-devtools.mjs'), yaml: join(root, 'node_modules', 'yaml', 'browser', 'dist', 'index.js')},
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    banner: {js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);"},
    logLevel: 'error',
  });
  return outfile;
}

export function removeBundles() {
  if (folder) rmSync(folder, {recursive: true, force: true});
  folder = null;
}
