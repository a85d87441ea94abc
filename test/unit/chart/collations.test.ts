// An image whose C library sorts otherwise is refused, with what is to be rebuilt.
import {expect, test} from 'vitest';
import {sortingProblem, type SortingGuard} from '../../../source/chart/collations.ts';

const text = {database: 'shop', version: '2.36', collation: null, objects: 2};
const guard = (changes: Partial<SortingGuard>): SortingGuard => ({
  target: {namespace: 'team-a', release: 'orders'},
  image: 'postgres:17.12-bookworm',
  library: '2.36',
  sorting: {running: '2.36', texts: [text]},
  ...changes,
});

test.each<[string, Partial<SortingGuard>]>([
  ['the same library', {}],
  ['no text is sorted by it', {library: '2.41', sorting: {running: '2.36', texts: []}}],
  ['an image that does not say', {library: null}],
])('%s is no problem', (_name, changes) => expect(sortingProblem(guard(changes))).toBeNull());

test('another library: an image of the same base system, or a dump', () => {
  const problem = sortingProblem(guard({library: '2.41'}));
  expect(problem).toMatchObject({code: 'COLLATION_CHANGED', evidence: ['shop: 2 sorted by 2.36']});
  expect(problem?.message).toContain('version 2.41 of the C library, and 2 indexes of orders in shop are sorted by');
  expect(problem?.message).toContain('Nothing was changed');
  expect(problem?.remedies[0]?.title).toContain('same base system');
});

test('what is older than the running server is rebuilt first, and refreshed only then', () => {
  const old = {...text, version: '2.31', objects: 1};
  const named = {database: 'we"ird', version: '2.31', collation: '"de_DE"', objects: 1};
  const problem = sortingProblem(guard({sorting: {running: '2.36', texts: [text, old, named]}}));
  expect(problem?.message).toContain('2 indexes of orders in shop, we"ird were made by another one');
  expect(problem?.evidence).toEqual(['shop: 1 sorted by 2.31', 'we"ird: 1 sorted by 2.31, collation "de_DE"']);
  expect(problem?.remedies.map(({title}) => title)).toEqual([
    'In database shop, as postgres, in a quiet hour: REINDEX DATABASE "shop"; ' +
      'ALTER DATABASE "shop" REFRESH COLLATION VERSION;',
    'In database we"ird, as postgres, in a quiet hour: REINDEX DATABASE "we""ird"; ' +
      'ALTER COLLATION "de_DE" REFRESH VERSION;',
    'Run the same command again',
  ]);
});
