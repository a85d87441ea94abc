// Uninstall in a cluster in memory: nothing goes before the last dump is whole, whatever happens.
import {beforeEach, describe, expect, test} from 'vitest';
import {cause, UserError} from '../../../source/core/cause.ts';
import type {FailoverRecord} from '../../../source/observation/role/failover.ts';
import {leftByOperation} from '../../../source/observation/checks/existing-release.ts';
import {mayBegin} from '../../../source/observation/may-begin.ts';
import {changes} from '../../../source/observation/snapshot.ts';
import type {Side, SwitchoverRecord} from '../../../source/observation/role/switchover.ts';
import type {LeaseRecord} from '../../../source/operations/ports/lease.ts';
import {leftBehind} from '../../../source/operations/when-free.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {uninstall, type UninstallRequest} from '../../../source/operations/uninstall.ts';
import {clusterWithRelease, FakeCluster, Killed, type FakePorts} from '../../support/fakes/fake-ports.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

const path = '/home/ann/orders.sql';
let cluster: FakeCluster;

beforeEach(() => {
  cluster = clusterWithRelease();
});

async function run(
  ports: FakePorts,
  request: Partial<UninstallRequest> = {},
  signal = new AbortController().signal,
): Promise<{result: Result; told: Progress[]}> {
  const told: Progress[] = [];
  const steps = uninstall(
    {
      deleteData: false,
      dumpTo: path,
      dryRun: false,
      timeoutMs: 600_000,
      command: '',
      confirm: async () => true,
      ...request,
    },
    ports.ports,
    signal,
  );
  for (;;) {
    const step = await steps.next();
    if (step.done) return {result: step.value, told};
    told.push(step.value);
  }
}

const side = (pod: string): Side => ({
  claim: {name: `data-orders-postgresql-${pod}`, labels: {}, ownerReferences: []},
  volume: {name: `pv-of-${pod}`, reclaimPolicy: 'Delete', spec: {}},
});

function switchoverLeft(phase: SwitchoverRecord['phase']): SwitchoverRecord {
  const pod = {name: 'orders-postgresql-read-0', uid: 'uid'};
  return {phase, pod, writer: side('primary-0'), reader: side('read-0'), timeline: 1, fencedAt: null};
}

/** The role has moved, and the readers do not follow yet. */
function failoverLeft(rest: Partial<FailoverRecord> = {}): FailoverRecord {
  const pod = 'orders-postgresql-read-0';
  return {
    phase: 'back',
    to: null,
    pod,
    ahead: [],
    readers: {[pod]: side('read-0')},
    writer: side('primary-0'),
    kept: {...side('primary-0').claim, name: 'kept'},
    writerPod: 'orders-postgresql-primary-0',
    timeline: 1,
    isNodeLost: true,
    fromNode: 'node0',
    atRisk: {bytes: 0, lastSignAt: null, isCovered: true},
    ...rest,
  };
}

const isThere = () => cluster.applied !== null && cluster.revisions.length > 0;
const dumpOf = (rest: object = {}) =>
  ({
    kind: 'dump',
    release: 'orders',
    namespace: 'team-a',
    madeAt: '2026-01-02T03:10:00.000Z',
    whole: true,
    bytes: 2000,
    ...rest,
  }) as never;

describe('with a last dump', () => {
  test('the dump comes first, the ledger names it, and the release goes', async () => {
    const {result, told} = await run(cluster.run());
    expect(cluster.changes).toEqual(['takeLease', 'dump', 'noteLease', 'helm uninstall', 'endLease']);
    expect(result).toMatchObject({outcome: 'succeeded', notes: [`Everything was dumped to ${path}.`]});
    expect(result.ledger?.map(({kind, name, fate}) => `${fate} ${kind} ${name}`)).toEqual([
      `kept Dump ${path}`,
      'kept PersistentVolumeClaim data-orders-postgresql-primary-0',
      'kept PersistentVolumeClaim data-orders-postgresql-read-0',
      'kept Secret orders-postgresql-auth',
    ]);
    expect(told.flatMap((one) => (one.type === 'track' ? [one.text] : []))).toContain(
      'not touched yet: the dump has 1000 bytes',
    );
    expect(cluster.lease).toBeNull();
  });

  test('a dry run says so and makes none', async () => {
    const {result} = await run(cluster.run(), {dryRun: true});
    expect(result.plan?.consequences[0]).toMatchObject({code: 'DATA_KEPT', object: `File/${path}`});
    expect(result.plan?.steps.map(({name}) => name)).toEqual([
      ...['dump', 'release', 'what helm left', 'pods', 'what we made beside it'],
    ]);
    expect({changes: cluster.changes, files: cluster.files.size}).toEqual({changes: [], files: 0});
  });

  test.each([
    ['pg_dumpall fails', new UserError(cause('DUMP_FAILED', 'no'))],
    ['the disk is full, say', new UserError(cause('DUMP_FAILED', 'the disk is full'))],
  ])('%s: nothing goes, and nothing waits for recover', async (_, failure) => {
    const ports = cluster.run();
    ports.dumpFailure = () => {
      throw failure;
    };
    const {result} = await run(ports, {deleteData: true});
    expect(result).toMatchObject({outcome: 'failed', cause: {code: 'DUMP_FAILED'}, ledger: []});
    expect(cluster.changes).toEqual(['takeLease', 'endLease']);
    expect({there: isThere(), lease: cluster.lease, secret: cluster.secret !== null}).toEqual({
      there: true,
      lease: null,
      secret: true,
    });
  });

  describe('what had been interrupted before still waits for recover, with all that it needs to go on', () => {
    const begun = {startedAt: '2026-01-02T03:00:00.000Z', wanted: null};
    const parameters = parametersWith();
    test.each<LeaseRecord>([
      {...begun, kind: 'upgrade', wanted: {parameters, chart: {source: 'a', version: '1'}, restart: {pod: 'uid'}}},
      {...begun, kind: 'adopt', adopts: {readReplicas: 2} as never},
      {...begun, kind: 'rotate-password', rotates: {roles: ['admin'], isGiven: true}},
      {...begun, kind: 'switchover', switchover: switchoverLeft('fence')},
      {...begun, kind: 'failover', failover: failoverLeft()},
      {...begun, kind: 'uninstall', dumpTo: '/home/ann/earlier.sql'},
    ])('$kind', async (left) => {
      const paused = {...left, holder: '', renewedAt: cluster.time};
      const failed = () => {
        throw new UserError(cause('DUMP_FAILED', 'no'));
      };
      const died = () => {
        throw new Killed('in the dump');
      };
      for (const dumpFailure of [failed, died]) {
        cluster.lease = {...paused};
        const ports = cluster.run();
        ports.dumpFailure = dumpFailure;
        await run(ports).catch(() => undefined);
        cluster.alive.clear();
        expect({...cluster.lease, holder: '', renewedAt: paused.renewedAt}).toEqual({
          ...paused,
          lastDump: {path, startedAt: expect.any(String) as string},
        });
        cluster.files.clear();
      }
      const {result} = await run(cluster.run());
      expect({outcome: result.outcome, lease: cluster.lease}).toEqual({outcome: 'succeeded', lease: null});
    });
  });

  describe('that is whole when its release may not be removed any more', () => {
    const changed = (one: FakeCluster) => {
      const [first] = one.revisions.slice(-1);
      if (first) one.revisions.push({...first, revision: first.revision + 1});
    };
    const stop = () => {
      const stopping = new AbortController();
      return {happens: () => stopping.abort(), signal: stopping.signal};
    };
    const begun = {kind: 'upgrade', startedAt: '2026-01-02T03:00:00.000Z', wanted: null} as const;

    test.each(['changed', 'stopped'] as const)('%s: nothing waits, and the way on is told', async (what) => {
      const stopping = stop();
      const ports = cluster.run();
      ports.dumpFailure = () => (what === 'changed' ? changed(cluster) : stopping.happens());
      const {result} = await run(ports, {}, stopping.signal);
      expect({outcome: result.outcome, there: isThere(), lease: cluster.lease}).toEqual({
        outcome: what === 'changed' ? 'failed' : 'cancelled',
        there: true,
        lease: null,
      });
      expect(result.ledger).toContainEqual({kind: 'Dump', name: path, fate: 'kept', bytes: 2000});
      expect(result.cause?.remedies.filter(({again}) => again === true)).toEqual([]);
      if (what === 'changed') expect(result.cause?.remedies[0]?.title).toContain(`Move ${path} away`);
      const other = await run(cluster.run(), {dumpTo: '/home/ann/other.sql'});
      expect(other.result.outcome).toBe('succeeded');
    });

    test('what had been begun before waits for recover, and the same command goes on with its dump', async () => {
      cluster.lease = {...begun, holder: '', renewedAt: cluster.time};
      const ports = cluster.run();
      ports.dumpFailure = () => changed(cluster);
      expect((await run(ports)).result.outcome).toBe('failed');
      expect(cluster.lease).toMatchObject({...begun, holder: ''});
      const {result} = await run(cluster.run());
      expect({outcome: result.outcome, lease: cluster.lease, there: isThere()}).toEqual({
        outcome: 'succeeded',
        lease: null,
        there: false,
      });
    });

    test('the same where it was killed between the dump and the removal', async () => {
      cluster.lease = {...begun, holder: '', renewedAt: cluster.time};
      const killAt = ['takeLease', 'dump', 'noteLease'].length;
      await expect(run(cluster.run({killAt}))).rejects.toThrow(Killed);
      cluster.alive.clear();
      expect({lease: cluster.lease, files: [...cluster.files.keys()]}).toMatchObject({lease: begun, files: [path]});
      expect((await run(cluster.run())).result.outcome).toBe('succeeded');
    });
  });

  describe('killed while it dumps: nothing was removed, so nothing is locked', () => {
    beforeEach(async () => {
      const ports = cluster.run();
      ports.dumpFailure = () => {
        throw new Killed('in the dump');
      };
      await expect(run(ports)).rejects.toThrow(Killed);
      cluster.alive.clear();
    });

    test('every other operation may begin', () => {
      const seen = cluster.snapshot();
      expect(seen.operation).toMatchObject({kind: 'uninstall', holderIsAlive: false});
      expect([...changes, 'switchover', 'failover', 'rotate-password'].filter((kind) => !mayBegin(seen, kind))).toEqual(
        [],
      );
      const {target} = seen;
      expect(leftByOperation(seen.operation, seen.release.revisions.at(-1), {target})).toBeNull();
      for (const kind of ['failover', 'switchover'] as const) expect(leftBehind(seen, kind)).toBeNull();
    });

    test('while it is still at work nobody else may begin', () => {
      const {operation, release, target} = cluster.snapshot();
      const atWork = operation && {...operation, holderIsAlive: true};
      expect(leftByOperation(atWork, release.revisions.at(-1), {target})).toMatchObject({severity: 'refuse'});
    });

    test.each(['', 'after the dump, so that the file has to be moved away'])(
      'run again and stopped %s',
      async (late) => {
        if (late) cluster.files.set(path, dumpOf({madeAt: new Date(cluster.time).toISOString()}));
        const stop = new AbortController();
        const ports = cluster.run();
        ports.dumpFailure = () => {
          stop.abort();
          throw new UserError(cause('CANCELLED', 'The dump was stopped.', {remedies: [{title: 'Again', again: true}]}));
        };
        const {result} = await run(ports, {}, stop.signal);
        expect({outcome: result.outcome, there: isThere(), lease: cluster.lease}).toEqual({
          outcome: 'cancelled',
          there: true,
          lease: null,
        });
        expect(result.cause?.remedies.some(({again}) => again === true)).toBe(late === '');
      },
    );

    test('what helm begins to remove has to be ended, as before', async () => {
      const ports = cluster.run();
      ports.helm.uninstall = async () => {
        throw new UserError(cause('FORBIDDEN', 'no'));
      };
      await run(ports);
      expect(cluster.lease).toMatchObject({kind: 'uninstall', dumpTo: path, holder: ''});
      expect(cluster.lease).not.toHaveProperty('isDumping');
      expect(mayBegin(cluster.snapshot(), 'failover')).toBe(false);
    });
  });

  test.each<[string, LeaseRecord | null]>([
    ['with nothing begun before', null],
    ['over a change that was left', {kind: 'set', startedAt: '2026-01-02T03:00:00.000Z', wanted: null}],
  ])(
    'somebody else removes the release meanwhile, and the rest breaks off: it has to be ended, %s',
    async (_, left) => {
      const {claims} = cluster.snapshot();
      if (left) cluster.lease = {...left, holder: '', renewedAt: cluster.time};
      cluster.touch = (snapshot) => ({...snapshot, claims});
      const ports = cluster.run();
      ports.dumpFailure = () => Object.assign(cluster, {applied: null, revisions: []});
      ports.deleteClaims = async () => {
        throw new UserError(cause('FORBIDDEN', 'no'));
      };
      const {result} = await run(ports, {deleteData: true});
      expect(result).toMatchObject({outcome: 'failed', cause: {code: 'FORBIDDEN'}});
      expect(cluster.changes).not.toContain('helm uninstall');
      expect(cluster.changes.filter((change) => change === 'noteLease')).toHaveLength(1);
      expect(cluster.lease).toMatchObject({kind: 'uninstall', dumpTo: path, holder: ''});
      expect(cluster.lease).not.toHaveProperty('isDumping');
    },
  );

  test('over what somebody went on with while the plan was read: it waits as it was left last', async () => {
    const left = (phase: FailoverRecord['phase']) =>
      void (cluster.lease = {
        kind: 'failover',
        startedAt: '2026-01-02T03:00:00.000Z',
        wanted: null,
        failover: failoverLeft({phase}),
        holder: '',
        renewedAt: cluster.time,
      });
    const confirm = async () => (left('back'), true);
    const failed = () => {
      throw new UserError(cause('DUMP_FAILED', 'no'));
    };
    left('fence');
    const ports = cluster.run();
    ports.dumpFailure = failed;
    await run(ports, {confirm});
    expect(cluster.lease).toMatchObject({holder: '', failover: {phase: 'back'}});
  });

  test.each(['dead', 'alive'] as const)(
    'over a failover at work, which is %s: before anybody is asked',
    async (truth) => {
      const [bob, startedAt] = ['bob@elsewhere/42/7', '2026-01-02T03:00:00.000Z'];
      const begun = {kind: 'failover', startedAt, wanted: null, holder: bob, renewedAt: cluster.time} as const;
      cluster.lease = {...begun, failover: failoverLeft({phase: 'fence'})};
      cluster.estimates.set(bob, 'alive');
      if (truth === 'alive') cluster.alive.add(bob);
      const goesOn = () => cluster.lease && (cluster.lease = {...cluster.lease, failover: failoverLeft()});
      cluster.after(10_000, goesOn);
      let isAsked = false;
      const ports = cluster.run();
      ports.dumpFailure = () => {
        throw new UserError(cause('DUMP_FAILED', 'no'));
      };
      const {result} = await run(ports, {confirm: async () => (isAsked = true)});
      expect({isAsked, code: result.cause?.code}).toEqual(
        truth === 'alive' ? {isAsked: false, code: 'RELEASE_LOCKED'} : {isAsked: true, code: 'DUMP_FAILED'},
      );
      expect(cluster.lease).toMatchObject({failover: {phase: 'back'}});
    },
  );

  test('stopped by the operator while it dumps: the same', async () => {
    const stop = new AbortController();
    const ports = cluster.run();
    ports.dumpFailure = () => {
      stop.abort();
      throw new UserError(cause('CANCELLED', 'The dump was stopped.'));
    };
    const {result} = await run(ports, {}, stop.signal);
    expect({outcome: result.outcome, there: isThere(), lease: cluster.lease}).toEqual({
      outcome: 'cancelled',
      there: true,
      lease: null,
    });
  });

  test.each<[string, Parameters<typeof cluster.files.set>[1]]>([
    ['somebody else’s', 'other'],
    ['a dump of this release from before', dumpOf()],
    ['a dump of another release', dumpOf({release: 'other'})],
  ])('a file that is there already is not written over: %s', async (_, file) => {
    cluster.files.set(path, file);
    const {result} = await run(cluster.run());
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'BAD_INPUT'}});
    expect({changes: cluster.changes, file: cluster.files.get(path)}).toEqual({changes: [], file});
  });

  test('a writer that does not answer cannot be dumped: refused before anything happens', async () => {
    cluster.pace.writerReadyMs = Infinity;
    const {result} = await run(cluster.run());
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'DUMP_FAILED'}});
    expect(cluster.changes).toEqual([]);
  });

  test('killed before or after any change: run again it ends with a whole dump and without the release', async () => {
    for (const killAfter of [false, true]) {
      for (let killAt = 1; ; killAt += 1) {
        cluster.changes.length = 0;
        const fresh = new FakeCluster();
        Object.assign(fresh, {
          secret: cluster.secret,
          database: cluster.database,
          applied: {...cluster.applied},
          revisions: [...cluster.revisions],
        });
        const killed = await run(fresh.run({killAt, killAfter})).then(
          () => false,
          (error: unknown) => error instanceof Killed,
        );
        const wasGone = fresh.applied === null;
        expect(wasGone && !fresh.files.has(path), `killed at ${killAt}: gone without a dump`).toBe(false);
        // Ending the Lease may fail without harm.
        if (fresh.lease || !wasGone) {
          const {result} = await run(fresh.run());
          expect(
            result.outcome,
            `killed at ${killAt} ${killAfter ? 'after' : 'before'}: ${result.cause?.message ?? ''}`,
          ).toMatch(/succeeded|unchanged/);
        }
        expect({files: [...fresh.files.keys()], there: fresh.applied, lease: fresh.lease}).toEqual({
          files: [path],
          there: null,
          lease: null,
        });
        if (!killed) break;
      }
    }
  });

  test.each<[string, ...number[]]>([
    ['as the cluster’s', 0],
    ['ten minutes slow', 600_000],
    ['ten minutes fast', -600_000],
    ['slow in the first run alone', 600_000, 0],
  ])('however often it is interrupted, its dump counts; this machine’s clock is %s', async (_, ...ahead) => {
    let isHeld = true;
    let clusterAheadMs = 0;
    const {claims} = cluster.snapshot();
    cluster.touch = (snapshot) => ({...snapshot, clusterAheadMs, ...(isHeld ? {claims} : {})});
    const beginnings = new Set<string | undefined>();
    for (const attempt of [0, 1, 2, 3]) {
      clusterAheadMs = ahead[Math.min(attempt, ahead.length - 1)] ?? 0;
      const {cause: why} = (await run(cluster.run(), {deleteData: true, timeoutMs: 10_000})).result;
      expect({attempt, code: why?.code}).toEqual({attempt, code: 'TIMEOUT'});
      beginnings.add(cluster.lease?.startedAt);
    }
    expect({beginnings: beginnings.size, dumps: cluster.changes.filter((change) => change === 'dump')}).toEqual({
      beginnings: 1,
      dumps: ['dump'],
    });
    isHeld = false;
    expect((await run(cluster.run(), {deleteData: true})).result.outcome).toBe('succeeded');
    expect(cluster.files.get(path)).toMatchObject({whole: true});
  });

  test('an interrupted run’s dump gives way to a newer one while the writer serves', async () => {
    cluster.lease = {
      kind: 'uninstall',
      startedAt: '2026-01-02T03:00:00.000Z',
      wanted: null,
      dumpTo: path,
      holder: '',
      renewedAt: cluster.time,
    };
    cluster.files.set(path, dumpOf({madeAt: '2026-01-02T03:01:00.000Z', bytes: 5}));
    const {result} = await run(cluster.run());
    expect(result.outcome).toBe('succeeded');
    expect(cluster.files.get(path)).toMatchObject({bytes: 2000});
  });
});

describe('the ledger', () => {
  const writerClaim = 'data-orders-postgresql-primary-0';
  const sentences = async (request: Partial<UninstallRequest>) =>
    (await run(cluster.run(), {dumpTo: null, dryRun: true, ...request})).result.plan?.consequences.map(
      ({code, sentence}) => `${code} ${sentence}`,
    ) ?? [];

  test('says of each volume how large it is, whether it stays or goes', async () => {
    expect(await sentences({})).toContainEqual(`DATA_KEPT Volume ${writerClaim} (20Gi) stays.`);
    expect(await sentences({deleteData: true})).toContainEqual(
      `DATA_DELETED Volume ${writerClaim} (20Gi) is deleted, with what is in it.`,
    );
  });

  test('a volume with the policy Retain is named among what stays, with the command that removes it', async () => {
    cluster.retains = [writerClaim];
    expect(await sentences({})).not.toContainEqual(expect.stringContaining('Retain'));
    expect(await sentences({deleteData: true})).toContainEqual(
      expect.stringMatching(/^DATA_KEPT PersistentVolume pv-.*Retain.*kubectl --context prod-eu delete pv pv-/),
    );
    const {result} = await run(cluster.run(), {dumpTo: null, deleteData: true});
    expect(result.outcome).toBe('succeeded');
    const kept = result.ledger?.filter(({fate}) => fate === 'kept');
    expect(kept).toEqual([
      {
        kind: 'PersistentVolume',
        name: `pv-${writerClaim}`,
        fate: 'kept',
        bytes: 20 * 2 ** 30,
        remove: `kubectl --context prod-eu delete pv pv-${writerClaim}`,
      },
    ]);
  });

  test('the volume of backups stays, and the plan has the command that removes it', async () => {
    const claim = {
      metadata: {name: 'orders-postgresql-primary-pgdumpall', namespace: 'team-a'},
      spec: {resources: {requests: {storage: '8Gi'}}},
    };
    cluster.touch = (snapshot) => ({...snapshot, backup: {cronJob: null, claim, pods: []}});
    expect(await sentences({deleteData: true})).toContainEqual(
      'DATA_KEPT Volume orders-postgresql-primary-pgdumpall (8Gi) stays. To remove it: kubectl --context prod-eu ' +
        'delete pvc orders-postgresql-primary-pgdumpall -n team-a',
    );
  });

  test('of a removal that broke off it says what is there, not what was meant', async () => {
    const ports = cluster.run();
    ports.helm.uninstall = async () => {
      throw new UserError(cause('FORBIDDEN', 'no'));
    };
    const {result} = await run(ports, {dumpTo: null, deleteData: true});
    expect(result.outcome).toBe('failed');
    expect(result.ledger?.map(({kind, fate}) => `${fate} ${kind}`)).toEqual([
      'kept PersistentVolumeClaim',
      'kept PersistentVolumeClaim',
      'kept Secret',
    ]);
  });

  test('who may not read volumes is told of the claims alone', async () => {
    cluster.retains = null;
    expect(await sentences({deleteData: true})).not.toContainEqual(expect.stringContaining('PersistentVolume '));
  });
});

describe('what was made beside helm', () => {
  const made = (kind: string, name: string) => ({kind, metadata: {name, uid: name}});
  const [certificate, authority] = [
    made('Secret', 'orders-postgresql-tls'),
    made('Secret', 'orders-postgresql-tls-ca'),
  ];
  const [job, pod] = [made('Job', 'orders-postgresql-backup-restore'), made('Pod', 'orders-postgresql-backup-verify')];
  beforeEach(() => void (cluster.ownObjects = [certificate, authority, job, pod]));
  const removed = (deleteData: boolean, rest: Partial<UninstallRequest> = {}) =>
    run(cluster.run(), {dumpTo: null, deleteData, ...rest});
  const secretsIn = ({ledger = []}: Result) =>
    ledger.filter(({kind}) => kind === 'Secret').map(({name, fate}) => `${fate} ${name}`);

  test.each([
    [false, 'kept', [certificate, authority]],
    [true, 'deleted', []],
  ] as const)('with the data %s: Secrets are %s and named, Jobs and pods go', async (deleteData, fate, left) => {
    const {plan} = (await removed(deleteData, {dryRun: true})).result;
    const said = plan?.consequences.map(({code, object}) => `${code} ${object}`) ?? [];
    const code = deleteData ? 'DATA_DELETED' : 'DATA_KEPT';
    for (const {metadata} of [certificate, authority]) expect(said).toContain(`${code} Secret/${metadata.name}`);
    for (const one of [job, pod]) expect(said).toContain(`REMOVE ${one.kind}/${one.metadata.name}`);
    expect(cluster.changes).toEqual([]);
    const {result} = await removed(deleteData);
    expect(secretsIn(result)).toEqual([
      `${fate} orders-postgresql-auth`,
      `${fate} orders-postgresql-tls`,
      `${fate} orders-postgresql-tls-ca`,
    ]);
    expect(cluster.ownObjects).toEqual(left);
  });

  test('goes later too, when the data does', async () => {
    await removed(false);
    expect((await removed(true)).result.outcome).toBe('succeeded');
    expect({own: cluster.ownObjects, secret: cluster.secret}).toEqual({own: [], secret: null});
    expect((await removed(true)).result.outcome).toBe('unchanged');
  });

  test('goes also where the passwords are in a Secret of somebody else', async () => {
    cluster.touch = (snapshot) => ({...snapshot, secret: snapshot.secret && {...snapshot.secret, ours: false}});
    await removed(true);
    expect(cluster.ownObjects).toEqual([]);
    expect(cluster.secret).not.toBeNull();
  });

  test('killed before or after any change: run again, nothing of it is left', async () => {
    for (const killAfter of [false, true])
      for (let killAt = 1; killAt <= 7; killAt += 1) {
        const fresh = new FakeCluster();
        const {secret, database, applied, revisions, ownObjects} = cluster;
        Object.assign(fresh, {secret, database, applied: {...applied}, revisions: [...revisions], ownObjects});
        const request = {dumpTo: null, deleteData: true};
        await run(fresh.run({killAt, killAfter}), request).catch((error: unknown) =>
          expect(error).toBeInstanceOf(Killed),
        );
        await run(fresh.run(), request);
        expect({killAt, own: fresh.ownObjects, secret: fresh.secret}).toEqual({killAt, own: [], secret: null});
      }
  });
});

test("somebody else's pod with the release's labels is not waited for, and stays", async () => {
  const ports = cluster.run();
  const look = ports.look.bind(ports);
  const foreign = {metadata: {name: 'debug', labels: {'app.kubernetes.io/instance': 'orders'}}, spec: {containers: []}};
  ports.ports.look = async () => {
    const seen = await look();
    return {...seen, pods: [...seen.pods, foreign]};
  };
  const {result} = await run(ports, {dumpTo: null});
  expect(result).toMatchObject({outcome: 'succeeded'});
  expect(result.ledger?.map(({name}) => name)).not.toContain('debug');
});
