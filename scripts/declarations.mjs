// The types that the package exports, in dist/types: those of source/client/index.ts and of everything that they are
// made of. `npm pack` runs this; the argument is another folder to write to.
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'source');
const folder = resolve(process.argv[2] ?? join(root, 'dist', 'types'));
const entry = join(source, 'client', 'index.ts');

const {config} = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const {options} = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram([entry], {
  ...options,
  noEmit: false,
  declaration: true,
  // Types are checked elsewhere: checking here would double the time.
  noCheck: true,
  emitDeclarationOnly: true,
  removeComments: false,
  rootDir: source,
  outDir: folder,
});

/** By their paths below `folder`. */
const declarations = new Map();
program.emit(undefined, (path, text) => declarations.set(relative(folder, path), text), undefined, true);

const imported = /(from |import\()(["'])(\.[^"']+)\.tsx?\2/g;
const written = new Set();
const open = [join('client', 'index.d.ts')];
rmSync(folder, {recursive: true, force: true});
for (let path = open.pop(); path !== undefined; path = open.pop()) {
  if (written.has(path)) continue;
  written.add(path);
  const text = declarations.get(path);
  if (text === undefined) throw new Error(`no declarations for ${path}`);
  for (const [, , , target] of text.matchAll(imported)) open.push(`${join(dirname(path), target)}.d.ts`);
  const to = join(folder, path);
  mkdirSync(dirname(to), {recursive: true});
  // A built package names its neighbours with `.js`.
  writeFileSync(to, text.replace(imported, '$1$2$3.js$2'));
}
