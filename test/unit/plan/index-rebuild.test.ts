// The plan says which indexes are rebuilt, how large they are and how long that takes.
import {expect, test} from 'vitest';
import type {SortedText} from '../../../source/chart/collations.ts';
import {indexRebuilds} from '../../../source/plan/index-rebuild.ts';

const text = (changes: Partial<SortedText>): SortedText => ({
  database: 'shop',
  provider: 'libc',
  version: '2.31',
  actual: '2.36',
  collation: null,
  objects: 1,
  indexes: [],
  partitioned: 0,
  ...changes,
});
const index = (name: string, bytes: number, concurrently = true) => ({name, bytes, concurrently});

test('each database has its sentence', () => {
  const found = indexRebuilds([
    text({indexes: [index('public.names_pkey', 3 * 2 ** 20)]}),
    text({provider: 'icu', version: '153.14', actual: '153.120', indexes: [index('public.cities', 2 ** 30, false)]}),
    text({database: 'web', objects: 0}),
  ]);
  expect(found.map(({code, object}) => `${code} ${object}`)).toEqual(['REINDEX Database/shop', 'REINDEX Database/web']);
  expect(found[0]?.sentence).toBe(
    'In database shop 2 indexes are rebuilt first, while the writer serves: public.names_pkey 3.0 MiB, public.cities ' +
      '1.0 GiB; 1.0 GiB in all, which takes about 2 minutes and as much room again meanwhile. Until then they may ' +
      'miss rows; then the version is written down. Writes to the tables of 1 of them wait meanwhile. They were ' +
      'sorted by version 2.31 of the C library, and the server runs with 2.36; by version 153.14 of the rules of ' +
      'ICU, and the server runs with 153.120.',
  );
  expect(found[1]?.sentence).toMatch(/^In database web no index depends on the version that is written down/);
});

test('many indexes are counted, and only a few named', () => {
  const many = Array.from({length: 8}, (_, at) => index(`public.i${at}`, 1024));
  expect(indexRebuilds([text({indexes: many})])[0]?.sentence).toMatch(
    /8 indexes are rebuilt first.*public\.i4 1\.0 KiB and 3 more; 8\.0 KiB in all, which takes about a minute at most/,
  );
});
