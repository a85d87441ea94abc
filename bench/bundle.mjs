// Programs that only the bench needs, bundled with the options of the shipped program, so that the bench measures what
// users get.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {bareOptions, bundleOptions} from '../scripts/bundle-options.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
let folder = null;

/**
 * `name` is a file in the folder `from`. Returns the path of the bundle. `bare` bundles Ink as it is published, without
 * the modules that stand in for parts of it.
 */
export async function bundled(name, {from = join('bench', 'programs'), bare = false} = {}) {
  folder ??= mkdtempSync(join(tmpdir(), 'pghi-bench-bundle-'));
  await build({
    ...(bare ? bareOptions : bundleOptions),
    entryPoints: [join(root, from, name)],
    outdir: folder,
    outExtension: {'.js': '.mjs'},
    // Split like the shipped program: a single file would at once import what Ink imports only in development.
    splitting: true,
    logLevel: 'error',
  });
  return join(folder, `${name.replace(/\.tsx?$/, '')}.mjs`);
}

export function removeBundles() {
  if (folder) rmSync(folder, {recursive: true, force: true});
  folder = null;
}
