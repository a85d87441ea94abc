// Synchronous readers of a release in memory: commits wait for more of them last, and for fewer before one goes.
import {describe, expect, it} from 'vitest';
import {at} from '../../../source/chart/tree.ts';
import type {ChangeRequest} from '../../../source/operations/change/change.ts';
import {changeSteps, type ChangeShape} from '../../../source/operations/steps/change-steps.ts';
import type {PodUpdatePlan} from '../../../source/plan/pod-update-plan.ts';
import {podOf} from '../../support/fakes/fake-objects.ts';
import type {Result} from '../../../source/plan/progress.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {changeRequest, finish} from '../../support/fakes/change-request.ts';
import {Killed} from '../../support/fakes/fake-ports.ts';
import {FakeRelease, type FakeReleasePorts} from '../../support/fakes/fake-release.ts';
import {parametersWith, targetFor} from '../../support/fakes/survey.ts';

const chart = {
  path: 'charts/postgresql',
  source: 'oci://registry.example/postgresql',
  version: '16.7.26',
  appVersion: '17.6.0',
};

async function changed(
  run: FakeReleasePorts,
  parameters: Parameters,
  kind: ChangeRequest['kind'] = 'set',
): Promise<Result> {
  return finish(run, changeRequest(kind, parameters, {chart, confirm: null}));
}

const of = (readReplicaCount: number, synchronousReplicas: number) =>
  parametersWith({readReplicaCount, synchronousReplicas, sizing: 'auto'});

/** For each revision, how many readers there are and what its writer is told. */
const history = ({revisions}: FakeRelease) =>
  revisions.map(({values}) => {
    const text = String(at(values, ['primary', 'extendedConfiguration']));
    return `${String(at(values, ['readReplicas', 'replicaCount']))} readers, ${/'(ANY \d+)/.exec(text)?.[1] ?? 'none'}`;
  });

describe('synchronous readers', () => {
  it('more of both: the readers first', async () => {
    const release = new FakeRelease(of(1, 0));
    expect((await changed(release.run(), of(3, 2))).outcome).toBe('succeeded');
    expect(history(release)).toEqual(['1 readers, none', '3 readers, none', '3 readers, ANY 2']);
  });

  it('fewer of both: what commits wait for first', async () => {
    const release = new FakeRelease(of(3, 2));
    expect((await changed(release.run(), of(1, 0))).outcome).toBe('succeeded');
    expect(history(release)).toEqual(['3 readers, ANY 2', '3 readers, none', '1 readers, none']);
  });

  it('one of them alone is one revision', async () => {
    const release = new FakeRelease(of(2, 0));
    expect((await changed(release.run(), of(2, 1))).outcome).toBe('succeeded');
    expect((await changed(release.run(), of(2, 0))).outcome).toBe('succeeded');
    expect(history(release)).toEqual(['2 readers, none', '2 readers, ANY 1', '2 readers, none']);
  });

  it('too few readers for what commits wait for are refused, and nothing changes', async () => {
    const release = new FakeRelease(of(3, 2));
    const {outcome, cause} = await changed(release.run(), of(2, 2), 'scale');
    expect([outcome, cause?.code, cause?.remedies.map(({command}) => command?.split(' ').slice(-2))]).toEqual([
      'refused',
      'SYNC_WOULD_BLOCK',
      [
        ['--read-replicas', '3'],
        ['--synchronous-replicas', '1'],
      ],
    ]);
    expect(release.revisions).toHaveLength(1);
  });

  it.each([
    ['more', of(1, 0), of(2, 1)],
    ['fewer', of(2, 1), of(1, 0)],
  ])('%s, killed after any change and run again, ends as it was to', async (_name, from, to) => {
    for (let killAt = 1; ; killAt++) {
      const release = new FakeRelease(from);
      const first = await changed(release.run({killAt, killAfter: true}), to).catch((error: unknown) => error);
      if (!(first instanceof Killed)) return expect(killAt).toBeGreaterThan(4);
      release.time += 60_000;
      release.alive.clear();
      const {outcome} = await changed(release.run(), to);
      expect({killAt, outcome}).toMatchObject({outcome: expect.stringMatching(/succeeded|unchanged/)});
      const {readReplicaCount: count, synchronousReplicas: waits} = to;
      expect(history(release).at(-1)).toBe(`${count} readers, ${waits === 0 ? 'none' : `ANY ${waits}`}`);
    }
  });
});

describe('the writer and readers that may be away', () => {
  const [writer, reader] = ['orders-postgresql-primary-0', 'orders-postgresql-read-0'];
  const updates = (update: PodUpdatePlan['update']): readonly PodUpdatePlan[] =>
    [reader, writer].map((name) => ({
      pod: podOf(name, true),
      isWriter: name === writer,
      update,
      isConcerned: true,
      why: null,
      inPlaceSupport: {mayResize: false, nodeLabels: null, mayReload: true},
    }));
  const order = (rest: Partial<ChangeShape>) =>
    changeSteps({
      target: targetFor('orders'),
      podUpdates: updates('reload'),
      incarnations: null,
      writerServes: true,
      certificate: {before: [], after: []},
      adoption: {before: [], applied: []},
      metrics: {before: [], role: [], after: []},
      order: 'readers first',
      between: null,
      first: null,
      synchronousReplicas: 0,
      commitsWaitForFewer: false,
      commitsHang: false,
      publishesNotReady: false,
      grows: false,
      needsTrialStart: null,
      rebuildsIndexes: false,
      addsReaders: false,
      readersGo: false,
      slotsGoFrom: null,
      deleteVolumes: false,
      readReplicaCount: 1,
      now: () => 0,
      ...rest,
    } as unknown as ChangeShape).flatMap(({name}) => (/^(reload|restart) /.test(name) ? name : []));

  it('where commits are to wait for fewer of them, the writer reads its settings again first', () => {
    expect(order({commitsWaitForFewer: true})).toEqual([`reload ${writer}`, `reload ${reader}`]);
    expect(order({})).toEqual([`reload ${reader}`, `reload ${writer}`]);
  });
  it('a writer that has to restart for another reason waits for the readers all the same', () => {
    const podUpdates = updates('recreate');
    expect(order({commitsWaitForFewer: true, podUpdates})).toEqual([`restart ${reader}`, `restart ${writer}`]);
    // Unless every write hangs.
    const hangs = order({commitsWaitForFewer: true, commitsHang: true, podUpdates});
    expect(hangs).toEqual([`restart ${writer}`, `restart ${reader}`]);
  });
});
