// Scaling in never leaves commits waiting for readers that are gone.
import {describe, expect, test} from 'vitest';
import {syncWouldBlock} from '../../../../source/observation/checks/sync-would-block.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {FakeCluster} from '../../../support/fakes/fake-ports.ts';

const reader = 'orders-postgresql-read';

/** `syncs`: of each reader, by ordinal; null: it does not stream. */
function snapshotWith(
  commitsWaitFor: number,
  syncs: readonly (string | null)[],
  others: readonly string[] = [],
): Snapshot {
  const cluster = new FakeCluster();
  const passwords = {admin: 'admin', user: 'user', replication: 'replication'};
  Object.assign(cluster, {
    secret: passwords,
    database: passwords,
    applied: {at: cluster.time - 60_000, readers: syncs.length},
  });
  const stream = (pod: string | null, sync: string) => ({
    pod,
    state: 'streaming',
    lagBytes: 0,
    lagMs: null,
    sync,
    commitsWaitFor,
  });
  const streams = [
    ...syncs.flatMap((sync, ordinal) => (sync === null ? [] : [stream(`${reader}-${ordinal}`, sync)])),
    ...others.map((sync) => stream(null, sync)),
  ];
  return {...cluster.snapshot(), database: [{kind: 'replication', at: cluster.time, streams}]};
}

const refused = (before: Snapshot, readers: number) =>
  syncWouldBlock(before, {readReplicaCount: readers, synchronousReplicas: 0}, null).flatMap((finding) =>
    finding.severity === 'refuse' ? [finding.cause] : [],
  );

describe('refused', () => {
  test.each([
    ['the last one that commits wait for', 1, ['sync'], 0, 1],
    ['one of two of a quorum of two', 2, ['quorum', 'quorum'], 1, 2],
    ['the one that streams, while the one that stays does not', 1, [null, 'sync'], 1, 2],
    ['the one among the names, while the one that stays is not', 1, ['async', 'sync'], 1, 2],
  ] as const)('%s', (_, needed, syncs, wanted, enough) => {
    const [found] = refused(snapshotWith(needed, syncs), wanted);
    expect(found).toMatchObject({code: 'SYNC_WOULD_BLOCK'});
    expect(found?.message).toContain('every write would hang');
    expect(found?.remedies[0]?.command).toMatch(new RegExp(`--read-replicas ${enough}$`));
  });

  test('where no number of readers is enough, only the setting helps', () => {
    const [found] = refused(snapshotWith(2, ['sync', null]), 1);
    expect(found?.remedies).toHaveLength(1);
    expect(found?.remedies[0]?.title).toContain('ALTER SYSTEM');
  });
});

describe('nothing is in the way', () => {
  test.each([
    ['a potential one takes its place', 1, ['potential', 'sync'], 1, []],
    ['a standby outside the release is enough', 1, ['sync'], 0, ['potential']],
    ['commits wait for nobody', 0, ['async', 'async'], 0, []],
    ['there are to be more', 1, ['sync'], 2, []],
    ['it would hang already, and as many stay', 2, ['sync'], 1, []],
  ] as const)('%s', (_, needed, syncs, wanted, others) => {
    expect(refused(snapshotWith(needed, syncs, others), wanted)).toEqual([]);
  });
});
