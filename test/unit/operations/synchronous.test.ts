// Synchronous readers of a release in memory: commits wait for more of them last, and for fewer before one goes.
import {describe, expect, it} from 'vitest';
import {at} from '../../../source/chart/tree.ts';
import {change, type ChangeRequest} from '../../../source/operations/change.ts';
import type {Result} from '../../../source/operations/progress.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {Killed} from '../../support/fake-ports.ts';
import {FakeRelease, type FakeReleasePorts} from '../../support/fake-release.ts';
import {parametersWith} from '../../support/survey.ts';

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
  const request: ChangeRequest = {
    ...{operation: kind, kind, parameters, chart, deleteVolumes: false, dryRun: false, before: null},
    ...{timeoutMs: 60_000, command: '', confirm: null},
  };
  const all = change(request, run.ports, new AbortController().signal);
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
  }
}

const of = (readReplicaCount: number, synchronousReplicas: number) =>
  parametersWith({readReplicaCount, synchronousReplicas, sizing: 'auto'});

/** Of each revision: how many readers there are, and what its writer is told. */
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
