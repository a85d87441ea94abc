// Two operators of one release, on machines that share a host name: as long as one lives the other is refused, whatever
// their clocks say.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Progress, Result} from '../../source/operations/progress.ts';
import {cliJson, start, type CliOptions, type Running} from '../support/cli.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from '../support/namespace.ts';
import {onSandbox} from '../support/on-sandbox.ts';
import {helm3, smallChart} from '../support/paths.ts';
import {gatedHelm, type GatedHelm} from '../support/trap.ts';
import {waitFor} from '../support/wait-for.ts';

const folder = mkdtempSync(join(tmpdir(), 'pghi-two-'));
const otherBootId = join(folder, 'boot_id');
writeFileSync(otherBootId, '11111111-2222-4333-8444-555555555555\n');

/** A machine whose clock is `seconds` ahead. */
function clockAhead(seconds: number): string {
  const file = join(folder, `clock${seconds}.mjs`);
  writeFileSync(
    file,
    `const Real = Date;
const ms = ${seconds * 1000};
const origin = performance.timeOrigin + ms;
Object.defineProperty(performance, 'timeOrigin', {get: () => origin});
globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length > 0 ? given : [Real.now() + ms]));
  }
  static now() {
    return Real.now() + ms;
  }
};
`,
  );
  return `--import=${file}`;
}

// The whole container goes with its first process, as it does where containers run.
const container = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
const machine = [
  ...['unshare', '--mount', 'sh', '-c'],
  `mount --bind ${otherBootId} /proc/sys/kernel/random/boot_id && exec "$@"`,
  'sh',
];
/** Each takes a minute: on the sandbox those two that differ from us in all. */
const places: readonly (readonly [string, CliOptions])[] = [
  ...(onSandbox
    ? []
    : ([
        ['another container', {through: container}],
        ['another virtual machine', {through: machine}],
      ] as const)),
  ['another virtual machine, its clock 45 s ahead', {through: machine, env: {NODE_OPTIONS: clockAhead(45)}}],
  ['another container, its clock a day behind', {through: container, env: {NODE_OPTIONS: clockAhead(-86_400)}}],
];

let namespace: TestNamespace;
let helm: GatedHelm;
let first: Running | null = null;
beforeEach(async () => {
  namespace = await makeNamespace('lease-two');
  helm = gatedHelm(helm3);
});
afterEach(async () => {
  helm.open();
  first?.child.kill('SIGKILL');
  first = null;
  await namespace.remove();
});

const install = () => [
  ...['install', 'orders', '-n', namespace.name, '--yes', '--timeout', '120s', '--chart', smallChart],
  ...['--storage-size', '1Gi', '--cpu', '100m', '--memory', '256Mi', '--instance-type', 'any'],
];

interface LeaseSeen {
  readonly spec: {readonly holderIdentity: string; readonly renewTime: string};
}
const lease = () => kubectlJson<LeaseSeen>(['-n', namespace.name, 'get', 'lease', 'orders-postgresql-operation']);

function mayUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', '--uts', 'true'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!mayUnshare())('somebody is at work', () => {
  test.each(places)(
    'in %s: the second one is refused, and takes over when the first one is dead',
    async (_place, options) => {
      first = start(install(), {...options, env: {...options.env, PGHI_HELM: helm.path}});
      await waitFor('helm', helm.isReached, (reached) => reached, {deadlineMs: 60_000});
      const {holderIdentity} = (await lease()).spec;

      const second = await cliJson<Result>(install());
      expect({code: second.code, cause: second.json.cause?.code}).toEqual({code: 3, cause: 'RELEASE_LOCKED'});
      expect((await lease()).spec.holderIdentity).toBe(holderIdentity);
      expect(first.child.exitCode).toBeNull();

      first.child.kill('SIGKILL');
      await first.finished;
      const third = start([...install(), '--output', 'ndjson']);
      const {code, stdout} = await third.finished;
      const told = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Progress | (Result & {type: 'result'}));
      expect({code, last: told.at(-1)}).toMatchObject({code: 0, last: {type: 'result', outcome: 'succeeded'}});
      expect(told[0]).toMatchObject({
        type: 'log',
        source: 'operation',
        text: expect.stringMatching(/^Watching for up to 30 seconds whether \S+@\S+ is still at work on orders$/),
      });
    },
  );
});

test('a dead process of this very place is taken over from without waiting', async () => {
  first = start(install(), {env: {PGHI_HELM: helm.path}});
  await waitFor('helm', helm.isReached, (reached) => reached, {deadlineMs: 60_000});
  first.child.kill('SIGKILL');
  await first.finished;
  const {code, stdout} = await start([...install(), '--output', 'ndjson']).finished;
  expect({code, watched: stdout.includes('"source":"operation"')}).toEqual({code: 0, watched: false});
});
