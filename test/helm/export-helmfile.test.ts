// What is exported for helmfile, rendered by the real helmfile where it is installed: object by object what helm makes.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {toValues} from '../../source/chart/values.ts';
import {releaseFiles} from '../../source/export/release-files.ts';
import {ordinary} from '../support/arbitrary-parameters.ts';
import {helm3, realChart, smallChart} from '../support/paths.ts';

const hasHelmfile = spawnSync('helmfile', ['--version']).status === 0;
const chart = resolve(realChart ?? smallChart);

/** By kind and name. */
const objectsIn = (text: string) =>
  Object.fromEntries(
    parseAllDocuments(text)
      .map((one) => one.toJS() as {kind: string; metadata: {name: string}} | null)
      .flatMap((one) => (one ? [[`${one.kind}/${one.metadata.name}`, one]] : [])),
  );

describe.skipIf(!hasHelmfile)('helmfile', () => {
  it('renders what helm renders of the values', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pghi-helmfile-'));
    const naming = {fullname: 'orders-postgresql'};
    const values = toValues(ordinary, naming);
    const release = {
      release: 'orders',
      namespace: 'team-a',
      ...naming,
      values,
      chart: {source: chart, version: '16.7.26'},
    };
    try {
      for (const {name, text} of releaseFiles('helmfile', release)) writeFileSync(join(folder, name), text);
      const path = `${resolve(dirname(helm3))}:${process.env['PATH'] ?? ''}`;
      const how = {cwd: folder, env: {PATH: path}};
      const {stdout} = await execa('helmfile', ['--quiet', 'template', '--skip-deps'], how);
      const args = ['template', 'orders', chart, '--namespace', 'team-a', '-f', '-'];
      const {stdout: plain} = await execa(helm3, args, {input: JSON.stringify(values)});
      expect(Object.keys(objectsIn(stdout)).length).toBeGreaterThan(5);
      expect(objectsIn(stdout)).toEqual(objectsIn(plain));
    } finally {
      rmSync(folder, {recursive: true});
    }
  });
});
