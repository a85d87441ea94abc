// How a bundle is made of sources, whether it is shipped or measured by the bench: esbuild's options, all but what goes
// in and where it comes out.
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What stands in place of what Ink is made of, and is faster. */
const faster = {
  'string-width': join(root, 'scripts', 'string-width.mjs'),
  '@alcalzone/ansi-tokenize': join(root, 'scripts', 'ansi-tokenize.mjs'),
  'yoga-layout': join(root, 'scripts', 'yoga-layout.mjs'),
};

/** Files of Ink itself that are replaced; esbuild's aliases know only packages. */
const boundedInk = {
  name: 'bounded ink',
  setup({onResolve}) {
    onResolve({filter: /^\.\/(measure|wrap)-text\.js$/}, ({path, importer}) =>
      /[\\/]ink[\\/]build[\\/]/.test(importer)
        ? {path: join(root, 'scripts', `ink-${path.slice(2, -3)}.mjs`)}
        : undefined,
    );
  },
};

/** What @kubernetes/client-node imports for its typed clients. */
const withoutTypedClients = {
  name: 'without typed clients',
  setup({onResolve}) {
    onResolve({filter: /^undici$|^\.\/gen\/index\.js$/}, ({importer}) =>
      /[\\/]client-node[\\/]dist[\\/][^\\/]+$/.test(importer)
        ? {path: join(root, 'scripts', 'unused-client.mjs')}
        : undefined,
    );
  },
};

export const bundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  sourcemap: true,
  minify: true,
  keepNames: true,
  alias: {
    ...faster,
    'react-devtools-core': join(root, 'scripts', 'no-devtools.mjs'),
    // The ES modules of yaml: of a CommonJS package, import() sees no named exports in a bundle.
    yaml: join(root, 'node_modules', 'yaml', 'browser', 'dist', 'index.js'),
  },
  plugins: [boundedInk, withoutTypedClients],
  // pg's optional native binding is never installed with us.
  external: ['pg-native'],
  define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"', __VERSION__: JSON.stringify(version)},
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
  },
};

/** Ink as its authors publish it: what ours is compared to. */
export const bareOptions = {
  ...bundleOptions,
  plugins: [withoutTypedClients],
  alias: Object.fromEntries(Object.entries(bundleOptions.alias).filter(([name]) => !Object.hasOwn(faster, name))),
};
