// Prints `N passed, N failed` for all that .ci/run did. Before it come the failures, each with its first words, and the
// number of skipped tests, because a log is often cut to its end:
//   node scripts/count-tests.mjs FOLDER NAME…
// For each NAME the folder must hold vitest's NAME.json; a step that failed has left STEP.failed. Exits with 1 when
// anything failed or did not run.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const [folder, ...names] = process.argv.slice(2);
const sum = {passed: 0, failed: 0, skipped: 0};
const failedSteps = new Set(
  readdirSync(folder)
    .filter((name) => name.endsWith('.failed'))
    .map((name) => name.slice(0, -'.failed'.length)),
);
const complain = (text) => {
  sum.failed++;
  console.log(`✖ ${text}`);
};

for (const name of names) {
  const file = join(folder, `${name}.json`);
  if (!existsSync(file)) {
    complain(`${name} did not run to its end: it left no result`);
    failedSteps.delete(name);
    continue;
  }
  const {numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults} = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  sum.passed += numPassedTests;
  sum.failed += numFailedTests;
  for (const file of testResults)
    for (const test of file.assertionResults.filter(({status}) => status === 'failed'))
      console.log(`✖ ${file.name}: ${test.fullName}\n${test.failureMessages.join('\n').slice(0, 1500)}`);
  sum.skipped += numPendingTests + numTodoTests;
  // A file that could not even be loaded has no test that could fail.
  for (const one of testResults.filter(
    ({status, assertionResults}) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ))
    complain(`${one.name} failed outside of its tests`);
  if (numPassedTests + numFailedTests === 0) complain(`${name} ran no test`);
  // The cause may be an error that nobody awaited.
  else if (failedSteps.has(name) && sum.failed === 0) complain(`${name} failed although its tests passed`);
  failedSteps.delete(name);
}
for (const name of failedSteps) complain(`${name} failed`);
if (sum.skipped > 0) console.log(`${sum.skipped} skipped, which need something that is not here`);
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed > 0 ? 1 : 0);
