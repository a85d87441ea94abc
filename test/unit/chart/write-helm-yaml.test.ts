// Values as text: helm, kubectl and YAML 1.2 read the same in it.
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {parse} from 'yaml';
import {parseHelmYaml, writeHelmYaml} from '../../../source/chart/helm-yaml.ts';

const words = [
  ...[
    'no',
    'On',
    'y',
    'N',
    'off',
    'yes',
    'true',
    'null',
    '~',
    '',
    '=',
    '<<',
    '- a',
    '# b',
    'a: b',
    ' c',
    'd ',
    "'",
    '"',
  ],
  ...['0755', '0o7', '0x1F', '0b11', '1_000', '12:30:45', '1e3', '.5', '+1', '-.inf', '.NaN', '2020-01-01', '1.2.3'],
  ...[
    '{{ .Release.Name }}',
    '[a]',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
    'multi\nline',
    'multi\nline\n',
    '\n',
    'ä🐘',
    '\t',
  ],
];
const text = fc.oneof(fc.constantFrom(...words), fc.string());
const leaf = fc.oneof(text, fc.boolean(), fc.integer({min: -1e9, max: 1e9}), fc.constant(null));
const values = fc.dictionary(
  text.filter((key) => key !== '<<' && key !== '__proto__'),
  fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.constantFrom('no', 'on', 'key', '1'), leaf)),
);

it.each(words)('%j is that text to whoever reads it', (word) => {
  const written = writeHelmYaml({word, list: [word]});
  expect(parse(written)).toEqual({word, list: [word]});
  expect(parse(written, {version: '1.1'})).toEqual({word, list: [word]});
  expect(parseHelmYaml(written, 'values')).toEqual({word, list: [word]});
});

it('any values are the same in YAML 1.1 and 1.2', () => {
  fc.assert(
    fc.property(values, (given) => {
      const written = writeHelmYaml(given);
      const plain: unknown = JSON.parse(JSON.stringify(given));
      expect(parse(written)).toEqual(plain);
      expect(parse(written, {version: '1.1'})).toEqual(plain);
    }),
  );
});
