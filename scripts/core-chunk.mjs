// Keeps what every run loads in one file of the bundle. esbuild makes a chunk of each set of modules that the same
// entries reach, and every import()
// is an entry: the way to the first frame led through 40 files, of which most held one small module, and each costs as
// much as it would to
// compile 50 kB. When every entry imports all of these modules, they are one set.
import {readFile} from 'node:fs/promises';
import {relative} from 'node:path';
import {build} from 'esbuild';

/** Bytes of a chunk; what is larger is no module of every run. */
const maxBytes = 20_000;
/** As esbuild names an input: of the product, or of the sandbox. */
const ownSource = /^(sandbox\/)?source\//;

/**
 * A plugin for a second build. `options`: of the first, with `absWorkingDir`; `first`: the entry that stays as small as
 * it is; `onTheWay`: the entries that are met until the screens stand.
 */
export async function coreChunk(options, first, onTheWay) {
  const {metafile} = await build({...options, write: false, metafile: true});
  const {outputs} = metafile;
  const outputOf = Object.fromEntries(
    Object.entries(outputs).flatMap(([path, {entryPoint}]) => (entryPoint ? [[entryPoint, path]] : [])),
  );
  const small = reached(outputs, [outputOf[first]]);
  const entries = new Set(Object.keys(outputOf).filter((entry) => ownSource.test(entry) && entry !== first));
  // An entry may do something when it is loaded, and only then.
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

/** Of chunks: those that these import statically, and they themselves. */
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
