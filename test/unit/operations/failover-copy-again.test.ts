// Which readers are copied again after a failover: those that may have WAL which the new writer does not have.
import {expect, test} from 'vitest';
import {claimOfPod} from '../../../source/chart/names.ts';
import type {FailoverRecord, ReaderPosition} from '../../../source/observation/role/failover.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import type {Ports} from '../../../source/operations/ports/index.ts';
import {failoverSteps, type DesiredFailover} from '../../../source/operations/steps/failover-steps.ts';
import {setOf} from '../../support/fakes/fake-objects.ts';
import {positionOf} from '../../support/clusters/reader-position.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const target = targetFor('orders');
const reader = (ordinal: number) => `orders-postgresql-read-${ordinal}`;
const began = Date.parse('2026-01-02T03:00:00Z');
const side = (name: string) => ({
  claim: {name: claimOfPod(target, name), labels: {}, ownerReferences: []},
  volume: {name: `pv-${name}`, reclaimPolicy: 'Retain' as const, spec: {}},
});
const record: FailoverRecord = {
  phase: 'promote',
  to: null,
  pod: reader(0),
  ahead: [reader(1)],
  writerPod: 'orders-postgresql-primary-0',
  timeline: 2,
  isNodeLost: true,
  fromNode: 'c',
  atRisk: {bytes: 0, lastSignAt: null, isCovered: false},
  writer: {...side('orders-postgresql-primary-0'), volume: null},
  readers: Object.fromEntries([0, 1, 2, 3].map((ordinal) => [reader(ordinal), side(reader(ordinal))])),
  kept: {name: 'orders-kept-1', labels: {}, ownerReferences: []},
};

/** Five readers; the last was away when the failover was begun. `remade`: their claims are of later. */
function seen(...remade: readonly number[]): Snapshot {
  const claims = [0, 1, 2, 3, 4].map((ordinal) => ({
    metadata: {
      name: claimOfPod(target, reader(ordinal)),
      creationTimestamp: new Date(began + (remade.includes(ordinal) ? 60_000 : -60_000)).toISOString(),
    },
    spec: {volumeName: remade.includes(ordinal) ? `new-${ordinal}` : `pv-${reader(ordinal)}`},
  }));
  const statefulSets = [setOf('orders-postgresql-read', 5, began)];
  return {
    target,
    claims,
    statefulSets,
    pods: [],
    services: [],
    database: [],
    release: {revisions: []},
  } as unknown as Snapshot;
}

interface Told {
  readonly timelineAfter: number | null;
  readonly positions: readonly ReaderPosition[];
  readonly snapshot?: Snapshot;
}

/** The ordinals of the readers whose claims are deleted. */
async function copied({timelineAfter, positions, snapshot = seen(0)}: Told): Promise<readonly number[]> {
  const deleted: string[] = [];
  const ports = {
    now: () => 0,
    serverFacts: async () => null,
    deleteClaims: async (claims: Snapshot['claims']) => void deleted.push(...claims.map(({metadata}) => metadata.name)),
    setReclaimPolicy: async () => undefined,
    publishNotReadyAddresses: async () => undefined,
    observeFailover: async () => ({claims: {kept: null}, volumes: {}}),
  } as unknown as Ports;
  const desired = {
    record,
    positions,
    timelineAfter,
    startedAt: new Date(began).toISOString(),
    note: async () => undefined,
  } as unknown as DesiredFailover;
  await failoverSteps[2]?.run?.(ports, desired, snapshot, new AbortController().signal);
  return deleted.map((name) => Number(name.at(-1)));
}

const answered = [positionOf(reader(0), 20), positionOf(reader(1), 30), positionOf(reader(2), 20)];

test('those that had more, where the writer has a timeline of its own, or it is not known', async () => {
  expect(await copied({timelineAfter: 3, positions: answered})).toEqual([1]);
  expect(await copied({timelineAfter: null, positions: answered})).toEqual([1]);
});

test('all that are not known to have less, where it was never promoted and goes on with the earlier one', async () => {
  expect(await copied({timelineAfter: 2, positions: answered})).toEqual([1, 3, 4]);
  // Another run has chosen.
  expect(await copied({timelineAfter: 2, positions: []})).toEqual([1, 2, 3, 4]);
});

test('each once', async () => {
  expect(await copied({timelineAfter: 2, positions: [], snapshot: seen(0, 1, 3, 4)})).toEqual([2]);
});
