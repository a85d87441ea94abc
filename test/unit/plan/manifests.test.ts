// Renderings compared: what an operator reads of a change before it happens.
import {expect, test} from 'vitest';
import {diffLines} from '../../../source/plan/diff.ts';
import {diffManifests, templatesIn} from '../../../source/plan/manifests.ts';
import fc from 'fast-check';

const set = (name: string, image: string, extra = '') =>
  `---\n# Source: postgresql/templates/${name}.yaml\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  ` +
  `labels:\n    a: b\n  name: ${name}\nspec:\n  template:\n    metadata:\n      labels: {a: b}\n    spec:\n      ` +
  `containers:\n        - name: postgresql\n          image: ${image}\n${extra}`;
const secret = (value: string) =>
  `---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n  password: ${value}\n`;

test('only what differs is shown, under its object, whatever the order of the documents', () => {
  const before = set('one', 'x:1') + set('two', 'x:1');
  const after = set('two', 'x:1') + set('one', 'x:2');
  const diff = diffManifests(before, after);
  expect(diff.split('\n')[0]).toBe('StatefulSet/one');
  expect(diff).toContain('-          image: x:1\n+          image: x:2');
  expect(diff).not.toContain('two');
  expect(diffManifests(before, before)).toBe('');
});

test('objects that come and go are shown whole; Secrets never', () => {
  expect(diffManifests('', set('one', 'x:1'))).toContain('+kind: StatefulSet');
  expect(diffManifests(set('one', 'x:1'), '')).toContain('-kind: StatefulSet');
  expect(diffManifests(secret('b2xk'), secret('bmV3'))).toBe('');
});

test('pod templates by StatefulSet', () => {
  const templates = templatesIn(secret('b2xk') + set('one', 'x:1') + set('two', 'x:2'));
  expect(Object.keys(templates)).toEqual(['one', 'two']);
  expect(templates['two']?.spec.containers).toEqual([{name: 'postgresql', image: 'x:2'}]);
});

test('a diff holds exactly the lines that went and came', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), {maxLength: 25});
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before.join('\n'), after.join('\n')).split('\n').filter(Boolean);
      const count = (all: readonly string[]) =>
        Object.fromEntries(['a', 'b', 'c', 'd'].map((letter) => [letter, all.filter((one) => one === letter).length]));
      const [old, fresh] = [count(before), count(after)];
      const [gone, come] = ['-', '+'].map((sign) =>
        count(lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1))),
      ) as [Record<string, number>, Record<string, number>];
      for (const letter of ['a', 'b', 'c', 'd'])
        expect((old[letter] ?? 0) - (gone[letter] ?? 0) + (come[letter] ?? 0)).toBe(fresh[letter]);
    }),
  );
});
