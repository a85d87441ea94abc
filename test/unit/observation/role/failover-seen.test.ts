// When a failover has come to its end, with as many nodes as are left.
import {describe, expect, it} from 'vitest';
import {goodAfterFailover, waitsForRoom} from '../../../../source/observation/role/failover-seen.ts';
import type {FailoverRecord} from '../../../../source/observation/role/failover.ts';
import type {Pod} from '../../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {podOf, replication, setOf} from '../../../support/fakes/fake-objects.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
const unschedulablePod = (name: string): Pod => {
  const pod = podOf(name, false);
  const conditions = [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable'}];
  return {...pod, status: {...pod.status, conditions}};
};
const release = (pods: readonly Pod[], streaming: readonly string[]) =>
  ({
    target: targetFor('orders'),
    pods,
    services: [],
    claims: [],
    release: {revisions: []},
    statefulSets: [setOf('orders-postgresql-read', 2, 0)],
    database: [replication(streaming, 0)],
  }) as unknown as Snapshot;
/** The first reader was promoted; `able`: of those that answered then. */
const record = (...able: readonly string[]) =>
  ({pod: first, readers: Object.fromEntries(able.map((pod) => [pod, {}]))}) as unknown as FailoverRecord;

describe('all nodes are gone but one', () => {
  it('a copy that finds no room beside the new writer is not waited for, nor is a reader on a lost node', () => {
    const alone = release([unschedulablePod(first), podOf(second, false)], []);
    expect(waitsForRoom(alone, record(first))).toBe(true);
    expect(goodAfterFailover(alone, record(first))).toBe(true);
  });
  it('one that has room is waited for until it streams', () => {
    expect(goodAfterFailover(release([podOf(first, false), podOf(second, false)], []), record(first))).toBe(false);
    expect(goodAfterFailover(release([podOf(first, true), podOf(second, false)], [first]), record(first))).toBe(true);
  });
});

it('a reader that answered before is waited for, also beside a copy without room', () => {
  const waiting = release([unschedulablePod(first), podOf(second, true)], []);
  expect(goodAfterFailover(waiting, record(first, second))).toBe(false);
  expect(
    goodAfterFailover(release([unschedulablePod(first), podOf(second, true)], [second]), record(first, second)),
  ).toBe(true);
});
