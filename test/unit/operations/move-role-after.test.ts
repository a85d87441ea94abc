// When a change moves the writer's role instead of restarting it on another node, and what is told of both.
import {describe, expect, it} from 'vitest';
import {cause, UserError} from '../../../source/core/cause.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {joined, movesRole} from '../../../source/operations/move-role-after.ts';
import type {SwitchoverPort} from '../../../source/operations/ports/switchover.ts';
import type {Result} from '../../../source/operations/progress.ts';
import type {PodUpdatePlan} from '../../../source/plan/pod-update-plan.ts';
import {podOf, proof, replication, setOf} from '../../support/fake-objects.ts';
import {targetFor} from '../../support/survey.ts';

const [writer, reader] = ['orders-postgresql-primary-0', 'orders-postgresql-read-0'];
const release = (readers: number) =>
  ({
    ...{target: targetFor('orders'), claims: [], services: [], release: {revisions: []}, operation: null, secret: null},
    pods: [podOf(writer, true), ...(readers > 0 ? [podOf(reader, true)] : [])],
    statefulSets: [setOf('orders-postgresql-primary', 1, 0), setOf('orders-postgresql-read', readers, 0)],
    database: [proof('writer', 0), replication([reader], 0)],
  }) as unknown as Snapshot;
const update = (leavesNode: boolean): PodUpdatePlan => ({
  ...{pod: podOf(writer, true), isWriter: true, update: 'recreate', isConcerned: true, why: null, leavesNode},
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
      ...{operation: 'resize', outcome: 'succeeded', durationMs: 1500, notes: ['a', 'b']},
      ...{phases: [{name: 'readers'}, {name: 'writer'}], writesOut: {afterMs: 1100, forMs: 2000}},
      warnings: [{code: 'NO_ROOM_NOW'}],
    });
  });
  it('has failed where the move is refused: the change was made', () => {
    const why = cause('REPLICA_BEHIND', 'behind');
    expect(both({outcome: 'refused', cause: why})).toMatchObject({outcome: 'failed', cause: {code: 'REPLICA_BEHIND'}});
    expect(both({outcome: 'detached', cause: why}).outcome).toBe('detached');
  });
});
