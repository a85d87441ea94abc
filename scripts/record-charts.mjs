// Records what charts of the past render, for the tests of adopting releases that they made: test/recorded-charts/.
// Usage: node scripts/record-charts.mjs FOLDER, with a copy of the chart in FOLDER/<version>/, and its dependency in
// FOLDER/<version>/charts/.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parse, stringify} from 'yaml';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: node scripts/record-charts.mjs FOLDER');
  process.exit(2);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'test', 'recorded-charts');
const helm = process.env['PGHI_HELM'] ?? join(root, 'node_modules', '.cache', 'pg-helm-install', 'bin', 'helm');
const {ofShape, shapes, beforeChart11} = parse(readFileSync(join(target, 'values.yaml'), 'utf8'));

mkdirSync(join(target, 'before-11'), {recursive: true});
for (const version of readdirSync(folder).sort()) {
  const chart = join(folder, version);
  const {name, appVersion} = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'));
  const isOld = Number(version.split('.')[0]) < 11;
  for (const shape of isOld ? ['standalone'] : shapes) {
    const values = isOld ? beforeChart11 : {...ofShape.all, ...ofShape[shape]};
    const rendered = execFileSync(helm, ['template', 'orders', chart, '-n', 'NAMESPACE', '-f', '-'], {
      input: JSON.stringify(values),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const head = stringify({name, version, appVersion, shape});
    writeFileSync(join(target, isOld ? 'before-11' : '', `${version}-${shape}.yaml`), `${head}${rendered}`);
    console.log(`${version} ${shape}: ${rendered.split('\n').length} lines`);
  }
}
