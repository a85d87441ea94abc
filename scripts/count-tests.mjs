// Prints `N passed, N failed` over all vitest results of a folder. Exits 1 when one failed, or a run left no result.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const folder = process.argv[2] ?? '.';
const expected = ['npm-test.json', 'cluster.json'];
const found = readdirSync(folder);
const sum = {passed: 0, failed: expected.filter((name) => !found.includes(name)).length};
for (const name of found) {
  const {numPassedTests, numFailedTests, numFailedTestSuites, success} = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  sum.passed += numPassedTests;
  // A file that could not even be loaded has no test to fail.
  sum.failed += numFailedTests || (success ? 0 : Math.max(1, numFailedTestSuites));
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed > 0 ? 1 : 0);
