// What helm makes of a values file is what we make of it, or we refuse it with the line: both helms, one corpus.
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {asExtraValues, mergedExtraValues, textOfFile} from '../../source/chart/extra-values.ts';
import {parseHelmYaml} from '../../source/chart/helm-yaml.ts';
import {UserError} from '../../source/core/cause.ts';
import {folder, noRealHelm, realHelms} from './support.ts';

/** Prints each document's values as helm has them. */
function chartIn(path: string): string {
  const chart = join(path, 'chart');
  mkdirSync(join(chart, 'templates'), {recursive: true});
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: tiny\nversion: 1.0.0\n');
  writeFileSync(join(chart, 'templates', 'all.yaml'), 'data: {{ .Values | toJson | quote }}\n');
  return chart;
}

async function asHelm(helm: string, dir: string, files: readonly (string | Uint8Array)[]): Promise<unknown> {
  const chart = chartIn(dir);
  const paths = files.map((content, index) => {
    const path = join(dir, `values-${index}.yaml`);
    writeFileSync(path, content);
    return path;
  });
  const {stdout, exitCode} = await execa(helm, ['template', 'x', chart, ...paths.flatMap((path) => ['-f', path])], {
    reject: false,
  });
  if (exitCode !== 0) return 'refused';
  const json = JSON.parse(/^data: (".*")$/m.exec(stdout)?.[1] ?? '""') as string;
  return JSON.parse(json);
}

function asWe(files: readonly (string | Uint8Array)[]): unknown {
  try {
    const read = files.map((content) => {
      const text = textOfFile(typeof content === 'string' ? Buffer.from(content) : content, 'x.yaml');
      return asExtraValues(parseHelmYaml(text, 'x.yaml') ?? {}, 'x.yaml');
    });
    // Helm drops what is null where the chart has nothing: in JSON it is not there.
    return JSON.parse(JSON.stringify(mergedExtraValues(read)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).toMatch(/^x\.yaml: /);
    return 'refused';
  }
}

const utf16 = Buffer.from('\ufeffprimary:\n  tolerations:\n    - {key: dedicated, value: database}\n', 'utf16le');
const corpus: readonly (readonly [string, ...(string | Uint8Array)[]])[] = [
  ['octal modes', 'volumes:\n  - {defaultMode: 0755}\n  - {defaultMode: 0400}\n  - {defaultMode: 0o644}\n'],
  ['yes and no', 'a: no\nb: off\nc: yes\nd: On\ne: y\nf: "no"\ng: N\nh: yEs\n'],
  ['merge keys', 'pod: &pod\n  grace: 120\n  list: [1]\nprimary:\n  <<: *pod\nread:\n  <<: *pod\n  grace: 5\n'],
  ['several merges', 'a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n'],
  ['UTF-16', utf16],
  ['a byte-order mark', '\ufeffa: 1\n'],
  ['two files', 'a: {b: 1, c: [1, 2]}\nd: 1\n', 'a: {b: 2, e: 3, c: [3]}\n'],
  ['numbers', 'a: 1_000\nb: 0x1f\nc: 1e3\nd: .5\ne: 1.\nf: 08\ng: 12:30\nh: -0b11\ni: +7\nj: 0b102\nk: 1__0\n'],
  ['dates and versions', 'a: 2026-01-02\nb: 2026-01-02T03:04:05Z\nc: 1.2.3\nd: 10.0.0.0/8\ne: 17.10\n'],
  ['words as keys', 'on: 1\nyes: 2\n0755: 3\n1: 4\n'],
  ['blocks', 'a: |\n  no\n  yes\nb: >-\n  x\n  y\nc: "0755"\n'],
  ['tags', 'a: !!str 5\n'],
  ['other tags', 'a: !!int "5"\n'],
  ['infinity', 'a: .inf\n'],
  ['a list at the top', '- a\n'],
  ['a template', 'a: {{ .Values.b }}\n'],
  ['a control character', 'a: "\u0007"\n'],
  ['tabs', 'a:\n\tb: 1\n'],
  ['aliases', 'a: &x [1, {b: 2}]\nc: *x\n'],
  ['a comment and a marker', '---\n# x\na: 1 # y\n'],
  ['nothing', '# only this\n'],
  ['a large number', 'a: 12345678901234567890\nb: 9007199254740993\nc: 0xffffffffffffffffff\n'],
];

/** What we refuse of the corpus; helm takes some of it. */
const refusedByUs = ['other tags', 'infinity', 'a list at the top', 'a template', 'a control character', 'tabs'];

it('we refuse no more of the corpus than these', () => {
  const refused = corpus.filter(([, ...files]) => asWe(files) === 'refused').map(([name]) => name);
  expect(refused).toEqual(refusedByUs);
});

describe.skipIf(noRealHelm)('a values file means the same', () => {
  describe.each(realHelms)('as to helm $line', ({program}) => {
    it.each(corpus)('%s', async (name, ...files) => {
      const ours = asWe(files);
      if (ours === 'refused') return;
      const theirs = await asHelm(program.path, folder(), files);
      // Helm 4 reads UTF-8 alone; what helm 3 read is what its users mean.
      if (program.major === 4 && name === 'UTF-16') expect(theirs).toBe('refused');
      else expect(theirs).toEqual(ours);
    });
  });

  it('for scalars of all kinds', async () => {
    const dir = folder();
    const [{program} = {program: {path: ''}}] = realHelms;
    const piece = fc.constantFrom(...'0123456789abefnoxyNOYE._+-~:'.split(''));
    const scalar = fc.oneof(
      fc.string({unit: piece, minLength: 1, maxLength: 6}),
      fc.constantFrom('null', 'True', 'OFF', '0o17', '0b1', '-.5e3', '1e+3', '0_7', '+0x1'),
    );
    const samples = fc.sample(fc.array(scalar, {minLength: 200, maxLength: 200}), {numRuns: 2, seed: 42}).flat();
    // Those that our own reader refuses in this place are left out: the rest has to be equal.
    const text = samples
      .map((word, index) => `k${index}: ${word}\n`)
      .filter((line) => asWe([line]) !== 'refused')
      .join('');
    expect(text.split('\n').length).toBeGreaterThan(200);
    expect(asWe([text])).toEqual(await asHelm(program.path, dir, [text]));
  });
});
