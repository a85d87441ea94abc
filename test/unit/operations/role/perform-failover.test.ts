// The choice that a failover makes once the earlier writer has ended: what readers have stands still only then.
import {expect, test, vi} from 'vitest';
import {cause, UserError} from '../../../../source/core/cause.ts';
import type {FailoverRecord, ReaderPosition} from '../../../../source/observation/role/failover.ts';
import type {Node} from '../../../../source/observation/kubernetes.ts';
import {performFailover, type FailoverRun} from '../../../../source/operations/role/perform-failover.ts';
import type {Ports} from '../../../../source/operations/ports/index.ts';
import type {ObservedFailover} from '../../../../source/plan/failover-actions.ts';
import {positionOf} from '../../../support/clusters/reader-position.ts';
import {node, targetFor} from '../../../support/fakes/survey.ts';

// Nobody waits between two looks.
vi.mock('node:timers/promises', () => ({setTimeout: () => new Promise((resolve) => setImmediate(resolve))}));

const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
const side = (name: string) => ({
  claim: {name: `data-${name}`, labels: {}, ownerReferences: []},
  volume: {name: `pv-${name}`, reclaimPolicy: 'Delete' as const, spec: {}},
});
const record: FailoverRecord = {
  phase: 'fence',
  to: null,
  pod: null,
  ahead: [],
  writerPod: 'orders-postgresql-primary-0',
  timeline: 2,
  writer: side('orders-postgresql-primary-0'),
  readers: {[first]: side(first), [second]: side(second)},
  nodes: {[first]: 'a', [second]: 'b'},
  kept: {name: 'orders-kept-1', labels: {}, ownerReferences: []},
  isNodeLost: true,
  fromNode: 'c',
  atRisk: {bytes: 0, lastSignAt: null, isCovered: false},
};

/** A run that has done nothing yet. */
function runOf(begun: FailoverRecord, note: FailoverRun['note'] = async () => undefined): FailoverRun {
  const nothing = {promoted: null, positions: [], wentBack: null, answeredAt: null, timelineAfter: null};
  return {record: begun, note, ...nothing};
}

/** The writer has ended. What is to be done after the choice is not done: the run ends by going back, or is left. */
async function chosenAmong(
  positions: readonly ReaderPosition[],
  nodes: readonly Node[],
  begun: FailoverRecord = record,
): Promise<Pick<FailoverRun, 'record' | 'wentBack'>> {
  const chosen = new Error('chosen');
  const state: ObservedFailover = {
    replicas: 0,
    writerPod: null,
    readerPod: null,
    volumes: {},
    isServiceDetached: true,
    claims: {writer: null, reader: null, kept: null},
  };
  const isBack = () => run.record.phase === 'back';
  const ports = {
    target: targetFor('orders'),
    now: () => 0,
    confirmLease: async () => undefined,
    observeFailover: async () => (isBack() ? {...state, replicas: 1, isServiceDetached: false} : state),
    applyFailoverAction: async () => undefined,
    endReceiver: async (pod: string) => positions.find((one) => one.pod === pod) ?? null,
    nodes: async (names: readonly string[]) => nodes.filter(({metadata}) => names.includes(metadata.name)),
    unstopFrom: async () => undefined,
    checkpointOn: async () => undefined,
  } as unknown as Ports;
  const run = runOf(begun, async (next) => {
    if (next.phase !== 'promote') return;
    run.record = next;
    throw chosen;
  });
  await performFailover(ports, run).catch((error: unknown) => {
    if (error !== chosen) throw error;
  });
  return run;
}

const open = [node('a'), node('b')];
const closed = [node('a'), node('b', {unschedulable: true})];
const on2 = {timeline: 2};

test('is the reader with the most WAL of the writer’s timeline', async () => {
  const {record: after} = await chosenAmong([positionOf(first, 20, on2), positionOf(second, 9000)], open);
  expect(after).toMatchObject({phase: 'promote', pod: first, ahead: []});
  const behind = await chosenAmong([positionOf(first, 20, on2), positionOf(second, 30, on2)], open, {
    ...record,
    to: first,
  });
  expect(behind.record).toMatchObject({pod: first, ahead: [second]});
});

test('is one on a node that takes pods, where it has as much', async () => {
  const {record: after} = await chosenAmong([positionOf(first, 20, on2), positionOf(second, 20, on2)], closed);
  expect(after).toMatchObject({phase: 'promote', pod: first});
});

test('is none where the node of the one with the most takes no pods any more: everything is as it was', async () => {
  const positions = [positionOf(first, 20, on2), positionOf(second, 30, on2)];
  const {record: after, wentBack} = await chosenAmong(positions, closed);
  expect({phase: after.phase, code: wentBack?.code}).toEqual({phase: 'back', code: 'UNSCHEDULABLE'});
  expect(wentBack?.remedies[0]?.command).toContain('uncordon b');
  // A taint was looked at before, with the tolerations of the pods.
  const taints = [{key: 'for', value: 'db', effect: 'NoSchedule'}];
  expect((await chosenAmong(positions, [node('a'), node('b', {taints})])).record.pod).toBe(second);
});

test('waits for no node where the earlier writer was stopped for good', async () => {
  const fence = {host: '10.0.0.7', isTold: true, isDone: true};
  const positions = [positionOf(first, 20, on2), positionOf(second, 30, on2)];
  expect((await chosenAmong(positions, closed, {...record, fence})).record.pod).toBe(second);
});

/** A writer whose node is silent and whose database answers, for so many rounds, as each round of 10 s says. */
async function stoppedBySql(
  said: readonly string[],
  accepts: boolean,
  lastIsShutdown = true,
): Promise<Pick<FailoverRun, 'record'>> {
  let round = 0;
  const fence = {host: '10.0.0.7', bytes: positionOf(first, 20).bytes + 480, isTold: false, isDone: false};
  const state: ObservedFailover = {
    replicas: 0,
    writerPod: {uid: 'pw', isDeleting: true, hasEnded: false, graceSeconds: 30},
    readerPod: null,
    volumes: {},
    isServiceDetached: true,
    claims: {writer: null, reader: null, kept: null},
  };
  const decided = new Error('decided');
  const ports = {
    target: targetFor('orders'),
    now: () => round * 10_000,
    confirmLease: async () => undefined,
    observeFailover: async () => ({...state, writerPod: run.record.fence?.isDone ? null : state.writerPod}),
    applyFailoverAction: async () => undefined,
    stopFrom: async () => accepts,
    lastRecord: async () => ({isShutdown: lastIsShutdown, lsn: '0/20'}),
    answerFrom: async () => said[Math.min(Math.floor(round++ / 2), said.length - 1)],
    endReceiver: async (pod: string) => positionOf(pod, 20, on2),
    nodes: async () => open,
    unstopFrom: async () => undefined,
    checkpointOn: async () => undefined,
  } as unknown as Ports;
  const run = runOf({...record, fence, atRisk: {...record.atRisk, isCovered: true}}, async (next) => {
    if (next.phase === 'fence') return;
    run.record = next;
    throw decided;
  });
  await performFailover(ports, run).catch((error: unknown) => {
    if (error !== decided) throw error;
  });
  return run;
}

test('one that was told to stop is waited for, because it would listen to nobody when it starts again', async () => {
  const slowly = [...Array<string>(6).fill('rejecting connections'), 'no response'];
  expect((await stoppedBySql(slowly, true)).record.phase).toBe('promote');
  // Nobody could tell it: it runs as before, and everything is put back.
  expect((await stoppedBySql(['accepting connections'], false)).record.phase).toBe('back');
});

test('has all that the stopped writer had only where its last record is that of the shutdown', async () => {
  const silent = ['no response'];
  expect((await stoppedBySql(silent, true)).record.atRisk).toMatchObject({bytes: 0, isCovered: true});
  expect((await stoppedBySql(silent, true, false)).record.atRisk).toMatchObject({bytes: 480, isCovered: false});
});

const never = () => new Promise<never>(() => undefined);

interface Promoting {
  readonly promote: (times: number) => Promise<void>;
  /** The volumes wait for their next claims: the promotion is all that is left. */
  readonly isPointed?: boolean;
  readonly readerPosition?: () => Promise<null>;
  /** After so many rounds somebody takes the Lease over. */
  readonly heldFor?: number;
}

/** The writer has ended and both claims are going: what is left is to point the volumes, and to promote the reader. */
async function promotedBy(
  {promote, isPointed = false, readerPosition = async () => null, heldFor = 4}: Promoting,
  did: string[] = [],
): Promise<{readonly did: readonly string[]; readonly error: unknown}> {
  const claim = (name: string) => ({
    metadata: {name: `data-${name}`, uid: `uid-${name}`, deletionTimestamp: '2026-01-02T03:04:05Z'},
    spec: {volumeName: `pv-${name}`},
  });
  const volume = (name: string, next: string) => ({
    metadata: {name: `pv-${name}`},
    spec: {
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: isPointed ? {name: next} : {name: `data-${name}`, uid: `uid-${name}`},
    },
  });
  const [writer, reader] = ['orders-postgresql-primary-0', first];
  const state = {
    replicas: 0,
    writerPod: null,
    isServiceDetached: true,
    readerPod: {uid: 'pr', isDeleting: false, hasEnded: false},
    claims: {writer: claim(writer), reader: claim(reader), kept: null},
    volumes: {
      [`pv-${writer}`]: volume(writer, record.kept.name),
      [`pv-${reader}`]: volume(reader, `data-${writer}`),
    },
  } as unknown as ObservedFailover;
  let rounds = 0;
  const ports = {
    target: targetFor('orders'),
    now: () => 0,
    async confirmLease() {
      if (rounds > heldFor) throw new UserError(cause('RELEASE_LOCKED', 'Somebody took it over.'));
    },
    async observeFailover() {
      rounds++;
      return state;
    },
    applyFailoverAction: async ({kind}: {readonly kind: string}) => void did.push(kind),
    readerPosition,
    async promote() {
      did.push('promote');
      await promote(did.filter((one) => one === 'promote').length);
    },
  } as unknown as Ports;
  const run = runOf({...record, phase: 'promote', pod: first});
  const error = await performFailover(ports, run).catch((thrown: unknown) => thrown);
  return {did, error};
}

const promotions = (did: readonly string[]) => did.filter((one) => one === 'promote').length;
const refused = () => Promise.reject(new UserError(cause('ENDPOINT_UNPROVEN', 'It could not be promoted.')));
const lostLease = {reason: {code: 'RELEASE_LOCKED'}};

test('the volumes are pointed while the reader is being promoted, once', async () => {
  const {did, error} = await promotedBy({promote: never});
  expect(error).toMatchObject(lostLease);
  expect(promotions(did)).toBe(1);
  expect(did.filter((one) => one === 'point').length).toBeGreaterThan(2);
});

test('a promotion that fails is begun again', async () => {
  const {did, error} = await promotedBy({promote: (times) => (times === 1 ? refused() : never())});
  expect(error).toMatchObject(lostLease);
  expect(promotions(did)).toBe(2);
});

test('one that always fails ends with its reason', async () => {
  const {did, error} = await promotedBy({promote: refused, isPointed: true, heldFor: Infinity});
  expect(error).toMatchObject({reason: {code: 'ENDPOINT_UNPROVEN'}});
  expect(promotions(did)).toBe(41);
});

test.each([
  ['the Lease is asked for right before it', true],
  ['it does not outlive the run', false],
])('one that was begun promotes nobody once somebody else has the Lease: %s', async (_, isPointed) => {
  let answer: (position: null) => void = () => undefined;
  const answered = new Promise<null>((resolve) => (answer = resolve));
  const did: string[] = [];
  const ended = promotedBy({promote: never, isPointed, readerPosition: () => answered, heldFor: 0}, did);
  if (isPointed) answer(null);
  expect((await ended).error).toMatchObject(lostLease);
  answer(null);
  await new Promise(setImmediate);
  expect(promotions(did)).toBe(0);
});

test('changes nothing where the role has moved since it was planned', async () => {
  const did: string[] = [];
  const state = {
    replicas: 1,
    isServiceDetached: false,
    readerPod: null,
    volumes: {},
    writerPod: {uid: 'pw', isDeleting: false, hasEnded: false, graceSeconds: null},
    claims: {writer: {metadata: {name: 'data-w'}, spec: {volumeName: `pv-${first}`}}, reader: null, kept: null},
  } as unknown as ObservedFailover;
  const ports = {
    target: targetFor('orders'),
    now: () => 0,
    confirmLease: async () => undefined,
    observeFailover: async () => state,
    applyFailoverAction: async ({kind}: {readonly kind: string}) => void did.push(kind),
    checkpointOn: async () => undefined,
  } as unknown as Ports;
  const begin = (begun: FailoverRecord) => performFailover(ports, runOf(begun));
  const hadNone = {...record, writer: {...record.writer, volume: null}};
  for (const begun of [record, hadNone])
    await expect(begin(begun)).rejects.toMatchObject({reason: {code: 'WRITER_HEALTHY'}});
  expect(did).toEqual([]);
});
