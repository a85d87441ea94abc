// A writer's disk that can go to another node keeps every row: that comes before a failover.
import {describe, expect, it} from 'vitest';
import {diskFirst, nodesForDisk, type Disk} from '../../../../source/observation/checks/disk-first.ts';
import type {NodeSeen} from '../../../../source/observation/role/failover.ts';
import type {PersistentVolume} from '../../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {claimOf, podOf, setOf} from '../../../support/fakes/fake-objects.ts';
import {node, parametersWith, targetFor} from '../../../support/fakes/survey.ts';

const writer = 'orders-postgresql-primary-0';
const reader = 'orders-postgresql-read-0';
const now = Date.parse('2026-01-02T03:10:00Z');
const on = (name: string, nodeName: string, createdAt = '2026-01-01T00:00:00Z') => {
  const pod = podOf(name, false);
  return {
    ...pod,
    metadata: {...pod.metadata, creationTimestamp: createdAt},
    spec: {...pod.spec, nodeName},
  };
};
const before = (createdAt?: string) =>
  ({
    takenAt: now,
    target: targetFor('orders'),
    services: [],
    database: [],
    release: {revisions: []},
    pods: [on(writer, 'lost', createdAt), on(reader, 'node1')],
    claims: [claimOf(writer), claimOf(reader)],
    statefulSets: [setOf('orders-postgresql-primary', 1, 0), setOf('orders-postgresql-read', 1, 0)],
  }) as unknown as Snapshot;

function volumeOf(key: string, ...values: string[]): PersistentVolume {
  const nodeSelectorTerms = [{matchExpressions: [{key, operator: 'In', values}]}];
  return {metadata: {name: 'pv'}, spec: {nodeAffinity: {required: {nodeSelectorTerms}}}};
}
const network: PersistentVolume = {metadata: {name: 'pv'}, spec: {}};
const lost: NodeSeen = {
  kind: 'there',
  name: 'lost',
  isReady: false,
  since: null,
  leaseAgeMs: 60_000,
  isOutOfService: false,
};
const pod = {name: writer, isReady: false, isProven: false, isAnother: false, container: 'running'};
const disk = (rest: Partial<Disk> = {}): Disk => ({
  seen: {pod, node: lost},
  verdict: 'gone',
  nodeIsOff: true,
  volume: network,
  places: ['node2'],
  reader,
  evidence: ['seen'],
  ...rest,
});
const commands = (found: ReturnType<typeof diskFirst>) => found?.remedies.map(({command}) => command ?? '') ?? [];

describe('the nodes that the disk could go to', () => {
  const nodes = ['lost', 'node1', 'node2', 'node3'].map((name) => {
    const one = node(name, name === 'node3' ? {unschedulable: true} : {});
    return {...one, metadata: {...one.metadata, labels: {...one.metadata.labels, zone: name === 'node1' ? 'b' : 'a'}}};
  });
  const of = (volume: PersistentVolume | null, spread: 'required' | 'preferred' = 'preferred', all = nodes) =>
    nodesForDisk(before(), {volume, seen: disk().seen}, parametersWith({spread}), all);
  it('are those that it reaches and that take the writer', () => {
    expect(of(network)).toEqual(['node1', 'node2']);
    expect(of(volumeOf('zone', 'a'))).toEqual(['node2']);
    // A reader is there, and two pods of the release may not share a node.
    expect(of(network, 'required')).toEqual(['node2']);
  });
  it('are none for a disk of the node itself, in a zone without another node, or where there is no disk', () => {
    for (const key of ['kubernetes.io/hostname', 'topology.topolvm.io/node', 'openebs.io/nodename'])
      expect(of(volumeOf(key, 'lost'))).toEqual([]);
    expect(of(volumeOf('zone', 'c'))).toEqual([]);
    expect(of(null)).toEqual([]);
  });
  it('are not known where nodes may not be listed', () => {
    expect(nodesForDisk(before(), {volume: network, seen: disk().seen}, parametersWith(), null)).toBeNull();
  });
});

describe('what comes before a failover', () => {
  it('is to say that the machine is off; a reader that is named takes the role all the same', () => {
    const found = diskFirst(before(), disk());
    expect(found).toMatchObject({code: 'DISK_CAN_MOVE', evidence: ['seen']});
    expect(found?.message).toContain('can be attached to node2');
    const [taint = '', failover = ''] = commands(found);
    expect(taint).toContain('taint nodes lost node.kubernetes.io/out-of-service=nodeshutdown:NoExecute');
    expect(failover).toMatch(new RegExp(`failover orders .*--to ${reader} --node-is-off`));
    expect(diskFirst(before(), disk({places: null}))?.message).toContain('another node that it reaches');
    expect(commands(diskFirst(before(), disk({reader: null})))).toHaveLength(1);
  });
  it('is to wait where the cluster makes the writer again already', () => {
    const given: readonly NodeSeen[] = [
      {...lost, isOutOfService: true},
      {kind: 'gone', name: 'lost'},
    ];
    for (const one of given) {
      const found = diskFirst(before(), disk({seen: {pod, node: one}}));
      expect(commands(found)[0]).toContain('status orders');
      expect(commands(found).join('\n')).not.toContain('taint');
    }
  });
  it('is to wait while the new pod waits for its disk on a node that answers, and not for ever', () => {
    const seen = {pod: {...pod, container: 'ContainerCreating'}, node: {...lost, name: 'node2', isReady: true}};
    const starting = disk({verdict: 'stoppable', seen});
    expect(diskFirst(before('2026-01-02T03:09:00Z'), starting)?.code).toBe('DISK_CAN_MOVE');
    expect(diskFirst(before('2026-01-02T03:00:00Z'), starting)).toBeNull();
    expect(diskFirst(before('2026-01-02T03:09:00Z'), disk({verdict: 'stoppable'}))).toBeNull();
    expect(diskFirst(before('2026-01-02T03:09:00Z'), {...starting, volume: volumeOf('x/hostname', 'a')})).toBeNull();
  });
  it('is not there where no node takes the disk or the pod, or where the writer still answers', () => {
    expect(diskFirst(before(), disk({places: []}))).toBeNull();
    expect(diskFirst(before(), disk({seen: {pod: {...pod, container: null}, node: lost}}))).toBeNull();
    expect(diskFirst(before(), disk({seen: {pod: null, node: null}}))).toBeNull();
    expect(diskFirst(before(), disk({verdict: 'answers'}))).toBeNull();
  });
});
