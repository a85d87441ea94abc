// YAML as helm reads it; test/helm/values-as-helm.test.ts holds the same against both helms.
import {describe, expect, it} from 'vitest';
import {parseExtraValues, textOfFile} from '../../../source/chart/extra-values.ts';
import {parseHelmYaml, plainScalar} from '../../../source/chart/helm-yaml.ts';

const read = (text: string) => parseHelmYaml(text, 'x.yaml');

describe('a word without quotes', () => {
  it.each<[string, unknown]>([
    ['0755', 493],
    ['0400', 256],
    ['0o755', 493],
    ['0x1F', 31],
    ['0b101', 5],
    ['-012', -10],
    ['08', 8],
    ['1_000', 1000],
    ['12:30:45', '12:30:45'],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1.', 1],
    ['.', '.'],
    ['e5', 'e5'],
    ['yes', true],
    ['Off', false],
    ['n', false],
    ['oN', 'oN'],
    ['~', null],
    ['', null],
    ['NULL', null],
    ['2026-01-02', '2026-01-02'],
    ['17.6.0-debian-12-r0', '17.6.0-debian-12-r0'],
    ['10.0.0.0/8', '10.0.0.0/8'],
  ])('%s', (text, value) => expect(plainScalar(text)).toEqual(value));
});

it('is told apart from one in quotes, and from a block', () => {
  expect(read('a: "0755"\nb: \'yes\'\nc: |\n  no\nd: !!str on\n')).toEqual({a: '0755', b: 'yes', c: 'no\n', d: 'on'});
});

it('as a key it is what it means', () => {
  expect(read('on: 1\nno: 2\n0755: 3\nplain: 4\n')).toEqual({true: 1, false: 2, '493': 3, plain: 4});
});

it('merge keys fill what is not there', () => {
  const text = 'base: &base {a: 1, b: {c: 2}}\none:\n  <<: *base\n  a: 3\ntwo:\n  a: 4\n  <<: [*base, {d: 5}]\n';
  expect(read(text)).toEqual({
    base: {a: 1, b: {c: 2}},
    one: {a: 3, b: {c: 2}},
    two: {a: 4, b: {c: 2}, d: 5},
  });
});

it.each([
  ['a: .inf\n', 'line 1: .inf is no number that helm takes.'],
  ['a: 1\nb: !custom x\n', 'line 2: leave the tag !custom away.'],
  ['a: 1\n? [b, c]\n: 2\n', 'line 2: a key is one word, not a list or a map.'],
  ['a: 1\n~: 2\n', 'line 2: "~" is no key. Write it in quotes.'],
  ['a: "x\u0007"\n', 'line 1 holds a character that YAML does not allow.'],
  ['%YAML 1.2\n---\na: yes\n', 'line 1: leave the %YAML directive away.'],
  ['primary:\n  podAnnotations:\n    env: {{ .Environment.Name }}\n', 'line 3 holds a template ({{ … }})'],
  ['a: 1\n{{ if .x }}\nb: 2\n{{ end }}\n', 'line 2 holds a template ({{ … }})'],
])('what cannot mean the same is refused with its line: %j', (text, words) => {
  expect(() => read(text)).toThrow(`x.yaml: ${words}`);
});

it('a template in quotes is a value: the chart fills it in', () => {
  expect(read('a: "{{ .Release.Name }}"\n')).toEqual({a: '{{ .Release.Name }}'});
});

describe('the bytes of a file', () => {
  const text = 'primary: {podAnnotations: {a: "é"}}\n';
  const value = {primary: {podAnnotations: {a: 'é'}}};
  const parsed = (bytes: Uint8Array) => parseExtraValues(textOfFile(bytes, 'x.yaml'), 'x.yaml');
  const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, little end first', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big end first', swapped(Buffer.from(`\ufeff${text}`, 'utf16le'))],
  ])('in %s', (_, bytes) => expect(parsed(bytes)).toEqual(value));

  it('in anything else are refused', () => {
    expect(() => parsed(Buffer.from('a: \xe9\n', 'latin1'))).toThrow('x.yaml: it is not text in UTF-8');
  });
});
