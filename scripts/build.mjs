// One bundle in dist/, split so that nothing heavy is read before it is needed, with source maps.
import {cpSync, existsSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const dist = join(root, 'dist');
// Built beside and put in place at once: a program that runs meanwhile finds all of its parts.
const fresh = `${dist}.${process.pid}`;
const old = `${fresh}.old`;

rmSync(fresh, {recursive: true, force: true});
await build({
  entryPoints: [{in: join(root, 'source', 'start.ts'), out: 'main'}],
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  minify: true,
  keepNames: true,
  // The ES modules of yaml: of a CommonJS package, import() sees no named exports in a bundle.
  alias: {'string-width': join(root, 'scripts', 'string-width.mjs'), yaml: join(root, 'node_modules', 'yaml', 'browser', 'dist', 'index.js'), 'react-devtools-core': join(root, 'scripts', 'no-devtools.mjs')},
  // pg's optional native binding is never installed with us.
  external: ['pg-native'],
  define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"', __VERSION__: JSON.stringify(version)},
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
  },
});
cpSync(join(root, 'source', 'sandbox', 'chart'), join(fresh, 'chart'), {recursive: true});
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, {recursive: true, force: true});
