// npm run soak -- --minutes 15 --seed 7: test/faults/soak.test.ts for that many minutes; the same seed does the same
// again.
import {spawnSync} from 'node:child_process';
import process from 'node:process';
import {parseArgs} from 'node:util';

const {values} = parseArgs({options: {minutes: {type: 'string', default: '15'}, seed: {type: 'string'}}});
const {status} = spawnSync('npx', ['vitest', 'run', '--project', 'soak'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PGHI_SOAK_MINUTES: values.minutes,
    ...(values.seed === undefined ? {} : {PGHI_SEED: values.seed}),
  },
});
process.exitCode = status ?? 1;
