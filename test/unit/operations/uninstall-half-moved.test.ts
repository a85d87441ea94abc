// A release whose writer's role is half-way to a reader is not removed: its claims would never go, and nothing would
// say which volume is the writer's.
import {beforeEach, expect, it} from 'vitest';
import {noPodLabel, type FailoverRecord} from '../../../source/observation/role/failover.ts';
import {mayBegin} from '../../../source/observation/may-begin.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {guardFinalizer, type Side, type SwitchoverRecord} from '../../../source/observation/role/switchover.ts';
import {uninstall} from '../../../source/operations/uninstall.ts';
import type {Result} from '../../../source/plan/progress.ts';
import {clusterWithRelease, type FakeCluster} from '../../support/fakes/fake-ports.ts';

const [writerClaim, readerClaim] = ['data-orders-postgresql-primary-0', 'data-orders-postgresql-read-0'];
const reader = 'orders-postgresql-read-0';
const side = (name: string, volume: string): Side => ({
  claim: {name, labels: {}, ownerReferences: []},
  volume: {name: volume, reclaimPolicy: 'Delete', spec: {}},
});
const switchover = (phase: SwitchoverRecord['phase']): SwitchoverRecord => ({
  phase,
  pod: {name: reader, uid: 'uid'},
  timeline: 1,
  fencedAt: null,
  writer: side(writerClaim, 'W'),
  reader: side(readerClaim, 'R'),
});
const failover = (phase: FailoverRecord['phase']): FailoverRecord => ({
  phase,
  to: null,
  pod: phase === 'promote' ? reader : null,
  ahead: [],
  readers: {[reader]: side(readerClaim, 'R')},
  writer: side(writerClaim, 'W'),
  kept: {...side('kept', '').claim},
  writerPod: 'orders-postgresql-primary-0',
  isNodeLost: true,
  fromNode: 'node0',
  timeline: 1,
  atRisk: {bytes: 0, lastSignAt: null, isCovered: true},
});

type Claim = Snapshot['claims'][number];
/** Each claim with its volume. `held`: it is being deleted, and a move of the role holds it. */
const withClaims =
  (volumes: Readonly<Record<string, string>>, held: readonly string[] = []) =>
  (snapshot: Snapshot) => ({
    ...snapshot,
    claims: snapshot.claims
      .filter(({metadata: {name}}) => name in volumes)
      .map(({metadata, spec, status}): Claim => {
        const isHeld = held.includes(metadata.name);
        return {
          metadata: {
            ...metadata,
            ...(isHeld ? {deletionTimestamp: '2026-01-02T03:04:05Z', finalizers: [guardFinalizer]} : {}),
          },
          spec: {...spec, volumeName: volumes[metadata.name] ?? ''},
          status: {...status, phase: 'Bound'},
        };
      }),
  });
const asBefore = withClaims({[writerClaim]: 'W', [readerClaim]: 'R'});
const exchanged = withClaims({[writerClaim]: 'R', [readerClaim]: 'W'});
const deleted = withClaims({[writerClaim]: 'W', [readerClaim]: 'R'}, [writerClaim, readerClaim]);
const stopped = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  statefulSets: snapshot.statefulSets.map((set) =>
    set.metadata.name.endsWith('primary') ? {...set, spec: {...set.spec, replicas: 0}} : set,
  ),
});
const ledToNobody = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  services: snapshot.services.map((service) => ({
    ...service,
    spec: {...service.spec, selector: {[noPodLabel.key]: noPodLabel.value}},
  })),
});

let cluster: FakeCluster;
beforeEach(() => {
  cluster = clusterWithRelease();
});

/** What is seen, and what the Lease that nobody holds says of it. */
function shows(
  touch: (snapshot: Snapshot) => Snapshot,
  record: {switchover?: SwitchoverRecord; failover?: FailoverRecord},
) {
  cluster.touch = touch;
  const kind = record.switchover ? 'switchover' : record.failover ? 'failover' : null;
  const begun = {startedAt: '2026-01-02T03:00:00.000Z', wanted: null, holder: '', renewedAt: cluster.time, ...record};
  cluster.lease = kind && {...begun, kind};
}

async function removed(deleteData: boolean, confirm = async () => true): Promise<Result> {
  const asked = {deleteData, dumpTo: null, dryRun: false, timeoutMs: 60_000, command: '', confirm};
  const all = uninstall(asked, cluster.run().ports, new AbortController().signal);
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
  }
}

const halfWay: readonly [string, (snapshot: Snapshot) => Snapshot, Parameters<typeof shows>[1]][] = [
  ['a switchover has stopped the writer', (one) => stopped(asBefore(one)), {switchover: switchover('fence')}],
  ['a switchover has deleted both claims', (one) => stopped(deleted(one)), {switchover: switchover('promote')}],
  [
    'a switchover has made one claim',
    withClaims({[writerClaim]: 'R', [readerClaim]: 'R'}, [readerClaim]),
    {switchover: switchover('promote')},
  ],
  ['a switchover has still to start the writer', (one) => stopped(exchanged(one)), {switchover: switchover('promote')}],
  ['a switchover goes back', (one) => stopped(deleted(one)), {switchover: switchover('back')}],
  ['a failover has led clients away', (one) => ledToNobody(asBefore(one)), {failover: failover('fence')}],
  ['a failover has deleted both claims', (one) => stopped(deleted(one)), {failover: failover('promote')}],
  [
    'a failover has still to lead clients back',
    (one) => ledToNobody(withClaims({[writerClaim]: 'R'})(one)),
    {failover: failover('promote')},
  ],
];

it.each(halfWay)('is refused, and leads to recover, where %s', async (_, touch, record) => {
  shows(touch, record);
  const lease = structuredClone(cluster.lease);
  for (const deleteData of [false, true]) {
    const {outcome, cause} = await removed(deleteData);
    expect({outcome, code: cause?.code, first: cause?.remedies[0]?.action}).toMatchObject({
      outcome: 'refused',
      code: 'RELEASE_LOCKED',
      first: {kind: 'recover'},
    });
  }
  expect({changes: cluster.changes, lease: cluster.lease}).toEqual({changes: [], lease});
  expect(mayBegin(cluster.snapshot(), 'uninstall')).toBe(false);
});

it('says how to give up a move that can never end, and lose nothing', async () => {
  shows((one) => stopped(deleted(one)), {switchover: switchover('promote')});
  const {cause} = await removed(false);
  const kubectl = 'kubectl --context prod-eu';
  const retain = (volume: string) =>
    `${kubectl} patch pv ${volume} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;
  const letGo = (claim: string) =>
    `${kubectl} patch pvc ${claim} --type=merge -p '{"metadata":{"finalizers":null}}' -n team-a`;
  expect(cause?.remedies.map(({title, command}) => command ?? title)).toEqual([
    'pg-helm-install recover orders -n team-a --context prod-eu',
    `${retain('R')} && ${retain('W')}`,
    ...[writerClaim, readerClaim].map(letGo),
    `${kubectl} delete lease orders-postgresql-operation -n team-a`,
    'Then run the same command again',
  ]);
  // What is there once somebody has done that.
  shows((one) => stopped(withClaims({})(one)), {});
  expect((await removed(false)).outcome).toBe('succeeded');
});

it('is refused where claims are held and nothing says by what, and proposes nothing that cannot help', async () => {
  shows(deleted, {});
  const {outcome, cause} = await removed(true);
  expect({outcome, code: cause?.code}).toEqual({outcome: 'refused', code: 'RELEASE_LOCKED'});
  expect(cause?.remedies.some(({action}) => action !== undefined)).toBe(false);
});

it('is refused where a move began, and was left, while the question was open', async () => {
  shows(asBefore, {});
  const result = await removed(false, async () => {
    shows((one) => stopped(deleted(one)), {});
    return true;
  });
  expect(result).toMatchObject({outcome: 'failed', cause: {code: 'RELEASE_LOCKED'}});
  expect(cluster.changes).not.toContain('helm uninstall');
});

it.each<[string, (snapshot: Snapshot) => Snapshot, Parameters<typeof shows>[1]]>([
  ['a switchover has changed nothing yet', asBefore, {switchover: switchover('fence')}],
  [
    'a switchover has moved the role, and its readers are not there yet',
    exchanged,
    {switchover: switchover('promote')},
  ],
  ['a switchover went back', asBefore, {switchover: switchover('back')}],
  ['a failover has changed nothing yet', asBefore, {failover: failover('fence')}],
  [
    'a failover has moved the role, and its readers do not follow',
    withClaims({[writerClaim]: 'R'}),
    {failover: failover('promote')},
  ],
  ['a failover went back', asBefore, {failover: failover('back')}],
])('goes on where %s', async (_, touch, record) => {
  shows(touch, record);
  expect(mayBegin(cluster.snapshot(), 'uninstall')).toBe(true);
  expect(await removed(false)).toMatchObject({outcome: 'succeeded'});
  expect(cluster.lease).toBeNull();
});
