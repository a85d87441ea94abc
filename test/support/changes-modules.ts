/** Test files that change or replace modules, which others have loaded or will: each has a process of its own. */
export const changesModules: readonly string[] = [
  'test/unit/parameters/invented-parameter.test.ts',
  'test/unit/postgres/stop-writer.test.ts',
];
