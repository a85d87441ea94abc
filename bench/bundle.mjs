// Programs that only the bench needs, bundled with the very options of what is shipped: measured is what users get.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {bareOptions, bundleOptions} from '../scripts/bundle-options.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
let folder = null;

/**
 * `name` is a file of `from`; returns the path of what was built. `bare`: with Ink as it is published, without what
 * stands in for its parts.
 */
export async function bundled(name, {from = join('bench', 'programs'), bare = false} = {}) {
  folder ??= mkdtempSync(join(tmpdir(), 'pghi-bench-bundle-'));
  await build({
    ...(bare ? bareOptions : bundleOptions),
    entryPoints: [join(root, from, name)],
    outdir: folder,
    outExtension: {'.js': '.mjs'},
    // As what is shipped: in one file, what Ink imports in development alone would be imported at once.
    splitting: true,
    logLevel: 'error',
  });
  return join(folder, `${name.replace(/\.tsx?$/, '')}.mjs`);
}

export function removeBundles() {
  if (folder) rmSync(folder, {recursive: true, force: true});
  folder = null;
}
