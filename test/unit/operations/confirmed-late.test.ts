// A person may read a plan for long, and others go on meanwhile. Whatever is confirmed then is done on the release that
// the plan was made from, or not at all.
import {describe, expect, it} from 'vitest';
import {toValues} from '../../../source/chart/values.ts';
import {cause, UserError} from '../../../source/core/cause.ts';
import {change, type ChangeRequest} from '../../../source/operations/change/change.ts';
import {install} from '../../../source/operations/install.ts';
import {rotatePasswords} from '../../../source/operations/passwords/rotate-passwords.ts';
import {uninstall} from '../../../source/operations/uninstall.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {changeRequest} from '../../support/fakes/change-request.ts';
import {FakeRelease, type FakeReleasePorts} from '../../support/fakes/fake-release.ts';
import {claimsOf} from '../../support/fakes/fake-ports.ts';
import {installRequest} from '../../support/fakes/install-request.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

type Confirm = () => Promise<boolean>;
type Begin = (run: FakeReleasePorts, confirm: Confirm) => AsyncGenerator<Progress, Result>;
const {signal} = new AbortController();
const installed = parametersWith();
const once = {dryRun: false, timeoutMs: 60_000, command: ''};

const changed =
  (
    kind: ChangeRequest['kind'],
    changes: Parameters<typeof changeRequest>[1],
    rest: Partial<ChangeRequest> = {},
  ): Begin =>
  (run, confirm) =>
    change(changeRequest(kind, changes, {...rest, confirm}), run.ports, signal);

const removed =
  (deleteData: boolean): Begin =>
  (run, confirm) =>
    uninstall({...once, deleteData, dumpTo: null, confirm}, run.ports, signal);

const operations: Readonly<Record<string, Begin>> = {
  // One that goes on with what helm left half done; where there is no release, see below.
  install: (run, confirm) => {
    run.cluster.revisions = run.cluster.revisions.map((one) => ({...one, status: 'failed'}));
    return install(installRequest({confirm}), run.ports, signal);
  },
  scale: changed('scale', {readReplicaCount: 1}, {deleteVolumes: true}),
  resize: changed('resize', {memory: '2Gi', storageSize: '50Gi'}),
  set: changed('set', {synchronousReplicas: 1}),
  upgrade: changed('upgrade', {images: {...installed.images, tag: '17.7.0'}}),
  restart: changed('restart', {}),
  rollback: changed('rollback', {readReplicaCount: 1}, {rollbackTo: 1}),
  'rotate-password': (run, confirm) =>
    rotatePasswords(
      {
        ...once,
        operation: 'rotate-password',
        role: 'all',
        password: null,
        confirm,
        random: (count) => new Uint8Array(count).fill(7),
        before: run.cluster.snapshot(),
      },
      run.ports,
      signal,
    ),
  uninstall: removed(false),
  'uninstall with its data': removed(true),
};

/** What somebody else does meanwhile. */
const meanwhile: Readonly<Record<string, (release: FakeRelease) => void>> = {
  'the release got another revision': ({revisions, target}) => {
    const values = toValues(parametersWith({readReplicaCount: 5}), target);
    revisions.push({...(revisions[0] as (typeof revisions)[0]), revision: 2, values});
  },
  'the release was removed, and another one of its name installed': (release) => {
    release.revisions = release.revisions.map((one) => ({...one, updatedAt: '2026-01-02T04:00:00.000Z'}));
  },
  'the release was removed': (release) => {
    release.revisions = [];
  },
};

async function ended(steps: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}

const facts = (release: FakeRelease) => ({
  revisions: release.revisions,
  pods: [...release.podsByName].map(([name, {uid, restarts}]) => `${name} ${uid} ${restarts}`),
  sizes: [...release.sizes],
  secret: release.secret,
});

describe.each(Object.entries(operations))('%s', (_name, begin) => {
  describe.each(Object.entries(meanwhile))('changes nothing where %s', (_what, happens) => {
    it('between the question and the answer', async () => {
      const release = new FakeRelease(installed);
      let left: ReturnType<typeof facts> | null = null;
      const confirm = async () => {
        happens(release);
        left = facts(release);
        return true;
      };
      const result = await ended(begin(release.run(), confirm));
      expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
      expect(result.cause?.message).toMatch(/Nothing was (changed|removed)\.$/);
      expect(result.cause?.remedies).toMatchObject([{again: true}]);
      expect({changes: release.changes, lease: release.lease, ...facts(release)}).toEqual({
        changes: [],
        lease: null,
        ...(left as ReturnType<typeof facts> | null),
      });
    });

    it('between the answer and the Lease', async () => {
      const release = new FakeRelease(installed);
      const run = release.run();
      const takeLease = run.takeLease.bind(run);
      run.takeLease = async (record, over) => {
        if (release.changes.length === 0) happens(release);
        return takeLease(record, over);
      };
      const result = await ended(begin(run, async () => true));
      expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
      expect({changes: release.changes, lease: release.lease}).toEqual({
        changes: ['takeLease', 'endLease'],
        lease: null,
      });
    });
  });

  it.each(['question', 'answer'] as const)('leaves alone what somebody began after the %s and left', async (after) => {
    const release = new FakeRelease(installed);
    const begun = {kind: 'set', startedAt: '2026-01-02T04:00:00.000Z', wanted: null, holder: '', renewedAt: 0} as const;
    const run = release.run();
    const takeLease = run.takeLease.bind(run);
    run.takeLease = async (record, over) => {
      release.lease = {...begun};
      return takeLease(record, over);
    };
    const result = await ended(
      begin(run, async () => {
        if (after === 'question') release.lease = {...begun};
        return true;
      }),
    );
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect({changes: release.changes, lease: release.lease}).toEqual({changes: [], lease: begun});
  });

  it('is carried out where nothing has changed', async () => {
    const release = new FakeRelease(installed);
    const result = await ended(begin(release.run(), async () => true));
    expect(result.cause?.code).not.toBe('RELEASE_LOCKED');
    expect(release.changes.filter((one) => !/Lease$/.test(one))).not.toEqual([]);
  });
});

it('an install of a name that was free overwrites no release that came meanwhile', async () => {
  const release = new FakeRelease(installed);
  const {revisions, applied, secret} = release;
  const isAway = {revisions: [], applied: null, secret: null};
  Object.assign(release, isAway);
  release.sizes.clear();
  const confirm = async () => {
    Object.assign(release, {revisions, applied, secret});
    return true;
  };
  const result = await ended(install(installRequest({confirm}), release.run().ports, signal));
  expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
  expect({changes: release.changes, revisions: release.revisions}).toEqual({changes: [], revisions});
});

describe('the claims of an uninstall with its data', () => {
  const remade = async (at: 'question' | 'Lease') => {
    const release = new FakeRelease(installed);
    let generation = 1;
    release.touch = claimsOf(() => generation);
    const run = release.run();
    const takeLease = run.takeLease.bind(run);
    run.takeLease = async (record, over) => {
      if (at === 'Lease') generation = 2;
      return takeLease(record, over);
    };
    const confirm = async () => {
      if (at === 'question') generation = 2;
      return true;
    };
    const result = await ended(removed(true)(run, confirm));
    return {result, release};
  };

  it.each(['question', 'Lease'] as const)('are those that the plan named, also after the %s', async (at) => {
    const {result, release} = await remade(at);
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect(result.cause?.message).toContain('was made after the plan. Nothing was removed.');
    expect(release.changes).toEqual(at === 'Lease' ? ['takeLease', 'endLease'] : []);
  });
});

it('a connection that drops once the Lease is taken leaves the Lease to nobody', async () => {
  const release = new FakeRelease(installed);
  const run = release.run();
  run.ports.revisions = () => Promise.reject(new UserError(cause('CONNECTION_LOST', 'The connection broke off.')));
  const steps = changed('resize', {memory: '2Gi'})(run, async () => true);
  let step = await steps.next();
  while (!step.done) step = await steps.next();
  expect(step.value).toMatchObject({outcome: 'refused', cause: {code: 'CONNECTION_LOST'}});
  expect(release.changes).toContain('takeLease');
  expect(release.lease).toBeNull();
});
