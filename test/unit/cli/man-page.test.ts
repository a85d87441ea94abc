// The man page names the variables of the environment that people set for this program.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {root} from '../../support/paths.ts';

/** Variables that terminals and languages have, that a flag's help tells, or that belong to a container. */
const others = new Set([
  ...['TERM', 'WT_SESSION', 'FORCE_COLOR', 'INK_SCREEN_READER', 'LANG', 'LC_ALL', 'LC_CTYPE'],
  ...['PGHI_EXTRA_VALUES', 'PGPASSWORD', 'PGDATA'],
]);

test('every variable that the source reads is in the man page, or somewhere else for a reason', () => {
  const source = join(root, 'source');
  const texts = readdirSync(source, {recursive: true, encoding: 'utf8'})
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(source, name), 'utf8'));
  const read = texts.flatMap((text) =>
    [...text.matchAll(/\benv(?:ironment)?\['([A-Z_]+)'\]/g)].map(([, name]) => name),
  );
  const given = readFileSync(join(source, 'cli', 'given.ts'), 'utf8').match(/PGHI_[A-Z_]*[A-Z]/g) ?? [];
  expect(read.length).toBeGreaterThan(10);
  expect(given.length).toBeGreaterThan(5);
  const page = readFileSync(join(source, 'cli', 'man-page.ts'), 'utf8');
  const named = new Set(page.match(/\b[A-Z]+(?:_[A-Z]+)*\b/g));
  const missing = [...read, ...given].filter((name = '') => !others.has(name) && !named.has(name));
  expect([...new Set(missing)]).toEqual([]);
});
