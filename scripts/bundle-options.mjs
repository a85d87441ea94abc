// How a bundle is made of sources, whether it is shipped or measured by the bench: all of esbuild's options except the
// entries and the output.
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * The modules that replace packages which Ink is made of, so that the first frame comes sooner. Each file says by how
 * much.
 */
const faster = Object.fromEntries(
  ['string-width', 'yoga-layout'].map((name) => [name, join(root, 'scripts', 'ink', `${name}.mjs`)]),
);

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

/** Allows `import text from './file.sh?raw'`, the file's text, which vite knows by itself. */
export const rawText = {
  name: 'raw text',
  setup({onResolve, onLoad}) {
    onResolve({filter: /\?raw$/}, ({path, resolveDir}) => ({
      path: join(resolveDir, path.replace(/\?raw$/, '')),
      namespace: 'raw-text',
    }));
    onLoad({filter: /.*/, namespace: 'raw-text'}, ({path}) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
      watchFiles: [path],
    }));
  },
};

export const bundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  sourcemap: true,
  // File and line are what a stack trace needs; the text of the sources would be two thirds of the package.
  sourcesContent: false,
  minify: true,
  keepNames: true,
  alias: {
    ...faster,
    // The ES modules of yaml, because in a bundle import() sees no named exports of a CommonJS package.
    yaml: join(root, 'node_modules', 'yaml', 'browser', 'dist', 'index.js'),
  },
  plugins: [withoutTypedClients, rawText],
  // Never loaded, and not installed with us: pg's optional native binding, and what Ink asks for in development.
  external: ['pg-native', 'react-devtools-core'],
  define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"', __VERSION__: JSON.stringify(version)},
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
  },
};

/** Ink as its authors publish it, which our bundle is compared to. */
export const bareOptions = {
  ...bundleOptions,
  alias: Object.fromEntries(Object.entries(bundleOptions.alias).filter(([name]) => !Object.hasOwn(faster, name))),
};
