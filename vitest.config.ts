import {defineConfig} from 'vitest/config';
import {BaseSequencer, type TestSpecification} from 'vitest/node';
import {testsReplacingModules} from './test/support/setup/replacing-modules.ts';
import {checkoutCache} from './test/support/paths.ts';

const project = (name: string, include: string | string[], test: object = {}) => ({
  test: {
    name,
    include: [include].flat(),
    setupFiles: ['test/support/setup/setup.ts'],
    // Long enough for a busy machine: the limits only end what would never end.
    testTimeout: 30_000,
    expect: {poll: {timeout: 10_000}},
    ...test,
  },
});

/**
 * The operations' tests that `npm test` shows on the sandbox: the main way through each kind. All others need minutes,
 * and are shown on a cluster. `npm run test:sandbox` shows all but `access`, `backup`, `metrics`, `permissions`,
 * `steered` and `wizard`, which only a cluster can.
 */
const sandboxCore = ['install', 'failures', 'day2'];

/** The projects whose files take longest: begun after the others, they would be waited for at the end. */
const slowProjects = [
  'operations',
  'operations-more',
  'sandbox',
  'nodes',
  'program',
  'screens',
  'conformance',
  'soak-in-ci',
];

const {PGHI_SEED: seedGiven = ''} = process.env;
const seedOfDay = /^\d+$/.test(seedGiven) ? seedGiven : String(Math.floor(Date.now() / 86_400_000));

/**
 * Files that take turns, one of each row (PGHI_SEED=all: all of them): they show one thing in two ways, and take
 * minutes. The turn lasts two days, because helm 3 and helm 4 change daily (test/support/clusters/helms.ts): so each
 * file meets both.
 */
const takingTurns = [
  ['test/sandbox/permissions.test.ts', 'test/cluster/permissions.test.ts'],
  ['test/cluster/adopt-given-claim.test.ts', 'test/cluster/adopt-earlier-charts.test.ts'],
  ['test/cluster/after-switchover.test.ts', 'test/cluster/after-failover.test.ts'],
  // Settings that reload and settings that restart, and how each is taken back.
  ['test/cluster/postgres-config.test.ts', 'test/cluster/day2-settings.test.ts'],
  // What a writing client notices of one change, and of taking it back.
  ['test/cluster/day2-resize.test.ts', 'test/cluster/day2-rollback.test.ts'],
  // Many operations one after the other, in a sandbox of their own.
  ['test/sandbox/docs-commands.test.ts', 'test/sandbox/failover.test.ts', 'test/sandbox/role-moves.test.ts'],
];
const notToday =
  seedGiven === 'all'
    ? []
    : takingTurns.flatMap((files) => files.filter((_, at) => Math.floor(Number(seedOfDay) / 2) % files.length !== at));

/** The files that take longest on a cluster, from six minutes down to three. */
const slowOnCluster = [
  'resume',
  'day2-settings',
  'day2-rollback',
  'postgres-config',
  'day2-official',
  'day2',
  'wizard',
];
/** These take 10 to 25 seconds: most of them wait, while others may work. */
const slowUnits = ['operations/change', 'cluster/look', 'cluster/lost-logs', 'cluster/api'];
const slowFiles = [
  ...slowOnCluster.map((name) => `/test/cluster/${name}.test.ts`),
  ...slowUnits.map((name) => `/test/unit/${name}.test.ts`),
];

class SlowOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({project, moduleId}: TestSpecification) =>
      slowProjects.includes(project.name) || slowFiles.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

const onSandbox = (name: string, files: readonly string[], others: readonly string[]) =>
  project(
    name,
    files.map((file) => `test/cluster/${file}.test.ts`),
    {
      exclude: others.map((file) => `test/cluster/${file}.test.ts`),
      testTimeout: 180_000,
      hookTimeout: 180_000,
      globalSetup: ['sandbox/test/support/postgres-setup.ts', 'test/support/setup/operations-setup.ts'],
      setupFiles: ['test/support/setup/setup.ts', 'test/support/setup/sandbox-place.ts'],
    },
  );

export default defineConfig({
  test: {
    // For two cores: most files wait more than they work, and with five workers a quarter of the processors is idle.
    maxWorkers: 6,
    sequence: {sequencer: SlowOnesFirst},
    projects: [
      // One process loads the modules once for many files: loading them for each took longer than most of the tests.
      project('unit', ['test/unit/**/*.test.ts', 'sandbox/test/unit/**/*.test.ts'], {
        exclude: [...testsReplacingModules],
        isolate: false,
        setupFiles: ['test/support/setup/setup.ts', 'test/support/setup/pasted-setup.ts'],
      }),
      project('unit-alone', [...testsReplacingModules]),
      project('screens', 'test/screens/**/*.test.{ts,tsx}', {isolate: false}),
      project('helm', 'test/helm/**/*.test.ts', {testTimeout: 60_000}),
      project('program', 'test/program/**/*.test.ts', {
        testTimeout: 60_000,
        globalSetup: ['test/support/setup/program-setup.ts'],
      }),
      project('sandbox', ['sandbox/test/integration/**/*.test.ts', 'test/sandbox/**/*.test.ts'], {
        exclude: notToday,
        testTimeout: 60_000,
        hookTimeout: 60_000,
        env: {XDG_CACHE_HOME: checkoutCache},
        globalSetup: ['test/support/setup/program-setup.ts', 'sandbox/test/support/postgres-setup.ts'],
      }),
      // On other Nodes than the one that runs the tests.
      project('nodes', 'test/nodes/**/*.test.ts', {
        testTimeout: 60_000,
        env: {XDG_CACHE_HOME: checkoutCache},
        globalSetup: ['sandbox/test/support/postgres-setup.ts', 'test/support/setup/nodes-setup.ts'],
      }),
      // The same files as on a cluster, on one sandbox.
      onSandbox('operations', sandboxCore, []),
      onSandbox(
        'operations-more',
        ['*'],
        [...sandboxCore, 'access', 'backup', 'metrics', 'permissions', 'steered', 'wizard'],
      ),
      // Three files at a time, each in namespaces of its own: with four, each file takes a third longer. Where a
      // file asserts a time, it is several times what a quiet machine takes.
      project('cluster', 'test/cluster/**/*.test.ts', {
        exclude: notToday,
        testTimeout: 180_000,
        hookTimeout: 180_000,
        maxWorkers: 3,
        sequence: {groupOrder: 2},
        globalSetup: ['test/support/setup/cluster-setup.ts'],
      }),
      // The sandbox beside a cluster.
      project('conformance', 'sandbox/test/conformance/**/*.test.ts', {
        testTimeout: 180_000,
        hookTimeout: 180_000,
        env: {XDG_CACHE_HOME: checkoutCache},
        maxWorkers: 3,
        sequence: {groupOrder: 2},
        globalSetup: ['sandbox/test/support/postgres-setup.ts', 'test/support/setup/cluster-setup.ts'],
      }),
      // Beside the cluster's tests, a few minutes of what runs for longer before a release, with another seed every
      // day.
      project('soak-in-ci', 'test/faults/soak.test.ts', {
        env: {PGHI_SOAK_MINUTES: '5', PGHI_SEED: seedOfDay},
        // Only a run that hangs takes that long.
        testTimeout: 420_000,
        hookTimeout: 180_000,
        maxWorkers: 3,
        sequence: {groupOrder: 2},
        globalSetup: ['sandbox/test/support/postgres-setup.ts', 'test/support/setup/operations-setup.ts'],
        setupFiles: ['test/support/setup/setup.ts', 'test/support/setup/sandbox-place.ts'],
      }),
      project('fuzz-in-ci', 'test/unit/fuzz.test.ts', {
        env: {PGHI_FUZZ_SECONDS: '60'},
        maxWorkers: 3,
        sequence: {groupOrder: 2},
      }),
      // A million inputs: `npm run fuzz`.
      project('fuzz', 'test/unit/fuzz.test.ts', {env: {PGHI_FUZZ_RUNS: '150000'}}),
      // An API that fails, on a sandbox of its own: long, and run with `npm run test:sandbox`.
      project('api-errors', 'test/faults/api-errors.test.ts', {
        env: {XDG_CACHE_HOME: checkoutCache},
        globalSetup: ['test/support/setup/program-setup.ts', 'sandbox/test/support/postgres-setup.ts'],
      }),
      // Kill points: long, and run by hand before a release; see CONTRIBUTING.md.
      project('faults', 'test/faults/kill-points.test.ts', {
        testTimeout: 14_400_000,
        hookTimeout: 180_000,
        globalSetup: ['sandbox/test/support/postgres-setup.ts', 'test/support/setup/faults-setup.ts'],
        setupFiles: ['test/support/setup/setup.ts', 'test/support/setup/faults-place.ts'],
      }),
      // Lost nodes, and the writer's role there and back: on a cluster alone, one after the other.
      project('faults-on-cluster', ['test/faults/lost-node.test.ts', 'test/faults/switchovers.test.ts'], {
        testTimeout: 7_200_000,
        hookTimeout: 180_000,
        fileParallelism: false,
        globalSetup: ['test/support/setup/cluster-setup.ts'],
      }),
      // Random operations, kills and faults for so many minutes: `npm run soak`.
      project('soak', 'test/faults/soak.test.ts', {
        testTimeout: 14_400_000,
        hookTimeout: 180_000,
        globalSetup: ['sandbox/test/support/postgres-setup.ts', 'test/support/setup/faults-setup.ts'],
        setupFiles: ['test/support/setup/setup.ts', 'test/support/setup/faults-place.ts'],
      }),
    ],
  },
});
