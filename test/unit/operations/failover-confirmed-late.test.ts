// A person may read the plan of a failover for long: what is so when they say yes decides, and not what was so before.
import {beforeEach, expect, it} from 'vitest';
import {claimOfPod} from '../../../source/chart/names.ts';
import type {PersistentVolume} from '../../../source/observation/kubernetes.ts';
import {failover} from '../../../source/operations/role/failover.ts';
import type {Plan, Result} from '../../../source/plan/progress.ts';
import {FakeRelease, type FakeReleasePorts} from '../../support/fakes/fake-release.ts';
import {positionOf} from '../../support/clusters/reader-position.ts';
import {node, parametersWith} from '../../support/fakes/survey.ts';

const [writer, reader] = ['orders-postgresql-primary-0', 'orders-postgresql-read-0'];

let release: FakeRelease;
let run: FakeReleasePorts;
let isLost: boolean;
/** What the planned failover changed. */
let did: string[];
/** How often the permissions were asked for. */
let asked: number;
beforeEach(() => {
  release = new FakeRelease(parametersWith());
  run = release.run();
  did = [];
  asked = 0;
  isLost = true;
  release.touch = (snapshot) => {
    const {pods, database} = snapshot;
    return {
      ...snapshot,
      pods: isLost ? pods.filter(({metadata}) => metadata.name !== writer) : pods,
      database: isLost ? [] : database,
      claims: snapshot.claims.map((claim) => ({
        ...claim,
        spec: {...claim.spec, volumeName: `pv-${claim.metadata.name}`},
      })),
    };
  };
  const volume = (name: string): PersistentVolume => ({
    metadata: {name: `pv-${name}`},
    spec: {
      persistentVolumeReclaimPolicy: 'Delete',
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'In', values: ['node1']}]}],
        },
      },
    },
  });
  Object.assign(run, {
    user: async () => null,
    async failoverPermissions() {
      asked++;
      return [];
    },
    volumes: async () => Object.fromEntries([writer, reader].map((pod) => [of(pod), volume(of(pod))])),
    nodes: async () => [node('node1')],
    nodeUse: async () => ({}),
    allNodes: async () => [node('node1')],
    attachedTo: async () => ({node: null, isKnown: true}),
    nodeSeen: async (name: string) => ({kind: 'gone', name}),
    readerPosition: async (pod: string) => positionOf(pod, 20),
    answerFrom: async () => 'no response',
    writerSeenFrom: async () => null,
    unloggedTables: async () => [],
    serverFacts: async () => null,
    checkpointOn: async () => undefined,
    async observeFailover() {
      did.push('begun');
      throw new Error('begun');
    },
  });
});

const of = (pod: string) => claimOfPod(release.target, pod);

async function failedOver(confirm: ((plan: Plan) => Promise<boolean>) | null): Promise<Result> {
  const all = failover(
    {
      operation: 'failover',
      to: null,
      nodeIsOff: false,
      dryRun: false,
      timeoutMs: 60_000,
      command: '',
      before: release.snapshot(),
      confirm,
    },
    run.ports,
    new AbortController().signal,
  );
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
  }
}

it.each([
  ['somebody says yes', async () => true],
  ['nobody is asked', null],
])('is carried out where nothing has changed and %s', async (_, confirm) => {
  await expect(failedOver(confirm)).rejects.toThrow('begun');
  expect(did).toEqual(['begun']);
});

it('asks for the permissions once before the plan, and once more after it', async () => {
  await failedOver(async () => (expect(asked).toBe(1), true)).catch(() => undefined);
  expect(asked).toBe(2);
});

it('leaves a writer alone that has come back meanwhile', async () => {
  const result = await failedOver(async () => ((isLost = false), true));
  expect(result).toMatchObject({outcome: 'refused', cause: {code: 'WRITER_HEALTHY'}});
  expect({did, changes: release.changes, lease: release.lease}).toEqual({did: [], changes: [], lease: null});
});

it('leaves a release that was removed meanwhile', async () => {
  const result = await failedOver(async () => ((release.revisions = []), true));
  expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_NOT_FOUND'}});
  expect(did).toEqual([]);
});

it('leaves it to a run that has begun one meanwhile', async () => {
  const result = await failedOver(async () => {
    release.alive.add('ann@elsewhere/1/1');
    const begun = {kind: 'failover', startedAt: '2026-01-02T03:04:05Z', wanted: null} as const;
    release.lease = {...begun, holder: 'ann@elsewhere/1/1', renewedAt: release.time};
    return true;
  });
  expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
  expect(did).toEqual([]);
});

it('leaves what somebody began, and left, between that look and the Lease', async () => {
  const takeLease = run.takeLease.bind(run);
  const begun = {kind: 'upgrade', startedAt: '2026-01-02T03:04:06Z', wanted: null, holder: ''} as const;
  Object.assign(run, {
    takeLease: (...[record, over]: Parameters<typeof takeLease>) => {
      release.lease = {...begun, renewedAt: release.time};
      return takeLease(record, over);
    },
  });
  const result = await failedOver(null);
  expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
  expect(release.lease).toMatchObject(begun);
});

it('changes nothing where the role moves between that look and the Lease, and leaves the Lease to others', async () => {
  const claims = {writer: {metadata: {name: of(writer)}, spec: {volumeName: `pv-${of(reader)}`}}};
  Object.assign(run, {observeFailover: async () => ({replicas: 1, isServiceDetached: false, claims})});
  const result = await failedOver(async () => true);
  expect(result).toMatchObject({outcome: 'failed', cause: {code: 'WRITER_HEALTHY'}});
  expect({changes: release.changes, lease: release.lease}).toEqual({changes: ['takeLease', 'endLease'], lease: null});
});
