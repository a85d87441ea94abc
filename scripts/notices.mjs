// dist/THIRD_PARTY_NOTICES.txt: the licences of all packages that have something in the bundles. `npm pack` runs this;
// the argument is another file to write to.
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {sandboxOptions} from '../sandbox/scripts/build.mjs';
import {bundleOptions} from './bundle-options.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const to = resolve(process.argv[2] ?? join(root, 'dist', 'THIRD_PARTY_NOTICES.txt'));

/**
 * The folders of the packages from which esbuild has read something; our own package is linked, and has no such folder.
 */
async function bundledPackages() {
  const product = {
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: [join('source', 'start.ts'), join('source', 'client', 'index.ts')],
    outdir: 'never-written',
    splitting: true,
  };
  const built = await Promise.all(
    [product, sandboxOptions('never-written')].map(async (options) => {
      const {metafile} = await build({...options, write: false, metafile: true, logLevel: 'error'});
      return Object.keys(metafile.inputs).map((input) => resolve(options.absWorkingDir, input));
    }),
  );
  // A path may begin with the namespace of a plugin.
  const folders = built.flat().flatMap((input) => {
    const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    return folder === undefined ? [] : [folder];
  });
  // What replaces Ink's own packages in the bundle is made after them.
  folders.push(join(root, 'node_modules', 'string-width'), join(root, 'node_modules', 'yoga-layout'));
  return [...new Set(folders)];
}

function noticeOf(folder) {
  const {name, version, license, homepage, repository} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const where = homepage ?? (typeof repository === 'string' ? repository : repository?.url) ?? '';
  return {
    name: `${name} ${version}`,
    licence: typeof license === 'string' ? license : (license?.type ?? 'see below'),
    where,
    text: files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n'),
  };
}

const notices = (await bundledPackages())
  .map(noticeOf)
  .sort((a, b) => a.name.localeCompare(b.name, 'en'))
  .filter(({name}, index, all) => name !== all[index - 1]?.name);
const text = [
  'pg-helm-install has these packages bundled into it.',
  '',
  ...notices.map(({name, licence, where}) => `${name}  ${licence}  ${where}`.trimEnd()),
  ...notices.flatMap(({name, licence, text: own}) => [
    '',
    '-'.repeat(80),
    `${name} (${licence})`,
    '',
    own || `Its package holds no text of its licence, ${licence}.`,
  ]),
  '',
].join('\n');
mkdirSync(dirname(to), {recursive: true});
writeFileSync(to, text);
