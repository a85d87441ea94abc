// Nobody is taken over from, and nobody is refused, because of what clocks say: whoever works elsewhere is watched
// first.
import {beforeEach, describe, expect, it} from 'vitest';
import {toValues} from '../../../source/chart/values.ts';
import {change} from '../../../source/operations/change/change.ts';
import {install} from '../../../source/operations/install.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {uninstall} from '../../../source/operations/uninstall.ts';
import {answersFrom} from '../../../source/parameters/resolve.ts';
import {FakeRelease, type FakeReleasePorts} from '../../support/fakes/fake-release.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

const installed = parametersWith();
const chart = {path: 'charts/postgresql', source: 'oci://registry.example/p', version: '16.7.26', appVersion: '17.6.0'};
const bob = 'bob@elsewhere/42/7/their-boot/4026531836';

let release: FakeRelease;
let stop: AbortController;
beforeEach(() => {
  release = new FakeRelease(installed);
  stop = new AbortController();
});

type Begin = (run: FakeReleasePorts, timeoutMs: number) => AsyncGenerator<Progress, Result>;
const scale: Begin = ({ports}, timeoutMs) =>
  change(
    {
      operation: 'scale',
      kind: 'scale',
      parameters: {...installed, readReplicaCount: 3},
      chart,
      deleteVolumes: false,
      dryRun: false,
      before: null,
      timeoutMs,
      command: '',
      confirm: null,
    },
    ports,
    stop.signal,
  );
const operations: readonly (readonly [string, Begin])[] = [
  ['scale', scale],
  [
    'install',
    ({ports}, timeoutMs) =>
      install(
        {
          operation: 'install',
          answers: answersFrom(installed),
          chart,
          password: null,
          requireEncryption: false,
          dryRun: false,
          timeoutMs,
          random: (count: number) => new Uint8Array(count),
          confirm: null,
          commandFor: () => '',
          onResolved: async () => undefined,
        },
        ports,
        stop.signal,
      ),
  ],
  [
    'uninstall',
    (run, timeoutMs) => {
      run.helm.uninstall = async () => {
        release.revisions = [];
        release.sets.clear();
        release.podsByName.clear();
      };
      return uninstall(
        {deleteData: false, dumpTo: null, dryRun: false, timeoutMs, command: '', confirm: async () => true},
        run.ports,
        stop.signal,
      );
    },
  ],
];

/** Somebody elsewhere has begun the same. */
function heldByBob(kind: string, truth: 'alive' | 'dead', estimate: 'alive' | 'dead'): void {
  const parameters = kind === 'scale' ? {...installed, readReplicaCount: 3} : installed;
  release.lease = {
    kind: kind as 'scale',
    startedAt: '2026-01-02T03:00:00Z',
    holder: bob,
    renewedAt: release.time,
    wanted: kind === 'uninstall' ? null : {parameters, chart: {source: chart.source, version: chart.version}},
  };
  if (truth === 'alive') release.alive.add(bob);
  release.estimates.set(bob, estimate);
}

async function finish(begin: Begin, timeoutMs = 120_000) {
  const run = release.run();
  const told: Progress[] = [];
  const all = begin(run, timeoutMs);
  for (;;) {
    const next = await all.next();
    if (next.done) return {result: next.value, told, run};
    told.push(next.value);
  }
}

const watching = {
  type: 'log',
  source: 'operation',
  text: 'Watching for up to 30 seconds whether bob@elsewhere is still at work on orders',
};

describe.each(operations)('%s', (kind, begin) => {
  it.each(['alive', 'dead'] as const)('is refused by who works, where clocks say that it is %s', async (estimate) => {
    heldByBob(kind, 'alive', estimate);
    const {result, told} = await finish(begin);
    expect({outcome: result.outcome, cause: result.cause?.code}).toEqual({outcome: 'refused', cause: 'RELEASE_LOCKED'});
    expect(result.cause?.message).toContain('bob@elsewhere');
    expect(told).toContainEqual(expect.objectContaining(watching));
    expect({changes: release.changes, holder: release.lease?.holder}).toEqual({changes: [], holder: bob});
  });

  it.each(['alive', 'dead'] as const)('takes over from the dead, where clocks say that it is %s', async (estimate) => {
    heldByBob(kind, 'dead', estimate);
    const {result, told} = await finish(begin);
    expect({outcome: result.outcome, cause: result.cause}).toEqual({outcome: 'succeeded', cause: undefined});
    expect(told.filter((step) => step.type === 'log' && step.source === 'operation')).toHaveLength(1);
    expect(release.lease).toBeNull();
  });

  it('ends at its time with nothing changed: nobody knows yet', async () => {
    heldByBob(kind, 'dead', 'alive');
    const began = release.time;
    const {result} = await finish(begin, 5000);
    expect({outcome: result.outcome, cause: result.cause?.code, seconds: (release.time - began) / 1000}).toEqual({
      outcome: 'detached',
      cause: 'RELEASE_LOCKED',
      seconds: 5,
    });
    expect({changes: release.changes, holder: release.lease?.holder}).toEqual({changes: [], holder: bob});
  });

  it('is stopped while it watches', async () => {
    heldByBob(kind, 'dead', 'dead');
    stop.abort();
    const {result} = await finish(begin);
    expect({outcome: result.outcome, cause: result.cause?.code, changes: release.changes}).toEqual({
      outcome: 'cancelled',
      cause: 'CANCELLED',
      changes: [],
    });
  });
});

describe('who was taken for dead and comes back', () => {
  it('begins no further step', async () => {
    const run = release.run();
    const {upgrade} = run.helm;
    run.helm.upgrade = async (...given) => {
      await upgrade(...given);
      heldByBob('scale', 'alive', 'alive');
      release.changes.length = 0;
    };
    const all = change(
      {
        operation: 'upgrade',
        kind: 'upgrade',
        chart,
        deleteVolumes: false,
        dryRun: false,
        before: null,
        parameters: {...installed, images: {...installed.images, tag: '17.7.0'}},
        timeoutMs: 60_000,
        command: '',
        confirm: null,
      },
      run.ports,
      stop.signal,
    );
    let next = await all.next();
    while (!next.done) next = await all.next();
    expect({outcome: next.value.outcome, cause: next.value.cause?.code, changes: release.changes}).toEqual({
      outcome: 'failed',
      cause: 'RELEASE_LOCKED',
      // Which leaves alone what is not ours.
      changes: ['pauseLease'],
    });
    expect(release.lease?.holder).toBe(bob);
  });
});

describe('a helm that may be at work still', () => {
  const day = 86_400_000;
  it.each([
    ['now', 0],
    ['in the future, by a clock that is ahead', day],
  ])('and began %s, is waited for no longer than it may take', async (_when, aheadMs) => {
    release.revisions.push({
      revision: 2,
      status: 'pending-upgrade',
      updatedAt: new Date(release.time + aheadMs).toISOString(),
      chartVersion: '16.7.26',
      chartName: 'postgresql',
      appVersion: '17.6.0',
      description: 'Preparing upgrade',
      values: toValues({...installed, readReplicaCount: 3}, release.target),
    });
    heldByBob('scale', 'dead', 'dead');
    release.estimates.clear();
    const began = release.time;
    const {result} = await finish(scale);
    expect({outcome: result.outcome, cause: result.cause}).toEqual({outcome: 'succeeded', cause: undefined});
    expect((release.time - began) / 1000).toBeGreaterThan(14);
    expect((release.time - began) / 1000).toBeLessThan(40);
  });
});

it('a change that others keep overtaking leaves the Lease of what it went on with', async () => {
  heldByBob('scale', 'dead', 'dead');
  const {revisions} = release;
  const run = release.run();
  const takeLease = run.takeLease.bind(run);
  run.takeLease = async (record, over) => {
    const last = revisions.at(-1) as (typeof revisions)[0];
    revisions.push({...last, revision: last.revision + 1});
    return takeLease(record, over);
  };
  const steps = scale(run, 600_000);
  let next = await steps.next();
  while (!next.done) next = await steps.next();
  expect(next.value).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
  expect(release.lease).toMatchObject({kind: 'scale', holder: ''});
});
