// When a change moves the writer's role instead of restarting it on another node, and what is told of both.
import {describe, expect, it} from 'vitest';
import {cause, UserError} from '../../../../source/core/cause.ts';
import type {OperationRecord, Snapshot} from '../../../../source/observation/snapshot.ts';
import type {ChangeRequest} from '../../../../source/operations/change/change-request.ts';
import {joined, movesRole, type MoveRole} from '../../../../source/operations/change/move-role-after.ts';
import type {SwitchoverPort} from '../../../../source/operations/ports/switchover.ts';
import type {Result} from '../../../../source/plan/progress.ts';
import type {PodUpdatePlan} from '../../../../source/plan/pod-update-plan.ts';
import {podOf, proof, replication, setOf} from '../../../support/fakes/fake-objects.ts';
import {changeRequest, finish} from '../../../support/fakes/change-request.ts';
import {Killed} from '../../../support/fakes/fake-ports.ts';
import {FakeRelease} from '../../../support/fakes/fake-release.ts';
import {node, parametersWith, targetFor} from '../../../support/fakes/survey.ts';

const [writer, reader] = ['orders-postgresql-primary-0', 'orders-postgresql-read-0'];
const release = (readers: number) =>
  ({
    target: targetFor('orders'),
    claims: [],
    services: [],
    release: {revisions: []},
    operation: null,
    secret: null,
    pods: [podOf(writer, true), ...(readers > 0 ? [podOf(reader, true)] : [])],
    statefulSets: [setOf('orders-postgresql-primary', 1, 0), setOf('orders-postgresql-read', readers, 0)],
    database: [proof('writer', 0), replication([reader], 0)],
  }) as unknown as Snapshot;
const update = (leavesNode: boolean): PodUpdatePlan => ({
  pod: podOf(writer, true),
  isWriter: true,
  update: 'recreate',
  isConcerned: true,
  why: null,
  leavesNode,
  inPlaceSupport: {mayResize: false, nodeLabels: null},
});
const server = {timeline: 1, isReader: false, settings: {}, slots: [] as object[]};
const ports = (rest: object = {}) =>
  ({
    switchoverPermissions: async () => [{verb: 'patch', resource: 'persistentvolumes', required: true, allowed: true}],
    unloggedTables: async () => [],
    serverFacts: async () => server,
    ...rest,
  }) as unknown as SwitchoverPort;
const asked = {
  before: release(1),
  readReplicaCount: 1,
  podUpdates: [update(true)],
  order: 'readers first' as const,
  throughFiles: false,
};

describe('the role moves', () => {
  it('where the writer has to leave its node and nothing stays behind', async () => {
    expect(await movesRole(asked, ports())).toBe(true);
  });
  it.each([
    ['the writer stays on its node', {podUpdates: [update(false)]}, {}],
    ['somebody else applies it', {throughFiles: true}, {}],
    ['there is no reader', {before: release(0), readReplicaCount: 0}, {}],
    ['readers come or go', {readReplicaCount: 2}, {}],
    ['the writer has to be first', {order: 'writer first'}, {}],
    ['the writer does not serve', {before: {...release(1), database: []}}, {}],
    [
      'this user may not',
      {},
      {switchoverPermissions: async () => [{required: true, allowed: false, resource: 'pods'}]},
    ],
    ['unlogged tables would be emptied', {}, {unloggedTables: async () => ['shop: carts']}],
    ['nobody can say whether there are any', {}, {unloggedTables: async () => null}],
    ['a logical slot would go', {}, {serverFacts: async () => ({...server, slots: [{type: 'logical'}]})}],
    ['the server cannot be asked', {}, {serverFacts: async () => null}],
    ['the cluster does not say', {}, {serverFacts: () => Promise.reject(new UserError(cause('FORBIDDEN', 'no')))}],
  ])('not where %s', async (_why, rest, other) => {
    expect(await movesRole({...asked, ...rest} as typeof asked, ports(other))).toBe(false);
  });
});

describe('one result', () => {
  const result = (rest: Partial<Result>) => ({
    ...({operation: 'resize', outcome: 'succeeded', durationMs: 1000, phases: [], notes: [], warnings: []} as object),
    ...rest,
  });
  const moved = {operation: 'switchover', durationMs: 500, writesOut: {afterMs: 100, forMs: 2000}};
  const both = (rest: object) =>
    joined(
      result({notes: ['a'], phases: [{name: 'readers', ms: 1}]}) as Result,
      result({...moved, notes: ['b'], phases: [{name: 'writer', ms: 2}], ...rest}) as Result,
      [{code: 'NO_ROOM_NOW', message: 'x'}],
    );
  it('has the time, notes and phases of both, and is that of the change', () => {
    expect(both({})).toMatchObject({
      operation: 'resize',
      outcome: 'succeeded',
      durationMs: 1500,
      notes: ['a', 'b'],
      phases: [{name: 'readers'}, {name: 'writer'}],
      writesOut: {afterMs: 1100, forMs: 2000},
      warnings: [{code: 'NO_ROOM_NOW'}],
    });
  });
  it('has failed where the move is refused: the change was made', () => {
    const why = cause('REPLICA_BEHIND', 'behind');
    expect(both({outcome: 'refused', cause: why})).toMatchObject({outcome: 'failed', cause: {code: 'REPLICA_BEHIND'}});
    expect(both({outcome: 'detached', cause: why}).outcome).toBe('detached');
  });
});

describe('until the role has moved, what was begun stays written down', () => {
  /** The writer's node is too small for what is asked. */
  function runOf(cluster: FakeRelease, killed: {readonly killAt?: number; readonly killAfter?: boolean} = {}) {
    const run = cluster.run(killed);
    const survey = run.survey.bind(run);
    const nodes = [node('node0', {memory: '1536Mi'}), node('node1'), node('node2'), node('node3')];
    return Object.assign(run, ports(), {survey: async (asked: never) => ({...(await survey(asked)), nodes})});
  }
  type Lease = Pick<OperationRecord, 'kind' | 'wanted'> & {readonly holder: string};
  const leaseOf = ({lease}: FakeRelease) => lease as Lease | null;
  const halfDone = {kind: 'resize', holder: '', wanted: {movesRole: true, parameters: {memory: '2Gi'}}};

  /** Moves it as the switchover does: takes the Lease over, and ends it. */
  function moving(cluster: FakeRelease, run: ReturnType<typeof runOf>, seen: (Lease | null)[]): MoveRole {
    return async function* (how) {
      seen.push(leaseOf(cluster));
      expect(how).toEqual({dryRun: false, confirm: null});
      const {wanted = null} = cluster.operation() ?? {};
      await run.takeLease({kind: 'switchover', startedAt: '2026-01-02T03:04:05Z', wanted});
      cluster.replaceWriter();
      await run.endLease();
      yield {type: 'plan', steps: []};
      return {...({operation: 'switchover', outcome: 'succeeded'} as Result), ...movedFields};
    };
  }
  const movedFields = {
    notes: [],
    phases: [],
    warnings: [],
    durationMs: 1,
    switchover: {to: reader, fromNode: null, toNode: null, timeline: {before: 1, after: 2}, lastRecord: null, gapMs: 1},
  };
  const resize = (moveRole: MoveRole, rest: Partial<ChangeRequest> = {}) =>
    changeRequest('resize', {memory: '2Gi'}, {moveRole, ...rest});
  const isDone = (cluster: FakeRelease) => ({
    lease: cluster.lease,
    memory: [...cluster.podsByName.values()].map(({resources}) => resources.limits?.['memory']),
  });
  const done = {lease: null, memory: ['2Gi', '2Gi', '2Gi']};

  it('the move finds the Lease of a resize that nobody holds', async () => {
    const cluster = new FakeRelease(parametersWith());
    const [run, seen] = [runOf(cluster), [] as (Lease | null)[]];
    const result = await finish(run, resize(moving(cluster, run, seen)));
    expect(result).toMatchObject({operation: 'resize', outcome: 'succeeded', switchover: {to: reader}});
    expect(seen).toMatchObject([halfDone]);
    expect(isDone(cluster)).toEqual(done);
  });

  it.each([[false], [true]])('killed at each change (after it: %s), the same command ends it', async (killAfter) => {
    const leases = new Set<string>();
    for (let killAt = 1; ; killAt++) {
      const cluster = new FakeRelease(parametersWith());
      const dying = runOf(cluster, {killAt, killAfter});
      const ended = await finish(dying, resize(moving(cluster, dying, []))).catch((error: unknown) => {
        if (error instanceof Killed) return null;
        throw error;
      });
      if (ended !== null) break;
      const {lease} = cluster;
      if (lease) leases.add(`${lease.kind}${lease.wanted?.movesRole ? ' that moves the role' : ''}`);
      const run = runOf(cluster);
      const result = await finish(run, resize(moving(cluster, run, []), {confirm: null}));
      expect(result, `killed at ${killAt}: ${cluster.changes.join()}`).toMatchObject({
        operation: 'resize',
        outcome: expect.stringMatching(/succeeded|unchanged/) as string,
      });
      expect(isDone(cluster), `killed at ${killAt}: ${cluster.changes.join()}`).toEqual(done);
    }
    expect([...leases]).toEqual(['resize that moves the role', 'switchover that moves the role']);
  });

  it('where the move is refused, the resize is there to be gone on with', async () => {
    const cluster = new FakeRelease(parametersWith());
    const refusedMove: MoveRole = async function* () {
      yield {type: 'plan', steps: []};
      return {...movedFields, outcome: 'refused', cause: cause('REPLICA_BEHIND', 'behind')} as unknown as Result;
    };
    const result = await finish(runOf(cluster), resize(refusedMove));
    expect(result).toMatchObject({operation: 'resize', outcome: 'failed', cause: {code: 'REPLICA_BEHIND'}});
    expect(leaseOf(cluster)).toMatchObject(halfDone);
  });

  it.each([
    ['another size', {parameters: parametersWith({memory: '3Gi'})}],
    ['another kind', {kind: 'set' as const, operation: 'set' as const}],
  ])('in the middle of the move, %s is refused', async (_what, rest) => {
    const cluster = new FakeRelease(parametersWith());
    const wanted = {parameters: parametersWith({memory: '2Gi'}), chart: {source: 'a', version: '1'}, movesRole: true};
    cluster.lease = {kind: 'switchover', startedAt: '2026-01-02T03:04:05Z', wanted, holder: '', renewedAt: 0};
    const never: MoveRole = () => {
      throw new Error('nothing was to be moved');
    };
    const result = await finish(runOf(cluster), resize(never, rest));
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect(result.cause?.remedies[0]?.command).toMatch(/recover/);
  });
});
