// A writer that is lost while a change is unfinished is replaced, and what was begun waits for recover as before:
// without a writer neither a change nor recover could end it.
import {beforeEach, describe, expect, it, test} from 'vitest';
import {claimOfPod, objectNames} from '../../../source/chart/names.ts';
import {mayBegin} from '../../../source/observation/may-begin.ts';
import type {FailoverRecord} from '../../../source/observation/role/failover.ts';
import type {PersistentVolume, Pod} from '../../../source/observation/kubernetes.ts';
import type {Side, SwitchoverRecord} from '../../../source/observation/role/switchover.ts';
import type {RoleMove} from '../../../source/observation/role/role-moves.ts';
import {changes, type OperationRecord, type Snapshot} from '../../../source/observation/snapshot.ts';
import {failover} from '../../../source/operations/role/failover.ts';
import type {LeaseRecord} from '../../../source/operations/ports/lease.ts';
import type {ObservedFailover} from '../../../source/plan/failover-actions.ts';
import type {Result} from '../../../source/plan/progress.ts';
import {Killed} from '../../support/fakes/fake-ports.ts';
import {FakeRelease, type FakeReleasePorts} from '../../support/fakes/fake-release.ts';
import {positionOf} from '../../support/clusters/reader-position.ts';
import {node, parametersWith} from '../../support/fakes/survey.ts';

const [writer, reader] = ['orders-postgresql-primary-0', 'orders-postgresql-read-0'];

let release: FakeRelease;
let isLost: boolean;
/** The moves of the role that the release remembers. */
let remembered: string[];
/** How often a reader took the writer's role, with its volume. */
let moves: number;
/** Whether readers follow a new writer. */
let follow: boolean;
beforeEach(() => {
  release = new FakeRelease(parametersWith());
  isLost = true;
  remembered = [];
  moves = 0;
  follow = true;
  release.touch = (snapshot) => ({
    ...snapshot,
    pods: snapshot.pods.filter(({metadata}) => !isLost || metadata.name !== writer),
    database: databaseIn(snapshot),
    claims: snapshot.claims.map((claim) => ({
      ...claim,
      spec: {...claim.spec, volumeName: volumeOf(claim.metadata.name)},
    })),
  });
});

const of = (pod: string) => claimOfPod(release.target, pod);
const volumeOf = (claim: string) => {
  const of0 = moves === 0 ? 'W' : `R${moves - 1}`;
  return claim === of(writer) ? of0 : `R${moves}`;
};

function databaseIn({database}: Snapshot): Snapshot['database'] {
  if (isLost) return [];
  return follow ? database : database.filter((fact) => fact.kind === 'endpoint' && fact.role === 'writer');
}

function ports(): FakeReleasePorts {
  const run = release.run();
  const volume = (name: string): PersistentVolume => ({
    metadata: {name},
    spec: {persistentVolumeReclaimPolicy: 'Delete'},
  });
  return Object.assign(run, {
    user: async () => null,
    failoverPermissions: async () => [],
    volumes: async () => Object.fromEntries([writer, reader].map((pod) => [of(pod), volume(volumeOf(of(pod)))])),
    nodes: async () => [node('node1')],
    allNodes: async () => [node('node1')],
    nodeUse: async () => ({}),
    attachedTo: async () => ({node: null, isKnown: true}),
    nodeSeen: async (name: string) => ({kind: 'gone', name}),
    readerPosition: async (pod: string) => positionOf(pod, 20),
    endReceiver: async (pod: string) => positionOf(pod, 20),
    answerFrom: async () => 'no response',
    writerSeenFrom: async () => null,
    unloggedTables: async () => [],
    checkpointOn: async () => undefined,
    applyFailoverAction: async () => undefined,
    promote: async () => undefined,
    commits: async () => true,
    setReclaimPolicy: async () => undefined,
    rememberRoleMove: async ({to}: RoleMove) => void remembered.push(to),
    serverFacts: async () => ({timeline: 2, isReader: false, isSynchronous: false, settings: {}, slots: []}),
    observeFailover: async ({phase, pod, readers}: FailoverRecord): Promise<ObservedFailover> => {
      const isMoving = phase === 'promote' && readers[pod ?? '']?.volume.name === `R${moves}`;
      if (isMoving) [isLost, moves] = [false, moves + 1];
      const [claim] = release.snapshot().claims.filter(({metadata}) => metadata.name === of(writer));
      return {
        replicas: isLost ? 0 : 1,
        isServiceDetached: isLost,
        writerPod: null,
        readerPod: null,
        volumes: {},
        claims: {writer: claim ?? null, reader: null, kept: claim ?? null},
      };
    },
  });
}

async function failedOver(run: FakeReleasePorts, asked: 'failover' | 'recover' = 'failover'): Promise<Result> {
  const all = failover(
    {
      operation: asked,
      to: null,
      nodeIsOff: true,
      dryRun: false,
      timeoutMs: 60_000,
      command: '',
      before: release.snapshot(),
      confirm: null,
    },
    run.ports,
    new AbortController().signal,
  );
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
  }
}

/** The Lease of an operation that nobody works on any more. */
function left(record: Partial<LeaseRecord>): LeaseRecord {
  const whole = {kind: 'upgrade', startedAt: '2026-01-02T03:00:00.000Z', wanted: null, ...record} as const;
  release.lease = {...whole, holder: '', renewedAt: release.time};
  return whole;
}

function leaseLeft(): object {
  return {...release.lease, renewedAt: undefined};
}

/** Both volumes have the claims that they were to have, or still have. */
function switchedOver(phase: SwitchoverRecord['phase']): SwitchoverRecord {
  const side = (pod: string, name: string): Side => ({
    claim: {name: of(pod), labels: {}, ownerReferences: []},
    volume: {name, reclaimPolicy: 'Delete', spec: {}},
  });
  const [ofWriter, ofReader] = phase === 'promote' ? (['R0', 'W'] as const) : (['W', 'R0'] as const);
  const moved = {writer: side(writer, ofWriter), reader: side(reader, ofReader)};
  return {...moved, phase, pod: {name: reader, uid: 'uid'}, timeline: 1, fencedAt: null};
}

const wanted = {parameters: parametersWith({cpu: '2'}), chart: {source: 'oci://a', version: '16.7.26'}};
const overWhich: readonly Partial<LeaseRecord>[] = [
  ...changes.map((kind) => ({kind, wanted: {...wanted, restart: {[writer]: 'uid'}, movesRole: kind === 'resize'}})),
  {kind: 'install', wanted},
  {kind: 'rotate-password', rotates: {roles: ['admin'], isGiven: true}},
];

describe('what was begun is as it was afterwards', () => {
  it.each(overWhich)('$kind', async (begun) => {
    const record = left(begun);
    const result = await failedOver(ports());
    expect(result).toMatchObject({outcome: 'succeeded', failover: {to: reader}});
    expect(leaseLeft()).toEqual({...record, holder: ''});
    expect(result.notes.join(' ')).toContain('pg-helm-install recover orders');
  });

  test.each([
    ['fence', {kind: 'switchover'}, null],
    ['fence', {kind: 'switchover', wanted}, {kind: 'resize', wanted}],
    ['promote', {kind: 'switchover', wanted}, null],
    ['back', {kind: 'switchover'}, null],
    ['back', {kind: 'switchover', wanted}, {kind: 'resize', wanted}],
  ] as const)(
    'but a switchover in phase "%s" that exchanges no volumes, or no longer, which is over',
    async (phase, begun, after) => {
      left({...begun, switchover: switchedOver(phase)});
      expect(await failedOver(ports())).toMatchObject({outcome: 'succeeded'});
      const startedAt = '2026-01-02T03:00:00.000Z';
      expect(release.lease).toEqual(
        after && {...after, startedAt, holder: '', renewedAt: expect.any(Number) as number},
      );
    },
  );

  test('a change that may not have reached the writer vouches for no row', async () => {
    const synchronous = parametersWith({synchronousReplicas: 1});
    release = Object.assign(new FakeRelease(synchronous), {touch: release.touch});
    const covered = () => failedOver(ports()).then(({failover: done}) => done?.atRisk.covered);
    expect(await covered()).toBe(true);
    isLost = true;
    moves = 0;
    left({kind: 'set', wanted: {...wanted, parameters: synchronous}});
    expect(await covered()).toBe(false);
  });

  test('where the readers wait for what was begun, too', async () => {
    const record = left({kind: 'set', wanted});
    follow = false;
    const result = await failedOver(ports());
    expect(result).toMatchObject({outcome: 'succeeded'});
    expect(leaseLeft()).toEqual({...record, holder: ''});
  });

  test('where the failover changed nothing', async () => {
    const record = left({kind: 'upgrade', wanted});
    const run = ports();
    const claims = {writer: {metadata: {name: of(writer)}, spec: {volumeName: 'other'}}, reader: null, kept: null};
    Object.assign(run, {observeFailover: async () => ({replicas: 1, isServiceDetached: false, claims})});
    expect(await failedOver(run)).toMatchObject({outcome: 'failed', cause: {code: 'WRITER_HEALTHY'}});
    expect(leaseLeft()).toEqual({...record, holder: ''});
  });

  test('where the failover was killed, and recover ended it', async () => {
    const record = left({kind: 'upgrade', wanted});
    const killed = ports();
    Object.assign(killed, {
      applyFailoverAction: async () => {
        throw new Killed('between two requests');
      },
    });
    await expect(failedOver(killed)).rejects.toThrow(Killed);
    release.alive.clear();
    expect(release.lease).toMatchObject({kind: 'failover', failover: {phase: 'promote'}, interrupted: record});
    expect(await failedOver(ports(), 'recover')).toMatchObject({outcome: 'succeeded'});
    expect(leaseLeft()).toEqual({...record, holder: ''});
  });

  test('where it was killed before it changed anything, and another one began', async () => {
    const record = left({kind: 'upgrade', wanted});
    const killed = ports();
    Object.assign(killed, {
      observeFailover: async () => {
        throw new Killed('before it changed anything');
      },
    });
    await expect(failedOver(killed)).rejects.toThrow(Killed);
    release.alive.clear();
    expect(await failedOver(ports())).toMatchObject({outcome: 'succeeded'});
    expect(leaseLeft()).toEqual({...record, holder: ''});
  });
});

describe('an earlier failover that only waits for its readers', () => {
  async function timedOut(): Promise<void> {
    follow = false;
    expect(await failedOver(ports())).toMatchObject({outcome: 'detached'});
    expect(release.lease).toMatchObject({kind: 'failover', holder: ''});
    follow = true;
  }

  it.each(['failover', 'recover'] as const)('is gone on with by %s while its writer serves', async (asked) => {
    await timedOut();
    expect(await failedOver(ports(), asked)).toMatchObject({outcome: 'succeeded', failover: {keptVolume: 'W'}});
    expect({moves, lease: release.lease}).toEqual({moves: 1, lease: null});
  });

  it('gives way to another one where its writer is lost too', async () => {
    await timedOut();
    isLost = true;
    expect(await failedOver(ports())).toMatchObject({outcome: 'succeeded', failover: {keptVolume: 'R0'}});
    expect({moves, lease: release.lease, remembered}).toEqual({moves: 2, lease: null, remembered: [reader, reader]});
  });
});

describe('one that was broken off before a reader was chosen', () => {
  const side = (pod: string, name: string): Side => ({
    claim: {name: `data-${pod}`, labels: {}, ownerReferences: []},
    volume: {name, reclaimPolicy: 'Delete', spec: {}},
  });
  const begun = (rest: Partial<FailoverRecord> = {}): FailoverRecord => ({
    phase: 'fence',
    to: null,
    pod: null,
    ahead: [],
    writerPod: writer,
    timeline: 1,
    writer: side(writer, 'W'),
    readers: {[reader]: side(reader, 'R0')},
    kept: {name: 'orders-kept-1', labels: {}, ownerReferences: []},
    isNodeLost: true,
    fromNode: 'node0',
    atRisk: {bytes: 0, lastSignAt: null, isCovered: false},
    ...rest,
  });

  /** The writer's StatefulSet has no replicas any more; its pod is there, and is not Ready. */
  async function goneOn(record: FailoverRecord, answers: boolean): Promise<Result> {
    left({kind: 'failover', failover: record});
    isLost = false;
    let replicas = 0;
    const seen = release.touch;
    release.touch = (snapshot) => {
      const now = seen?.(snapshot) ?? snapshot;
      const notReady = (pod: Pod): Pod => ({...pod, status: {...pod.status, conditions: []}});
      return {
        ...now,
        pods: now.pods.map((pod) => (pod.metadata.name === writer && replicas === 0 ? notReady(pod) : pod)),
        database: replicas === 0 ? [] : now.database,
        statefulSets: now.statefulSets.map((set) =>
          writer.startsWith(set.metadata.name) ? {...set, spec: {...set.spec, replicas}} : set,
        ),
      };
    };
    const run = ports();
    const there = {kind: 'there', name: 'node0', isReady: answers, since: null, isOutOfService: false};
    const volumes = await run.ports.volumes([]);
    const observe = run.ports.observeFailover.bind(run.ports);
    Object.assign(run, {
      forkOf: async () => null,
      nodeSeen: async () => ({...there, leaseAgeMs: answers ? 2000 : 90_000}),
      volumes: async () => ({...volumes, [of(writer)]: {...volumes[of(writer)], metadata: {name: 'W'}}}),
      applyFailoverAction: async (action: {readonly kind: string; readonly replicas?: number}) =>
        void (action.kind === 'scale' && (replicas = action.replicas ?? replicas)),
      observeFailover: async (now: FailoverRecord) => {
        const state = await observe(now);
        if (now.phase === 'promote') replicas = state.replicas ?? 0;
        return {...state, replicas, isServiceDetached: replicas === 0};
      },
    });
    return failedOver(run, 'recover');
  }

  it('is taken back where the node answers again, because the writer’s disk has every row', async () => {
    const result = await goneOn(begun(), true);
    expect(result).toMatchObject({outcome: 'succeeded', notes: ['Everything is as it was.']});
    expect({moves, lease: release.lease}).toEqual({moves: 0, lease: null});
  });

  it.each([
    ['the node is still silent', begun(), false],
    ['its database was told to stop', begun({fence: {host: 'h', isTold: true, isDone: true}}), true],
    ['the node was never the reason', begun({isNodeLost: false}), true],
    ['it had no disk any more', begun({writer: {...begun().writer, volume: null}}), true],
  ])('goes on where %s', async (_, record, answers) => {
    isLost = true;
    const result = await goneOn(record, answers);
    expect(result).toMatchObject({outcome: 'succeeded', failover: {to: reader}});
  });
});

it('leaves no Lease where an uninstall was begun before that has removed nothing', async () => {
  left({kind: 'uninstall', dumpTo: '/home/ann/orders.sql', isDumping: true});
  expect(await failedOver(ports())).toMatchObject({outcome: 'succeeded'});
  expect(release.lease).toBeNull();
});

it('leaves no Lease where nothing was begun before', async () => {
  expect(await failedOver(ports())).toMatchObject({outcome: 'succeeded'});
  expect(release.lease).toBeNull();
});

/** A resize of the disks takes the StatefulSet away for a moment, and then recover makes it again. */
const withoutSet = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  statefulSets: snapshot.statefulSets.filter(({metadata}) => metadata.name !== objectNames(snapshot.target).writer),
});

it.each([...overWhich, {kind: 'switchover'}, {kind: 'uninstall'}, {kind: 'recover', wanted}] as Partial<LeaseRecord>[])(
  'begins over a left $kind exactly where its remedies say so',
  async (begun) => {
    const {touch} = release;
    for (const [what, seen] of [
      ['whole', (one: Snapshot) => one],
      ['without its StatefulSet', withoutSet],
    ] as const) {
      release.touch = (snapshot) => seen(touch(snapshot));
      left(begun);
      const before = release.snapshot();
      const all = failover(
        {
          operation: 'failover',
          to: null,
          nodeIsOff: true,
          dryRun: true,
          timeoutMs: 60_000,
          command: '',
          before,
          confirm: null,
        },
        ports().ports,
        new AbortController().signal,
      );
      const {value} = await all.next();
      const result = value as Result;
      const isLocked = result.cause?.code === 'RELEASE_LOCKED';
      expect({what, begins: !isLocked}).toEqual({what, begins: mayBegin(before, 'failover')});
      const kind = begun.kind as OperationRecord['kind'];
      const isFirst = ['install', 'recover'].includes(kind);
      expect(isLocked, what).toBe(['switchover', 'uninstall'].includes(kind) || (what !== 'whole' && !isFirst));
      if (isLocked && kind !== 'uninstall') expect(result.cause?.remedies[0]?.action).toMatchObject({kind: 'recover'});
    }
  },
);
