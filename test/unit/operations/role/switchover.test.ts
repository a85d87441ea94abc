// When a switchover begins: a passing moment does not keep it from it, and a plan that somebody else's switchover has
// overtaken does.
import {beforeEach, describe, expect, it, test} from 'vitest';
import {claimOfPod} from '../../../../source/chart/names.ts';
import type {PersistentVolume} from '../../../../source/observation/kubernetes.ts';
import {guardFinalizer, type SwitchoverRecord} from '../../../../source/observation/role/switchover.ts';
import type {LeaseRecord} from '../../../../source/operations/ports/lease.ts';
import type {Fact} from '../../../../source/observation/snapshot.ts';
import {switchover, type SwitchoverRequest} from '../../../../source/operations/role/switchover.ts';
import type {ServerFacts} from '../../../../source/plan/switchover.ts';
import type {Result} from '../../../../source/plan/progress.ts';
import {FakeRelease, type FakeReleasePorts} from '../../../support/fakes/fake-release.ts';
import {node, parametersWith} from '../../../support/fakes/survey.ts';

const [writer, first, second] = ['orders-postgresql-primary-0', 'orders-postgresql-read-0', 'orders-postgresql-read-1'];

const serverFacts: ServerFacts = {timeline: 1, isReader: false, isSynchronous: false, settings: {}, slots: []};

let release: FakeRelease;
let run: FakeReleasePorts;
/** The volume of each claim. */
let volumeOf: Record<string, string>;
/** Whether the readers stream from the writer. */
let streams: boolean;
/** What the switchover began to do. */
let did: string[];
beforeEach(() => {
  release = new FakeRelease(parametersWith({readReplicaCount: 2}));
  run = release.run();
  did = [];
  volumeOf = {[of(writer)]: 'pv-w', [of(first)]: 'pv-r0', [of(second)]: 'pv-r1'};
  streams = true;
  release.touch = (snapshot) => ({
    ...snapshot,
    claims: claimsNow(snapshot.claims),
    database: streams ? snapshot.database : snapshot.database.map((fact) => withoutStreams(fact)),
  });
  const volume = (name: string): PersistentVolume => ({
    metadata: {name},
    spec: {persistentVolumeReclaimPolicy: 'Delete'},
  });
  Object.assign(run, {
    switchoverPermissions: async () => [],
    user: async () => null,
    volumes: async () => Object.fromEntries(Object.entries(volumeOf).map(([claim, name]) => [claim, volume(name)])),
    nodes: async () => [node('node0'), node('node1'), node('node2')],
    nodeUse: async () => ({}),
    serverFacts: async (pod: string) => ({...serverFacts, isReader: pod !== writer}),
    unloggedTables: async () => [],
    replaySpeed: async () => null,
    makeReplicationSlots: async () => void did.push('prepares the reader'),
    alterSystem: async () => undefined,
    checkpointOn: async () => undefined,
    observeSwitchover: async ({writer: ofWriter, reader}: SwitchoverRecord) => {
      const {claims} = release.snapshot();
      const named = (name: string) => claims.find(({metadata}) => metadata.name === name) ?? null;
      return {
        replicas: 1,
        writerPod: null,
        readerPod: null,
        volumes: {},
        claims: {writer: named(ofWriter.claim.name), reader: named(reader.claim.name)},
      };
    },
    applySwitchoverAction: async ({kind}: {kind: string}) => {
      did.push(kind);
      throw new Error('begun');
    },
  });
});

const of = (pod: string) => claimOfPod(release.target, pod);

function claimsNow<C extends {metadata: {name: string}; spec: object}>(claims: readonly C[]): C[] {
  return claims.map((claim) => ({...claim, spec: {...claim.spec, volumeName: volumeOf[claim.metadata.name]}}));
}

/** What a whole switchover to that reader leaves. */
function moveTo(pod: string): void {
  const [old = '', its = ''] = [volumeOf[of(writer)], volumeOf[of(pod)]];
  volumeOf = {...volumeOf, [of(writer)]: its, [of(pod)]: old};
}

const withoutStreams = (fact: Fact): Fact =>
  fact.kind === 'replication'
    ? {...fact, streams: fact.streams.filter(({pod}) => pod === second).map((one) => ({...one, state: 'catchup'}))}
    : fact;

/** What was told on the way. */
let told: string[];
async function switchedOver(asked: Partial<SwitchoverRequest>, signal = new AbortController().signal): Promise<Result> {
  told = [];
  const all = switchover(
    {
      operation: 'switchover',
      to: first,
      dryRun: false,
      timeoutMs: 60_000,
      command: '',
      before: release.snapshot(),
      confirm: null,
      ...asked,
    },
    run.ports,
    signal,
  );
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
    if (next.value.type === 'log') told.push(next.value.text);
  }
}

it.each([
  ['somebody says yes', async () => true],
  ['nobody is asked', null],
])('is carried out where nothing has changed and %s', async (_, confirm) => {
  await switchedOver({confirm}).catch(() => undefined);
  expect(did[0]).toBe('prepares the reader');
});

it('takes back what it has prepared where it is stopped before the writer is', async () => {
  const stop = new AbortController();
  const seen = release.touch;
  release.touch = (snapshot) => {
    const touched = seen?.(snapshot) ?? snapshot;
    const isGuarded = ({metadata}: {metadata: {name: string}}) => metadata.name === of(writer);
    return {
      ...touched,
      claims: touched.claims.map((claim) =>
        isGuarded(claim) ? {...claim, metadata: {...claim.metadata, finalizers: [guardFinalizer]}} : claim,
      ),
    };
  };
  Object.assign(run, {
    checkpointOn: async () => stop.abort(),
    setReclaimPolicy: async (volume: string, policy: string) => void did.push(`${policy} ${volume}`),
    dropUnusedSlots: async (pod: string) => void did.push(`drops slots of ${pod}`),
    applySwitchoverAction: async (action: {kind: string; on?: boolean}) =>
      void did.push(`${action.kind} ${String(action.on)}`),
  });
  expect(await switchedOver({}, stop.signal)).toMatchObject({outcome: 'cancelled'});
  expect(did).toEqual(['prepares the reader', 'Delete pv-w', 'Delete pv-r0', `drops slots of ${first}`, 'guard false']);
  expect(release.changes).toEqual([
    'takeLease',
    'publishNotReadyAddresses true',
    'publishNotReadyAddresses false',
    'endLease',
  ]);
  expect(release.lease).toBeNull();
});

describe('changes nothing, and says so, where the question was open and meanwhile', () => {
  test.each<[string, Partial<SwitchoverRequest>, () => void]>([
    ['the role moved to another reader', {}, () => moveTo(second)],
    ['the role moved to the same reader', {}, () => moveTo(first)],
    ['the role moved, and any reader will do', {to: null}, () => moveTo(second)],
    ['the role moved away from the node', {to: null, awayFromNode: 'node0'}, () => moveTo(second)],
    ['a switchover was begun and left', {}, () => void (release.lease = left('promote'))],
  ])('%s', async (_, asked, others) => {
    const result = await switchedOver({...asked, confirm: async () => (others(), true)});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect(result.cause?.message).toContain('Nothing was changed.');
    expect({did, changes: release.changes}).toEqual({did: [], changes: []});
  });

  test('the release was removed', async () => {
    const result = await switchedOver({confirm: async () => ((release.revisions = []), true)});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_NOT_FOUND'}});
    expect(did).toEqual([]);
  });

  test('a run is at work that has begun one', async () => {
    const confirm = async () => {
      release.alive.add('ann@elsewhere/1/1');
      release.lease = {...left('fence'), holder: 'ann@elsewhere/1/1'};
      return true;
    };
    const result = await switchedOver({confirm});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect(did).toEqual([]);
  });

  test.each(['fence', 'promote', 'back'] as const)(
    'the one in phase "%s" that was to be gone on with was finished, and the role moved again',
    async (phase) => {
      release.lease = left(phase);
      const confirm = async () => {
        release.lease = null;
        moveTo(first);
        moveTo(second);
        return true;
      };
      const result = await switchedOver({operation: 'recover', to: null, before: release.snapshot(), confirm});
      expect(result.outcome).toBe('refused');
      expect(result.cause?.message).toContain('Nothing was changed.');
      expect(did).toEqual([]);
    },
  );

  test.each(['', 'bob@elsewhere/1/1'])(
    'an operation was left between the look and the Lease by "%s"',
    async (holder) => {
      const takeLease = run.takeLease.bind(run);
      const others = {...left('promote'), holder};
      if (holder) release.estimates.set(holder, 'alive');
      Object.assign(run, {
        takeLease: (record: LeaseRecord, over: string | null) => {
          release.lease ??= others;
          return takeLease(record, over);
        },
      });
      const result = await switchedOver({});
      expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
      expect(result.cause?.message).toMatch(
        /^(Somebody|bob@elsewhere) began to work on orders meanwhile \(switchover\)/,
      );
      expect({did, changes: release.changes, lease: release.lease}).toEqual({did: [], changes: [], lease: others});
    },
  );

  test.each([
    ['the role moved between the look and the Lease', () => moveTo(second)],
    ['the reader was moved to', () => moveTo(first)],
  ])('%s: it leaves the Lease to others', async (_, others) => {
    const takeLease = run.takeLease.bind(run);
    Object.assign(run, {
      takeLease: (record: LeaseRecord, over: string | null) => (others(), takeLease(record, over)),
    });
    const result = await switchedOver({});
    expect(result).toMatchObject({outcome: 'failed', cause: {code: 'RELEASE_LOCKED'}});
    expect({did, changes: release.changes, lease: release.lease}).toEqual({
      did: [],
      changes: ['takeLease', 'endLease'],
      lease: null,
    });
  });
});

/** A switchover to the first reader that nobody works on any more. */
function left(phase: SwitchoverRecord['phase']): NonNullable<typeof release.lease> {
  const side = (pod: string) => ({
    claim: {name: of(pod), labels: {}, ownerReferences: []},
    volume: {name: volumeOf[of(pod)] ?? '', reclaimPolicy: 'Delete' as const, spec: {}},
  });
  const switchoverLeft: SwitchoverRecord = {
    phase,
    timeline: 1,
    fencedAt: null,
    pod: {name: first, uid: release.podsByName.get(first)?.uid ?? ''},
    writer: side(writer),
    reader: side(first),
  };
  const startedAt = '2026-01-02T03:00:00.000Z';
  return {kind: 'switchover', startedAt, wanted: null, switchover: switchoverLeft, holder: '', renewedAt: release.time};
}

describe('while no reader streams', () => {
  const does =
    `${first} is ready and has no connection to the writer; ` +
    `${second} is ready and has the state "catchup" at the writer`;
  /** A look takes that long, by the clock of the release. */
  function looksTake(ms: number, onLook: (looks: number) => void = () => undefined): void {
    const look = run.look.bind(run);
    let looks = 0;
    run.look = async () => {
      release.time += ms;
      onLook(++looks);
      return look();
    };
  }
  beforeEach(() => {
    streams = false;
  });

  it.each([true, false])('it looks again until one does (a dry run: %s)', async (dryRun) => {
    looksTake(1000, (looks) => (streams = looks === 2));
    const result = await switchedOver({dryRun, to: null}).catch(() => null);
    expect(told[0]).toBe(`Waiting up to 10 seconds until a reader streams from the writer: ${does}`);
    expect(told.filter((text) => text.startsWith('Waiting'))).toHaveLength(1);
    if (dryRun) expect(result?.outcome).toBe('planned');
    else expect(did[0]).toBe('prepares the reader');
  });

  it.each([true, false])(
    'it is refused after ten seconds, with what each reader does (a dry run: %s)',
    async (dryRun) => {
      looksTake(4000);
      const began = release.time;
      const result = await switchedOver({dryRun, to: null});
      expect(result).toMatchObject({outcome: 'refused', cause: {code: 'REPLICA_BEHIND'}});
      expect(result.cause?.message).toBe(`No reader streams from the writer: ${does}. Nothing was changed.`);
      expect(release.time - began).toBeLessThanOrEqual(12_000);
      expect(release.changes).toEqual([]);
    },
  );

  it('it can be stopped', async () => {
    const stop = new AbortController();
    looksTake(100, () => stop.abort());
    expect(await switchedOver({}, stop.signal)).toMatchObject({outcome: 'refused', cause: {code: 'CANCELLED'}});
    expect(did).toEqual([]);
  });

  it('what forbids it anyway is said at once', async () => {
    const {startedAt, wanted, holder, renewedAt} = left('fence');
    release.lease = {kind: 'upgrade', startedAt, wanted, holder, renewedAt};
    const result = await switchedOver({});
    expect({code: result.cause?.code, told}).toEqual({code: 'RELEASE_LOCKED', told: []});
  });
});
