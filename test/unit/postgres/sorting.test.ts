// What was sorted by another version is sorted again: rebuilt first, and only then the version is written down.
import {expect, test} from 'vitest';
import type {SortedText} from '../../../source/chart/collations.ts';
import type {Exec} from '../../../source/postgres/psql.ts';
import {askSorting, rebuildIndexes} from '../../../source/postgres/sorting.ts';

const secret = 'Canary of the administrator';
const text: SortedText = {
  database: 'we"ird',
  provider: 'libc',
  version: '2.31',
  actual: '2.36',
  collation: null,
  objects: 2,
  indexes: [
    {name: 'public.names_pkey', bytes: 8192, concurrently: true},
    {name: 'public.excluded', bytes: 8192, concurrently: false},
  ],
  partitioned: 0,
};
const named: SortedText = {...text, collation: '"de_DE"', indexes: text.indexes.slice(0, 1)};

/** A server that does what it is told, but for what `refuses`; it has one index that a killed rebuild left. */
function server(refuses = /^$/) {
  const told: string[] = [];
  const exec: Exec = async (_pod, _container, command, stdin) => {
    expect(command.join(' ')).not.toContain(secret);
    expect(stdin).toBe(`${secret}\n`);
    const sql = command.at(-1) ?? '';
    const database = /dbname='((?:[^'\\]|\\.)*)'/.exec(command.join(' '))?.[1] ?? '';
    if (sql.startsWith('select')) {
      const remains = sql.includes('indisvalid') ? 'public.names_pkey_ccnew\n' : '';
      return {exitCode: 0, stdout: sql.includes('template0') ? '1\n' : remains, stderr: ''};
    }
    told.push(`${database}: ${sql}`);
    return refuses.test(sql)
      ? {exitCode: 1, stdout: '', stderr: 'ERROR:  could not create unique index "names_pkey"\n'}
      : {exitCode: 0, stdout: '', stderr: ''};
  };
  return {told, administration: {exec, pod: 'p', container: 'c', password: async () => secret}};
}

const signal = new AbortController().signal;

test('remains of a killed rebuild go, each index is rebuilt once, and then the versions are refreshed', async () => {
  const {told, administration} = server();
  await rebuildIndexes(administration, [text, named], signal);
  expect(told).toEqual([
    'we"ird: drop index concurrently if exists public.names_pkey_ccnew',
    'we"ird: reindex index concurrently public.names_pkey',
    'we"ird: reindex index public.excluded',
    'we"ird: alter database "we""ird" refresh collation version',
    'we"ird: alter collation "de_DE" refresh version',
    'postgres: alter database template0 refresh collation version',
  ]);
});

test('an index that cannot be rebuilt leaves the version as it is, and is named', async () => {
  const {told, administration} = server(/names_pkey$/);
  await expect(rebuildIndexes(administration, [text], signal)).rejects.toMatchObject({
    reason: {
      code: 'COLLATION_CHANGED',
      message: expect.stringContaining('public.names_pkey could not be rebuilt'),
      evidence: ['ERROR: could not create unique index "names_pkey"'],
    },
  });
  expect(told.join()).not.toContain('refresh');
});

test('nothing is begun after an abort, and nothing is written down', async () => {
  const {told, administration} = server();
  await rebuildIndexes(administration, [text], AbortSignal.abort());
  expect(told).toEqual([]);
});

test('a server that does not answer says nothing', async () => {
  const exec = () => Promise.reject(new Error('gone'));
  expect(await askSorting({exec, pod: 'p', container: 'c', password: async () => secret})).toBeNull();
});
