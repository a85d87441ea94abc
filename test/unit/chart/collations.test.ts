// An image whose libraries sort otherwise is refused, and what is stale already is rebuilt first.
import {expect, test} from 'vitest';
import {
  indexesOf,
  keptSortingProblem,
  sortingProblem,
  staleIndexes,
  textsToRebuild,
  type SortedText,
  type SortingGuard,
} from '../../../source/chart/collations.ts';

const text: SortedText = {
  database: 'shop',
  provider: 'libc',
  version: '2.36',
  actual: '2.36',
  collation: null,
  objects: 2,
  indexes: [],
  partitioned: 0,
};
const index = {name: 'public.names_pkey', bytes: 8192, concurrently: true};
const old: SortedText = {...text, version: '2.31', objects: 1, indexes: [index]};
const icu: SortedText = {...text, provider: 'icu', version: '153.120', actual: '153.120', collation: '"de-x-icu"'};
const icu72 = 'libicui18n.so.72';
const guard = (changes: Partial<SortingGuard>): SortingGuard => ({
  target: {namespace: 'team-a', release: 'orders'},
  image: 'postgres:17.12-bookworm',
  libraries: {library: '2.36', icu: icu72},
  sorting: {icu: icu72, texts: [text, icu]},
  rebuilds: false,
  ...changes,
});
const trixie = {library: '2.41', icu: 'libicui18n.so.76'};

test.each<[string, Partial<SortingGuard>]>([
  ['the same libraries', {}],
  ['no text is sorted by them', {libraries: trixie, sorting: {icu: null, texts: []}}],
  ['nothing depends on them', {libraries: trixie, sorting: {icu: icu72, texts: [{...text, objects: 0}]}}],
  ['an image that does not say', {libraries: {library: null, icu: null}}],
  ['ICU that the server does not say', {libraries: {...trixie, library: '2.36'}, sorting: {icu: null, texts: [icu]}}],
  ['what the plan rebuilds', {rebuilds: true, sorting: {icu: icu72, texts: [old]}}],
  // What ran with a wrong image for a while goes back to the right one.
  ['the way back', {sorting: {icu: icu72, texts: [{...text, actual: '2.31'}]}}],
])('%s is no problem', (_name, changes) => expect(sortingProblem(guard(changes))).toBeNull());

test('another library: an image of the same base system, or a dump', () => {
  const problem = sortingProblem(guard({libraries: {...trixie, icu: icu72}, rebuilds: true}));
  expect(problem).toMatchObject({code: 'COLLATION_CHANGED', evidence: ['shop: 2 sorted by 2.36']});
  expect(problem?.message).toContain('version 2.41 of the C library, and 2 indexes of orders in shop are sorted by');
  expect(problem?.message).toContain('Nothing was changed');
  expect(problem?.remedies[0]?.title).toContain('same base system');
});

test('another library of ICU is as bad for what it sorts', () => {
  const problem = sortingProblem(guard({libraries: {...trixie, library: '2.36'}}));
  expect(problem?.message).toContain('by the library libicui18n.so.76 of ICU');
  expect(problem?.evidence).toEqual(['shop: 2 sorted by 153.120, collation "de-x-icu"']);
});

test('what is stale already is left to a plan that says so; rows in wrong partitions to nobody', () => {
  const sorting = {icu: icu72, texts: [text, old]};
  const problem = sortingProblem(guard({sorting}));
  expect(problem?.message).toContain('1 index of orders in shop is made under another version');
  expect(problem?.remedies).toMatchObject([{again: true}]);
  const partitioned = sortingProblem(guard({sorting: {...sorting, texts: [{...old, partitioned: 1}]}, rebuilds: true}));
  expect(partitioned?.message).toContain('1 table is partitioned by ranges of text');
});

test('rebuilt is what the running server made stale, each index once', () => {
  const named = {...old, collation: '"de_DE"'};
  const unknown = {...text, version: '2.31', actual: null};
  const wrongForAWhile = {...text, actual: '2.31'};
  const found = textsToRebuild([text, icu, old, named, unknown, wrongForAWhile], {library: '2.36', icu: null});
  expect(found).toEqual([old, named]);
  expect(indexesOf(found)).toEqual([index]);
});

const owner = {target: {namespace: 'team-a', release: 'orders'}};

test('of a running database the stale indexes are named, and how they are rebuilt first', () => {
  const found = staleIndexes(owner, {icu: null, texts: [text, old]}, 'connect');
  expect(found).toMatchObject({code: 'COLLATION_CHANGED', remedies: [{command: 'connect'}]});
  expect(found?.message).toBe(
    '1 index of orders in shop is made under another version than the server runs with: they may miss rows.',
  );
  expect(found?.remedies[0]?.title).toBe(
    'Rebuild them, and only then have the version recorded: in shop REINDEX DATABASE CONCURRENTLY; ' +
      'ALTER DATABASE "shop" REFRESH COLLATION VERSION;',
  );
  const other = staleIndexes(owner, {icu: null, texts: [{...old, collation: '"de_DE"'}]}, 'connect');
  expect(other?.remedies[0]?.title).toContain('ALTER COLLATION "de_DE" REFRESH VERSION;');
  expect(staleIndexes(owner, {icu: null, texts: [text, {...old, objects: 0}]}, 'connect')).toBeNull();
});

test('of a kept volume only partitions by text are in the way: the rest is rebuilt', () => {
  expect(keptSortingProblem(owner, {icu: null, texts: [text, old]})).toBeNull();
  const found = keptSortingProblem(owner, {icu: null, texts: [{...old, partitioned: 2}]});
  expect(found?.message).toContain('2 tables are partitioned');
  expect(found?.message).not.toContain('Nothing was changed');
});
