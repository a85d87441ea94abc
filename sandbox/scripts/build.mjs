// Builds the sandbox into a folder: `node scripts/build.mjs FOLDER`. sandbox.js is the program; the other files are
// what it loads on demand, its chart, and the programs of its containers.
import {cpSync, rmSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const workspace = dirname(dirname(fileURLToPath(import.meta.url)));

/** The options for esbuild, for the bundle in `folder`. */
export function sandboxOptions(folder) {
  return {
    absWorkingDir: workspace,
    entryPoints: [{in: join('source', 'main.ts'), out: 'sandbox'}],
    outdir: folder,
    chunkNames: 'sandbox-[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.19',
    // Names are kept, so that a stack trace in the log is readable: minified code with its source maps would be twice
    // as large.
    minifyWhitespace: true,
    // pg's optional native binding is never installed with us.
    external: ['pg-native'],
    banner: {
      js:
        "import {createRequire as __createRequire} from 'node:module';const " +
        'require=__createRequire(import.meta.url);',
    },
    logLevel: 'warning',
  };
}

export async function buildSandbox(folder) {
  await build(sandboxOptions(folder));
  for (const name of ['chart', 'programs']) cpSync(join(workspace, name), join(folder, name), {recursive: true});
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? 'dist');
  rmSync(folder, {recursive: true, force: true});
  await buildSandbox(folder);
}
