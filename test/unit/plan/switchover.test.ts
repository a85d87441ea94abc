// What of a writer moves with its role, and which reader may take it.
import {describe, expect, it} from 'vitest';
import {chooseReader, closedNodes, mayMoveWriter, writerFit} from '../../../source/observation/checks/switchover.ts';
import {switchoverPermissions} from '../../../source/observation/checks/permissions.ts';
import type {ReaderStream, Snapshot} from '../../../source/observation/snapshot.ts';
import {emptied, readerSlots, settingsLeft, settingsToMove, type ServerFacts} from '../../../source/plan/switchover.ts';
import {endOfCheckpoint, lsnOf} from '../../../source/postgres/switchover.ts';
import {podOf, setOf} from '../../support/fake-objects.ts';
import {targetFor} from '../../support/survey.ts';

const server = (rest: Partial<ServerFacts> = {}): ServerFacts => ({
  ...{timeline: 1, isReader: false, isSynchronous: false, settings: {}, slots: []},
  ...rest,
});

describe('what ALTER SYSTEM has set', () => {
  const writer = server({settings: {work_mem: '5MB', log_statement: 'ddl', shared_preload_libraries: 'a,b'}});
  const reader = server({settings: {log_statement: 'ddl', work_mem: '4MB', jit: 'off', primary_conninfo: 'host=x'}});
  it('moves where it differs, but for how a reader finds its writer and for lists', () => {
    expect(settingsToMove({writer, reader})).toEqual({work_mem: '5MB'});
  });
  it('is said where it stays', () => {
    expect(settingsLeft({writer, reader})).toEqual(['jit', 'shared_preload_libraries']);
  });
});

it('only the slots of the readers of this release are made on the new writer', () => {
  const slots = [
    {name: 'orders_postgresql_read_0', type: 'physical'},
    {name: 'orders_postgresql_read_1', type: 'logical'},
    {name: 'of_somebody', type: 'physical'},
  ] as const;
  expect(readerSlots({fullname: 'orders-postgresql'}, server({slots}))).toEqual(['orders_postgresql_read_0']);
});

it('of many unlogged tables the first five are named', () => {
  expect(emptied(['shop: carts'])).toBe(
    '1 unlogged table will be empty, because no reader has rows of it: shop: carts.',
  );
  expect(emptied(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toContain('a, b, c, d, e, and 2 more.');
});

describe('the record of a checkpoint', () => {
  const page = 8192;
  const segment = 16 * 1024 * 1024;
  it('ends 120 bytes after its beginning', () => {
    expect(endOfCheckpoint(lsnOf('0/409F2A8'), page, segment)).toBe(lsnOf('0/409F320'));
    expect(endOfCheckpoint(BigInt(page - 120), page, segment)).toBe(BigInt(page));
  });
  it('is longer by the header of the page, or of the segment, that it goes on in', () => {
    expect(endOfCheckpoint(BigInt(page - 112), page, segment)).toBe(BigInt(page + 8 + 24));
    expect(endOfCheckpoint(BigInt(segment - 112), page, segment)).toBe(BigInt(segment + 8 + 40));
  });
});

describe('the reader that becomes the writer', () => {
  const target = targetFor('orders');
  const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
  const stream = (pod: string, lagBytes: number): ReaderStream => ({
    ...{pod, state: 'streaming', lagBytes, lagMs: null, sync: 'async'},
  });
  const on = (name: string, node: string) => {
    const pod = podOf(name, true);
    return {...pod, spec: {...pod.spec, nodeName: node}};
  };
  const before = (streams: readonly ReaderStream[]) =>
    ({
      ...{target, pods: [on(first, 'a'), on(second, 'b')], claims: [], services: [], release: {revisions: []}},
      statefulSets: [setOf('orders-postgresql-read', 2, 0)],
      database: [{kind: 'replication', at: 0, streams}],
    }) as unknown as Snapshot;
  const nameOf = (chosen: ReturnType<typeof chooseReader>) =>
    'pod' in chosen ? chosen.pod.metadata.name : chosen.code;
  const both = before([stream(first, 500), stream(second, 20)]);

  it('is the closest one, unless one is named', () => {
    expect(nameOf(chooseReader(both, null, []))).toBe(second);
    expect(nameOf(chooseReader(both, first, []))).toBe(first);
  });
  it('is none where there is none', () => {
    expect(writerFit({...both, statefulSets: [setOf('orders-postgresql-read', 0, 0)]})?.code).toBe('NO_READER');
  });
  it('is none that does not stream, is far behind, is not there, or is on a node that takes no pods', () => {
    expect(nameOf(chooseReader(before([]), null, []))).toBe('REPLICA_BEHIND');
    expect(nameOf(chooseReader(before([stream(first, 2 ** 30)]), first, []))).toBe('REPLICA_BEHIND');
    expect(nameOf(chooseReader(both, 'orders-postgresql-read-7', []))).toBe('BAD_INPUT');
    expect(nameOf(chooseReader(both, 'orders-postgresql-primary-0', []))).toBe('BAD_INPUT');
    expect(nameOf(chooseReader(both, null, ['b']))).toBe(first);
    expect(nameOf(chooseReader(both, null, ['a', 'b']))).toBe('UNSCHEDULABLE');
  });
});

it('a node that is cordoned, or not ready, takes no pods', () => {
  const node = (name: string, unschedulable: boolean, ready: string) => ({
    ...{metadata: {name}, spec: {unschedulable}, status: {conditions: [{type: 'Ready', status: ready}]}},
  });
  expect(closedNodes([node('a', false, 'True'), node('b', true, 'True'), node('c', false, 'Unknown')])).toEqual([
    'b',
    'c',
  ]);
});

it('whoever may not change volumes is told so, with what an administrator grants', () => {
  const asked = switchoverPermissions('team-a');
  const isVolume = (resource: string) => resource === 'persistentvolumes';
  const told = mayMoveWriter(
    targetFor('orders'),
    asked.map((one) => ({...one, allowed: !isVolume(one.resource)})),
  );
  expect(told?.code).toBe('FORBIDDEN');
  expect(told?.remedies[0]?.command).toContain('--verb=get,patch --resource=persistentvolumes');
  expect(
    mayMoveWriter(
      targetFor('orders'),
      asked.map((one) => ({...one, allowed: true})),
    ),
  ).toBeNull();
  expect(asked.find(({resource}) => resource === 'statefulsets/scale')).toMatchObject({group: 'apps', verb: 'patch'});
});
