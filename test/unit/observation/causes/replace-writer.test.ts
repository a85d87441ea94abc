// A writer that is away and that nobody can replace: the newest backup is what is left, and that is said at once.
import {expect, it} from 'vitest';
import {crashLoop} from '../../../../source/observation/causes/crash-loop.ts';
import {nodeLost} from '../../../../source/observation/causes/node-lost.ts';
import {notedAnnotation} from '../../../../source/observation/backups/backup-list.ts';
import type {Pod} from '../../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {podOf, setOf} from '../../../support/fakes/fake-objects.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const newest = {name: '20260102T030405Z', startedAt: '2026-01-02T03:04:05Z', bytes: 1};
const annotations = {[notedAnnotation]: JSON.stringify({newest, tried: null})};
const silent = (pod: Pod): Pod => ({...pod, status: {...pod.status, reason: 'NodeLost'}});
const writer = podOf('orders-postgresql-primary-0', false);
const seen = (pods: readonly Pod[], readers: number, rest: Partial<Snapshot> = {}) =>
  ({
    takenAt: Date.parse('2026-01-02T08:04:05Z'),
    target: targetFor('orders'),
    claims: [],
    services: [],
    events: [],
    database: [],
    release: {revisions: []},
    logTails: {},
    operation: null,
    secret: null,
    pods,
    statefulSets: [setOf('orders-postgresql-primary', 1, 0), setOf('orders-postgresql-read', readers, 0)],
    backup: {cronJob: null, claim: {metadata: {name: 'backup', annotations}, spec: {}}, pods: []},
    ...rest,
  }) as unknown as Snapshot;
const commands = (found: ReturnType<typeof nodeLost>) =>
  found?.cause.remedies.flatMap(({command}) => command ?? []).join('\n') ?? '';

it('where its node is lost', () => {
  const alone = nodeLost(seen([silent(writer)], 0));
  expect(alone?.cause.message).toContain('There is no reader to take its role. The newest backup was begun 5 h ago');
  expect(commands(alone)).toContain('restore 20260102T030405Z --as orders-restored');
  expect(commands(alone)).not.toContain('failover');
  const bare = nodeLost(seen([silent(writer)], 0, {backup: null}));
  expect(bare?.cause.message).toContain('There is no backup that could be restored instead.');
  const reader = podOf('orders-postgresql-read-0', true);
  const replaced = nodeLost(seen([silent(writer), reader], 1));
  expect(commands(replaced)).toContain('failover orders');
  expect(commands(replaced)).not.toContain('restore');
  const both = nodeLost(seen([silent(writer), podOf('orders-postgresql-read-0', false)], 1));
  expect(both?.cause.message).toContain('no reader that is ready');
  expect(commands(both)).toMatch(/failover orders[^]*restore/);
  // Nothing is said of a reader.
  const ofReader = nodeLost(seen([podOf('orders-postgresql-primary-0', true), silent(reader)], 1));
  expect(ofReader?.cause.message).not.toContain('backup');
  expect(commands(ofReader)).not.toContain('restore');
});

it('where its disk may be spoilt', () => {
  const terminated = {exitCode: 1, startedAt: '2026-01-02T08:04:00Z', finishedAt: '2026-01-02T08:04:01Z'};
  const container = {
    name: 'postgresql',
    ready: false,
    restartCount: 4,
    state: {waiting: {reason: 'CrashLoopBackOff'}},
    lastState: {terminated},
  };
  const crashed = crashLoop(seen([{...writer, status: {phase: 'Running', containerStatuses: [container]}}], 0));
  expect(commands(crashed)).toContain('restore 20260102T030405Z --as orders-restored');
});
