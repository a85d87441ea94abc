// What a switchover says when it cannot come to its end: what helps without a lost row.
import {expect, test} from 'vitest';
import {UserError, type Cause} from '../../../../source/core/cause.ts';
import {guardFinalizer, type SwitchoverRecord} from '../../../../source/observation/role/switchover.ts';
import {performSwitchover, type SwitchoverRun} from '../../../../source/operations/role/perform-switchover.ts';
import type {Ports} from '../../../../source/operations/ports/index.ts';
import type {ObservedSwitchover} from '../../../../source/plan/switchover-actions.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const side = (name: string, volume: string) => ({
  claim: {name, labels: {}, ownerReferences: []},
  volume: {name: volume, reclaimPolicy: 'Delete' as const, spec: {}},
});
const record: SwitchoverRecord = {
  phase: 'fence',
  timeline: 1,
  fencedAt: null,
  pod: {name: 'orders-postgresql-read-0', uid: 'reader'},
  writer: side('data-orders-postgresql-primary-0', 'W'),
  reader: side('data-orders-postgresql-read-0', 'R'),
};

/** Why it does not end where the cluster stays as it is. */
async function whyStuck(state: Partial<ObservedSwitchover>, phase: SwitchoverRecord['phase']): Promise<Cause> {
  const claim = (name: string, volumeName: string) => ({
    metadata: {name, deletionTimestamp: '2026-01-02T03:04:05Z', finalizers: [guardFinalizer]},
    spec: {volumeName},
  });
  const volume = (name: string) => ({metadata: {name}, spec: {persistentVolumeReclaimPolicy: 'Retain' as const}});
  let now = 0;
  const ports = {
    target: targetFor('orders'),
    now: () => (now += 20_000),
    confirmLease: async () => undefined,
    applySwitchoverAction: async () => undefined,
    lastRecord: async () => null,
    promote: async () => undefined,
    observeSwitchover: async () => ({
      replicas: 0,
      writerPod: null,
      volumes: {W: volume('W'), R: volume('R')},
      readerPod: {uid: 'reader', isDeleting: false, hasEnded: false},
      claims: {
        writer: claim('data-orders-postgresql-primary-0', 'W'),
        reader: claim('data-orders-postgresql-read-0', 'R'),
      },
      ...state,
    }),
  } as unknown as Ports;
  const run: SwitchoverRun = {
    record: {...record, phase},
    note: async () => undefined,
    lastRecord: null,
    isPromoted: false,
    writerMayStartAt: null,
    wentBack: null,
    answeredAt: null,
    timelineAfter: null,
  };
  return performSwitchover(ports, run).then(
    () => expect.unreachable('it came to its end'),
    (error: unknown) => {
      if (error instanceof UserError) return error.reason;
      throw error;
    },
  );
}

const writerPod = {uid: 'writer', isDeleting: true, hasEnded: false, hasAddress: true, node: 'node-a'};

test.each(['fence', 'promote'] as const)(
  'in phase "%s" the node of a writer that does not end is named, with the way to say that it is off',
  async (phase) => {
    const cause = await whyStuck({writerPod}, phase);
    expect(cause.code).toBe('NODE_LOST');
    expect(cause.message).toContain('The node node-a has not said');
    expect(cause.remedies.map(({command}) => command)).toEqual([
      'kubectl --context prod-eu describe node node-a',
      'kubectl --context prod-eu taint nodes node-a node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
      'pg-helm-install recover orders -n team-a --context prod-eu',
    ]);
  },
);

test('volumes that do not bind are said to, where the writer has ended', async () => {
  const cause = await whyStuck({writerPod: {...writerPod, hasEnded: true}}, 'promote');
  expect(cause).toMatchObject({code: 'TIMEOUT', remedies: [{action: {kind: 'recover'}}]});
});

test('a binding is waited for, and the claim is written to only when it is late', async () => {
  const half = {
    metadata: {name: 'data-orders-postgresql-primary-0', uid: 'claim'},
    spec: {volumeName: 'R'},
    status: {phase: 'Pending'},
  };
  const kept = {persistentVolumeReclaimPolicy: 'Retain'};
  const did: string[] = [];
  let now = 0;
  let rounds = 0;
  const ports = {
    target: targetFor('orders'),
    now: () => now,
    confirmLease: async () => undefined,
    applySwitchoverAction: async ({kind}: {readonly kind: string}) => void did.push(`${kind} at ${now}`),
    lastRecord: async () => null,
    async observeSwitchover() {
      if (++rounds > 6) throw new Error('enough');
      if (rounds > 1) now += 100;
      return {
        replicas: 0,
        writerPod: null,
        readerPod: null,
        volumes: {
          R: {metadata: {name: 'R'}, spec: {...kept, claimRef: {name: half.metadata.name, uid: 'claim'}}},
          W: {metadata: {name: 'W'}, spec: {...kept, claimRef: {name: 'data-orders-postgresql-read-0'}}},
        },
        claims: {writer: half, reader: null},
      };
    },
  } as unknown as Ports;
  const run = {record: {...record, phase: 'promote' as const}, note: async () => undefined, writerMayStartAt: null};
  await expect(performSwitchover(ports, run as unknown as SwitchoverRun)).rejects.toThrow('enough');
  expect(did.filter((one) => one.startsWith('touch'))[0]).toBe('touch at 300');
});
