// Every code of a cause or a warning that a script can meet is named in a test. Whether it is expected there, no test
// can tell.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {root} from '../../support/paths.ts';

const codes = [
  ...readFileSync(join(root, 'source', 'core', 'cause.ts'), 'utf8').matchAll(/^ {2}\| '([A-Z_]+)'/gm),
].flatMap(([, code]) => code ?? []);
const others = readdirSync(join(root, 'test'), {recursive: true, encoding: 'utf8'}).filter(
  (name) => /\.test\.tsx?$/.test(name) && !/(?:cause-codes|contract)\.test\.ts$/.test(name),
);
const named = new Set(
  others.flatMap((name) => readFileSync(join(root, 'test', name), 'utf8').match(/\b[A-Z][A-Z_]+\b/g) ?? []),
);

test('no code is named nowhere', () => {
  expect(codes.length).toBeGreaterThan(50);
  expect(codes.filter((code) => !named.has(code))).toEqual([]);
});
