/** Test files that replace modules. Other files share loaded modules, so each of these runs in a process of its own. */
export const testsReplacingModules: readonly string[] = [
  'test/unit/operations/role/perform-failover.test.ts',
  'test/unit/parameters/invented-parameter.test.ts',
  'test/unit/postgres/stop-writer.test.ts',
];
