// Keeps what every run loads in one file of the bundle. esbuild makes a chunk of each set of modules that the same
// entries reach, and every import() is an entry: the way to the first frame led through 40 files, most of which held
// one small module, and each of them costs as much as compiling 50 kB. When every entry imports all of these modules,
// they are one set.
import {readFile} from 'node:fs/promises';
import {relative} from 'node:path';
import {build} from 'esbuild';

/** Bytes. A chunk that is larger does not belong to every run. */
const maxBytes = 20_000;
/** How esbuild names the product's and the sandbox's sources. */
const ownSource = /^(sandbox\/)?source\//;

/**
 * A plugin for a second build. `options` are those of the first build, with `absWorkingDir`; `first` is the entry that
 * stays as small as it is; `onTheWay` are the entries that are loaded until the screens stand.
 */
export async function coreChunk(options, first, onTheWay) {
  const {metafile} = await build({...options, write: false, metafile: true});
  const {outputs} = metafile;
  const outputOf = Object.fromEntries(
    Object.entries(outputs).flatMap(([path, {entryPoint}]) => (entryPoint ? [[entryPoint, path]] : [])),
  );
  const small = reached(outputs, [outputOf[first]]);
  const entries = new Set(Object.keys(outputOf).filter((entry) => ownSource.test(entry) && entry !== first));
  // Entries stay out, because an entry may do something when it is loaded, and must do it only then.
  const core = [
    ...reached(
      outputs,
      onTheWay.map((entry) => outputOf[entry]),
    ),
  ]
    .filter((path) => !small.has(path) && !outputs[path].entryPoint && outputs[path].bytes <= maxBytes)
    .flatMap((path) => Object.keys(outputs[path].inputs))
    .filter((input) => ownSource.test(input) && !entries.has(input));
  return {
    name: 'core chunk',
    setup({onResolve, onLoad}) {
      onResolve({filter: /^core chunk$/}, () => ({path: 'core', namespace: 'core'}));
      onLoad({filter: /.*/, namespace: 'core'}, () => ({
        contents: core.map((input) => `import './${input}';\n`).join(''),
        resolveDir: options.absWorkingDir,
      }));
      onLoad({filter: /[\\/]source[\\/].*\.tsx?$/}, async ({path}) => {
        if (!entries.has(relative(options.absWorkingDir, path).replaceAll('\\', '/'))) return undefined;
        return {
          contents: `${await readFile(path, 'utf8')}\nimport 'core chunk';\n`,
          loader: path.endsWith('x') ? 'tsx' : 'ts',
        };
      });
    },
  };
}

/** These chunks, and those that they import statically. */
function reached(outputs, from) {
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const {path: next, kind} of outputs[path].imports)
      if (kind === 'import-statement' && outputs[next]) visit(next);
  };
  from.forEach(visit);
  return found;
}
