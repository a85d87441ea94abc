// The man page, from the table of commands: `npm pack` runs it, and the package's "man" names what it writes. The
// argument is another file to write to.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {build} from 'esbuild';
import {bundleOptions} from './bundle-options.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const to = resolve(process.argv[2] ?? join(root, 'dist', 'man', 'pg-helm-install.1'));

const withoutDynamicImports = {
  name: 'without dynamic imports',
  setup({onResolve}) {
    onResolve({filter: /.*/}, ({kind, path}) => (kind === 'dynamic-import' ? {path, external: true} : undefined));
  },
};

/** The program itself makes the page from what it knows; it is bundled here as it is shipped. */
const folder = mkdtempSync(join(tmpdir(), 'pg-helm-install-man-'));
try {
  const outfile = join(folder, 'man-page.mjs');
  await build({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: [join('source', 'cli', 'man-page.ts')],
    outfile,
    sourcemap: false,
    // What the commands load when they are called is left out.
    plugins: [...bundleOptions.plugins, withoutDynamicImports],
  });
  const {manPage} = await import(pathToFileURL(outfile).href);
  mkdirSync(dirname(to), {recursive: true});
  writeFileSync(to, manPage());
} finally {
  rmSync(folder, {recursive: true, force: true});
}
