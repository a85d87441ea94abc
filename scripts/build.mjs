// One bundle in dist/, split so that nothing heavy is read before it is needed, with source maps; beside it the
// sandbox, which is a program of its own.
import {existsSync, renameSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {buildSandbox} from '../sandbox/scripts/build.mjs';
import {bundleOptions} from './bundle-options.mjs';
import {coreChunk} from './core-chunk.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
// Built in a folder beside it that is then renamed: a program that runs meanwhile finds all of its parts.
const fresh = `${dist}.${process.pid}`;
const old = `${fresh}.old`;

rmSync(fresh, {recursive: true, force: true});
const options = {
  ...bundleOptions,
  absWorkingDir: root,
  entryPoints: [
    {in: join('source', 'start.ts'), out: 'main'},
    {in: join('source', 'client', 'index.ts'), out: 'index'},
  ],
  outdir: fresh,
  splitting: true,
};
const core = await coreChunk(options, 'source/start.ts', [
  'source/main.ts',
  'source/cli/parse.ts',
  'source/cli/wizard.ts',
  'source/tui/colour.ts',
  'source/tui/open.tsx',
]);
await build({...options, plugins: [...options.plugins, core]});
await buildSandbox(fresh);
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, {recursive: true, force: true});
