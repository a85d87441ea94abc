// Where things are in the checkout.
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const program = join(root, 'bin', 'pg-helm-install.js');
export const smallChart = join(root, 'sandbox', 'chart');
const binaries = join(root, 'node_modules', '.cache', 'pg-helm-install', 'bin');
export const helm3 = join(binaries, 'helm');
export const helm4 = join(binaries, 'helm4');
export const kubectl = join(binaries, 'kubectl');
/** The real chart, where one is at hand. */
export const realChart =
  process.env['PGHI_TEST_CHART'] && existsSync(process.env['PGHI_TEST_CHART']) ? process.env['PGHI_TEST_CHART'] : null;
/** What is fetched once for all tests: it goes with node_modules. */
export const checkoutCache = join(root, 'node_modules', '.cache');
