// Two operators of one release, on machines that share a host name: as long as one of them lives the other is refused,
// whatever their clocks say.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test, type TestContext} from 'vitest';
import type {Progress, Result} from '../../source/plan/progress.ts';
import {cliJson, start, type CliOptions, type Running} from '../support/cli.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {helm3, smallChart} from '../support/paths.ts';
import {sampled} from '../support/clusters/sampled.ts';
import {gatedHelm, type GatedHelm} from '../support/clusters/trap.ts';
import {waitFor} from '../support/wait-for.ts';
import {smallSize} from '../support/clusters/small-size.ts';

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

// The whole container ends with its first process, as it does where containers run.
const container = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
const machine = [
  ...['unshare', '--mount', 'sh', '-c'],
  `mount --bind ${otherBootId} /proc/sys/kernel/random/boot_id && exec "$@"`,
  'sh',
];
type OtherPlace = readonly [name: string, options: CliOptions];
/**
 * Each takes a minute: always the two that differ from us in everything, and on a cluster one of the others each day.
 */
const places: readonly OtherPlace[] = [
  ...(onSandbox
    ? []
    : sampled<OtherPlace>(
        [
          ['another container', {through: container}],
          ['another virtual machine', {through: machine}],
        ],
        1,
      )),
  ['another virtual machine, its clock 45 s ahead', {through: machine, env: {NODE_OPTIONS: clockAhead(45)}}],
  ['another container, its clock a day behind', {through: container, env: {NODE_OPTIONS: clockAhead(-86_400)}}],
];

class Place {
  readonly helm: GatedHelm = gatedHelm(helm3);
  readonly processes: Running[] = [];
  private constructor(readonly namespace: TestNamespace) {}

  static async make({onTestFinished}: TestContext): Promise<Place> {
    const place = new Place(await makeNamespace('lease-two'));
    onTestFinished(async () => {
      place.helm.open();
      for (const {child} of place.processes) child.kill('SIGKILL');
      await place.namespace.remove();
    });
    return place;
  }

  get install(): readonly string[] {
    return [
      ...['install', 'orders', '-n', this.namespace.name, '--yes', '--timeout', '120s', '--chart', smallChart],
      ...smallSize,
    ];
  }

  /** An install that waits in its helm. */
  async begin(options: CliOptions = {}): Promise<Running> {
    const running = start([...this.install], {...options, env: {...options.env, PGHI_HELM: this.helm.path}});
    this.processes.push(running);
    await waitFor('helm', this.helm.isReached, (reached) => reached, {deadlineMs: 60_000});
    return running;
  }

  lease(): Promise<LeaseSeen> {
    return kubectlJson<LeaseSeen>(['-n', this.namespace.name, 'get', 'lease', 'orders-postgresql-operation']);
  }
}

interface LeaseSeen {
  readonly spec: {readonly holderIdentity: string; readonly renewTime: string};
}

function mayUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', '--uts', 'true'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}

// Each test watches for half a minute, so all of them run at once.
describe.skipIf(!mayUnshare()).concurrent('somebody is at work', () => {
  for (const [what, options] of places) {
    test(`in ${what}: the second one is refused, and takes over when the first one is dead`, async (context) => {
      const place = await Place.make(context);
      const {install} = place;
      const first = await place.begin(options);
      const {holderIdentity} = (await place.lease()).spec;

      const second = await cliJson<Result>([...install]);
      context.expect({code: second.code, cause: second.json.cause?.code}).toEqual({code: 3, cause: 'RELEASE_LOCKED'});
      context.expect((await place.lease()).spec.holderIdentity).toBe(holderIdentity);
      context.expect(first.child.exitCode).toBeNull();

      first.child.kill('SIGKILL');
      await first.finished;
      const {code, stdout} = await start([...install, '--output', 'ndjson']).finished;
      const told = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Progress | (Result & {type: 'result'}));
      context.expect({code, last: told.at(-1)}).toMatchObject({code: 0, last: {type: 'result', outcome: 'succeeded'}});
      context.expect(told[0]).toMatchObject({
        type: 'log',
        source: 'operation',
        text: context.expect.stringMatching(
          /^Watching for up to 30 seconds whether \S+@\S+ is still at work on orders$/,
        ),
      });
    });
  }
});

test('a dead process of this very place is taken over from without waiting', async (context) => {
  const place = await Place.make(context);
  const first = await place.begin();
  first.child.kill('SIGKILL');
  await first.finished;
  const {code, stdout} = await start([...place.install, '--output', 'ndjson']).finished;
  expect({code, watched: stdout.includes('"source":"operation"')}).toEqual({code: 0, watched: false});
});
