// Events are told once each, and those of a probe that asks each second once for each pod that starts.
import {expect, it} from 'vitest';
import type {ClusterEvent} from '../../../source/observation/kubernetes.ts';
import {Announcements} from '../../../source/operations/announcements.ts';
import {recorded} from '../observation/recorded.ts';

const healthy = recorded('healthy');
const probe = (count: number, rest: Partial<ClusterEvent> = {}): ClusterEvent => ({
  metadata: {name: 'orders-postgresql-primary-0.1', uid: 'event-1'},
  involvedObject: {kind: 'Pod', name: 'orders-postgresql-primary-0', uid: '1'},
  type: 'Warning',
  reason: 'Unhealthy',
  message: 'Startup probe failed: 127.0.0.1:5432 - no response',
  count,
  firstTimestamp: new Date(healthy.takenAt).toISOString(),
  lastTimestamp: new Date(healthy.takenAt + count * 1000).toISOString(),
  ...rest,
});
/** What is told of these looks, one after the other. */
function told(...looks: readonly (readonly ClusterEvent[])[]): string[] {
  const announcements = new Announcements(healthy.takenAt, () => []);
  return looks.flatMap((events) =>
    [...announcements.of({...healthy, clusterAheadMs: 0, events})].flatMap((step) =>
      step.type === 'log' ? [`${step.object?.name}: ${step.text}`] : [],
    ),
  );
}

it('a startup probe that fails each second is told once', () => {
  expect(told(...Array.from({length: 60}, (_, second) => [probe(second + 1)]))).toEqual([
    'orders-postgresql-primary-0: Startup probe failed: 127.0.0.1:5432 - no response',
  ]);
});

it('and once more for the next pod of that name', () => {
  const next = probe(1, {metadata: {name: 'orders-postgresql-primary-0.2', uid: 'event-2'}});
  expect(told([probe(1)], [probe(2)], [probe(3), next], [probe(3), {...next, count: 2}])).toHaveLength(2);
});

it('another probe, and any other event, is told each time that it happens', () => {
  const readiness = {message: 'Readiness probe failed: 127.0.0.1:5432 - no response'};
  expect(told([probe(1, readiness)], [probe(2, readiness)], [probe(2, readiness)])).toHaveLength(2);
});

it('what happened before the operation is not told', () => {
  const before = new Date(healthy.takenAt - 60_000).toISOString();
  expect(told([probe(1, {firstTimestamp: before, lastTimestamp: before})])).toEqual([]);
});
