// The tests of the program run what is built. This builds it when it is missing or older than its sources.
import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {root} from '../paths.ts';

export default function setup(): void {
  const built = join(root, 'dist', 'main.js');
  const newest = Math.max(
    ...['source', ...['source', 'chart', 'programs'].map((name) => join('sandbox', name))].flatMap((folder) =>
      readdirSync(join(root, folder), {recursive: true}).map(
        (name) => statSync(join(root, folder, String(name))).mtimeMs,
      ),
    ),
  );
  if (existsSync(built) && statSync(built).mtimeMs > newest) return;
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {stdio: 'inherit'});
}
