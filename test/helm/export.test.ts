// What is exported makes the same objects: rendered by the real helm, with what each tool would give it.
import {existsSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {parse, parseAllDocuments} from 'yaml';
import {at, type Values} from '../../source/chart/tree.ts';
import {toValues} from '../../source/chart/values.ts';
import {
  releaseFiles,
  releaseFormats,
  type ExportedRelease,
  type ReleaseFormat,
} from '../../source/export/release-files.ts';
import {ordinary, parameters} from '../support/arbitrary-parameters.ts';

const chart = process.env['PGHI_CHART'] ?? 'sandbox/chart';
const installed = 'node_modules/.cache/pg-helm-install/bin/helm';
const helm = existsSync(installed) ? installed : 'helm';
const registry = {source: 'oci://registry.example.com/charts/postgresql', version: '16.7.26'};

const rendered = async (valuesText: string): Promise<string> =>
  (await execa(helm, ['template', 'orders', chart, '--namespace', 'team-a', '-f', '-'], {input: valuesText})).stdout;

function exported(values: Values, given: Partial<ExportedRelease> = {}): ExportedRelease {
  return {release: 'orders', namespace: 'team-a', fullname: 'orders-postgresql', values, chart: registry, ...given};
}

/** The values that the tool hands to helm, as the text that it has. */
function valuesIn(format: ReleaseFormat, files: ReturnType<typeof releaseFiles>): string {
  const [first, second] = files;
  const objects = parseAllDocuments(first.text).map((document) => document.toJS() as unknown);
  switch (format) {
    case 'helm':
      return first.text;
    case 'helmfile':
      expect(at(objects[0], ['releases'])).toMatchObject([{values: [`./${second?.name ?? ''}`]}]);
      return second?.text ?? '';
    case 'argocd':
      return String(at(objects[0], ['spec', 'source', 'helm', 'values']));
    case 'flux':
      return String(at(objects[1], ['data', 'values.yaml']));
  }
}

it.each(releaseFormats)('%s: object by object what helm has', async (format) => {
  const naming = {fullname: 'orders-postgresql', given: {writer: ''}};
  for (const values of [toValues(ordinary, {fullname: 'orders-postgresql'}), toValues(ordinary, naming)]) {
    const files = releaseFiles(format, exported(values));
    expect(await rendered(valuesIn(format, files))).toBe(await rendered(JSON.stringify(values)));
  }
});

it('any values come through each format as they are', () => {
  fc.assert(
    fc.property(parameters, fc.constantFrom(...releaseFormats), (wanted, format) => {
      const values = toValues(wanted, {fullname: 'orders-postgresql'});
      expect(parse(valuesIn(format, releaseFiles(format, exported(values))))).toEqual(
        JSON.parse(JSON.stringify(values)),
      );
    }),
    {numRuns: 40},
  );
});

it('the command of the helm file makes it', async () => {
  const values = toValues(ordinary, {fullname: 'orders-postgresql'});
  const [{name, text}] = releaseFiles('helm', exported(values, {chart: {source: chart, version: '16.7.26'}}));
  const folder = mkdtempSync(join(tmpdir(), 'pghi-export-'));
  writeFileSync(join(folder, name), text);
  const command = /^# (helm upgrade --install .*)$/m.exec(text)?.[1] ?? '';
  expect(command).toBe(`helm upgrade --install orders ${chart} -n team-a -f orders-values.yaml`);
});

it('names the Secret, and where the chart is', () => {
  const values = toValues(ordinary, {fullname: 'orders-postgresql'});
  for (const format of releaseFormats) {
    const text = releaseFiles(format, exported(values))
      .map((file) => file.text)
      .join('');
    expect(text).toContain('Secret orders-postgresql-auth');
    if (format !== 'helm' && format !== 'helmfile') expect(text).toContain('registry.example.com/charts');
  }
  const onDisk = exported(values, {chart: {source: './charts/postgresql', version: '16.7.26'}});
  expect(() => releaseFiles('argocd', onDisk)).toThrow(/takes charts from a registry/);
  expect(() => releaseFiles('flux', onDisk)).toThrow(/takes charts from a registry/);
});
