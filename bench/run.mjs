// Measures the targets side by side with what they are compared to:  npm run bench [-- help list install] [--n 5]
// [--releases 1000]   npm run bench:day2 [-- --n 3] [--only scale]
import {parseArgs} from 'node:util';
import {existsSync} from 'node:fs';
import {day2} from './day2.mjs';
import {demo} from './demo.mjs';
import {failuresPage} from './failures.mjs';
import {firstFrame} from './first-frame.mjs';
import {help} from './help.mjs';
import {install} from './install.mjs';
import {keys} from './keys.mjs';
import {list} from './list.mjs';
import {newcomer} from './newcomer.mjs';
import {npmPackage} from './package.mjs';
import {watching} from './watching.mjs';
import {stopRunning} from './measure.mjs';
import {cleanUp, program} from './place.mjs';
import {readerAway} from './reader-away.mjs';
import {scaleOut} from './scale-out.mjs';
import {sizing} from './sizing.mjs';
import {printTable} from './table.mjs';

const benches = {
  help,
  'first-frame': firstFrame,
  keys,
  watching,
  package: npmPackage,
  newcomer,
  demo,
  list,
  install,
  day2,
  'scale-out': scaleOut,
  'reader-away': readerAway,
  sizing,
  failures: failuresPage,
};

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {n: {type: 'string'}, releases: {type: 'string'}, only: {type: 'string'}},
});
const unknown = positionals.find((name) => !Object.hasOwn(benches, name));
if (unknown) throw new Error(`There is no bench ${unknown}. There are: ${Object.keys(benches).join(', ')}.`);
if (!existsSync(new URL('../dist/main.js', import.meta.url)))
  throw new Error(`${program} is not built. Build it with: npm run build`);
const count = (name) => {
  const text = values[name];
  if (text !== undefined && !/^[1-9]\d*$/.test(text))
    throw new Error(`--${name}: "${text}" is not a whole number above 0.`);
  return text === undefined ? undefined : Number(text);
};
const options = {
  n: count('n'),
  releases: count('releases'),
  only: values.only,
  report: (text) => process.stderr.write(`  ${text}\n`),
};

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => {
    stopRunning();
    cleanUp();
    process.exit(code);
  });
}

const rows = [];
try {
  for (const name of positionals.length > 0
    ? positionals
    : Object.keys(benches).filter((name) => !benches[name].onlyByName)) {
    const {needsCluster, run} = benches[name];
    if (needsCluster && !process.env.KUBECONFIG) {
      console.log(`Skipped: ${name}. It needs a cluster, named by KUBECONFIG.`);
      continue;
    }
    process.stderr.write(`${name}\n`);
    rows.push(...(await run(options)));
  }
} finally {
  cleanUp();
}
printTable(rows);
if (rows.some(({met}) => !met)) process.exitCode = 1;
