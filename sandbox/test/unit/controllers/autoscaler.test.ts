// The autoscaler: a pod for which no node has room gets one, of the smallest type that takes it; nobody else does.
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {maxNodes} from '../../../source/controllers/autoscaler.ts';
import {startNodes} from '../../../source/controllers/nodes.ts';
import {recorder} from '../../../source/events.ts';
import {noFaults} from '../../../source/faults.ts';
import {kinds} from '../../../source/store/kinds.ts';
import type {KubeObject} from '../../../source/store/objects.ts';
import {smallCluster, type SmallCluster} from '../../support/small-cluster.ts';
import {waitFor} from '../../../../test/support/wait-for.ts';

let cluster: SmallCluster;
beforeEach(() => {
  cluster = smallCluster({graceMs: 20, idleMs: 100});
});
afterEach(() => cluster.close());

const typeLabel = 'node.kubernetes.io/instance-type';
const medium = {nodeSelector: {[typeLabel]: 't3.medium'}};
const nodeOf = (pod: KubeObject | null) => (pod?.['spec'] as {nodeName?: string} | undefined)?.nodeName;
function pod(
  name: string,
  {requests = {}, labels = {}, ...spec}: {requests?: object; labels?: object; [field: string]: unknown} = {},
): void {
  cluster.create(kinds.pod, {
    metadata: {name, labels},
    spec: {containers: [{name: 'main', image: 'example.invalid/x:1', resources: {requests}}], ...spec},
  });
}
function claim(name: string, storageClassName = 'standard'): {volumes: object[]} {
  cluster.create(kinds.claim, {
    metadata: {name},
    spec: {storageClassName, accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
  });
  return {volumes: [{name: 'v', persistentVolumeClaim: {claimName: name}}]};
}
const scheduled = async (name: string) =>
  nodeOf(await cluster.until(kinds.pod, name, (object) => nodeOf(object) !== undefined));
const apart = (labels: object, topologyKey = 'kubernetes.io/hostname') => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey, labelSelector: {matchLabels: labels}}],
    },
  },
});
const added = () =>
  cluster
    .list(kinds.node)
    .filter(({metadata}) => Number(metadata.name.slice('node'.length)) > 4)
    .map(({metadata}) => `${metadata.name} ${metadata.labels?.[typeLabel] ?? ''}`)
    .sort();
const scaleUps = (name: string) => cluster.said(name).filter((text) => text.startsWith('TriggeredScaleUp'));
/**
 * Waits until the autoscaler has looked at every pod that has waited long enough: it has then helped a pod that came
 * after them.
 * @returns the node that it added for that pod
 */
async function settled(): Promise<string> {
  pod('probe', {requests: {cpu: '3'}, tolerations: [{operator: 'Exists'}]});
  return (await scheduled('probe')) ?? '';
}

describe('a node is added', () => {
  test('where four pods are on four nodes and there is a fifth, which says so as the real one does', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) pod(name, {requests: {cpu: '1500m'}, ...medium});
    const nodes = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(scheduled));
    expect([...nodes].sort()).toEqual(['node0', 'node1', 'node2', 'node3', 'node5']);
    const last = ['a', 'b', 'c', 'd', 'e'].filter((_, index) => nodes[index] === 'node5');
    expect(last.map(scaleUps)).toEqual([['TriggeredScaleUp: pod triggered scale-up: [{t3.medium 4->5 (max: 20)}]']]);
    // The node is as the others are: Ready, with a lease and a zone.
    const node = cluster.get(kinds.node, 'node5');
    expect(JSON.stringify(node?.['status'])).toContain('KubeletReady');
    expect(node?.metadata.labels?.['topology.kubernetes.io/zone']).toBe('sandbox-2');
    expect(cluster.store.get(kinds.lease, 'kube-node-lease', 'node5')).not.toBeNull();
  });

  test.each([
    ['memory that a medium one does not have', '5Gi', ['node4', 'node5 t3.large']],
    ['memory that none of the first nodes has', '9Gi', ['node5 t3.xlarge', 'node6 t3.xlarge']],
    ['the largest type', '30Gi', ['node5 t3.2xlarge', 'node6 t3.2xlarge']],
  ])('of the smallest type that takes the pod: %s', async (_why, memory, expected) => {
    for (const name of ['a', 'b']) pod(name, {requests: {memory}});
    await Promise.all(['a', 'b'].map(scheduled));
    expect(added()).toEqual(expected.filter((name) => name !== 'node4'));
  });

  test('of a type that was asked for and that no node has yet', async () => {
    pod('a', {nodeSelector: {[typeLabel]: 't3.xlarge'}});
    expect(await scheduled('a')).toBe('node5');
    expect(added()).toEqual(['node5 t3.xlarge']);
    expect(scaleUps('a')).toEqual(['TriggeredScaleUp: pod triggered scale-up: [{t3.xlarge 0->1 (max: 20)}]']);
  });

  test('for each of those that want to be apart', async () => {
    const names = Array.from({length: 8}, (_, index) => `p${index}`);
    for (const name of names) pod(name, {labels: {app: 'db'}, ...apart({app: 'db'})});
    const nodes = await Promise.all(names.map(scheduled));
    expect(new Set(nodes).size).toBe(8);
    expect(added()).toEqual(['node5 t3.medium', 'node6 t3.medium', 'node7 t3.medium']);
  });

  test('once for pods that fit on it together', async () => {
    for (const name of ['a', 'b', 'c', 'd']) pod(name, {requests: {cpu: '1500m'}, ...medium});
    await Promise.all(['a', 'b', 'c', 'd'].map(scheduled));
    for (const name of ['e', 'f', 'g']) pod(name, {requests: {cpu: '600m'}, ...medium});
    expect(await Promise.all(['e', 'f', 'g'].map(scheduled))).toEqual(['node5', 'node5', 'node5']);
    expect(added()).toEqual(['node5 t3.medium']);
  });

  test('in the zone that the pod may be in', async () => {
    const labels = {app: 'db'};
    for (const name of ['a', 'b', 'c']) pod(name, {labels, ...apart(labels, 'topology.kubernetes.io/zone')});
    await Promise.all(['a', 'b', 'c'].map(scheduled));
    pod('d', {requests: {cpu: '1500m'}, nodeSelector: {'topology.kubernetes.io/zone': 'sandbox-2'}});
    pod('e', {requests: {cpu: '1500m'}, nodeSelector: {'topology.kubernetes.io/zone': 'sandbox-2'}});
    await Promise.all(['d', 'e'].map(scheduled));
    expect(cluster.get(kinds.node, 'node5')?.metadata.labels?.['topology.kubernetes.io/zone']).toBe('sandbox-2');
  });

  test('up to so many in all', async () => {
    const names = Array.from({length: maxNodes + 1}, (_, index) => `p${index}`);
    for (const name of names) pod(name, {labels: {app: 'db'}, ...apart({app: 'db'})});
    const count = () => names.filter((name) => nodeOf(cluster.get(kinds.pod, name)) !== undefined).length;
    await waitFor('pods on nodes', count, (seen) => seen === maxNodes, {deadlineMs: 5000, everyMs: 5});
    expect(cluster.list(kinds.node)).toHaveLength(maxNodes);
    expect(names.filter((name) => scaleUps(name).length > 0)).toHaveLength(maxNodes - 5);
  });
});

describe('none is added', () => {
  const unhelped: readonly (readonly [why: string, make: () => void | Promise<void>])[] = [
    ['for more than the largest type has', () => pod('it', {requests: {memory: '64Gi'}})],
    ['for more CPUs than the largest type has', () => pod('it', {requests: {cpu: '50'}})],
    ['for a type that there is not', () => pod('it', {nodeSelector: {[typeLabel]: 'm9.none'}})],
    ['for a node by its name', () => pod('it', {nodeSelector: {'kubernetes.io/hostname': 'elsewhere'}})],
    [
      'where pods are to be apart by what all nodes share',
      async () => {
        const rule = {labels: {app: 'db'}, ...apart({app: 'db'}, 'topology.kubernetes.io/region')};
        pod('first', rule);
        await scheduled('first');
        pod('it', rule);
      },
    ],
    [
      'where the volume is on the disk of a node that is full',
      async () => {
        const mounting = claim('data');
        pod('first', mounting);
        const node = (await scheduled('first')) ?? '';
        cluster.store.remove(kinds.pod, 'default', 'first');
        pod('filler', {requests: {cpu: '2'}, nodeSelector: {'kubernetes.io/hostname': node}});
        await scheduled('filler');
        pod('it', {requests: {cpu: '1'}, ...mounting});
      },
    ],
    [
      'where the claim is not there',
      () => pod('it', {volumes: [{name: 'v', persistentVolumeClaim: {claimName: 'no'}}]}),
    ],
    ['where nobody makes the volume', () => pod('it', claim('unmade', 'absent'))],
    [
      'where all nodes are tainted',
      () => {
        for (const node of cluster.list(kinds.node))
          cluster.store.update(kinds.node, {
            ...node,
            spec: {...(node['spec'] as object), taints: [{key: 'only', value: 'batch', effect: 'NoSchedule'}]},
          });
        pod('it');
      },
    ],
  ];
  test.each(unhelped)('%s', async (_why, make) => {
    await make();
    await cluster.until(kinds.pod, 'it', (object) => JSON.stringify(object?.['status']).includes('Unschedulable'));
    const node = await settled();
    expect({added: added(), said: scaleUps('it')}).toEqual({added: [`${node} t3.xlarge`], said: []});
  });

  test('where room comes before the autoscaler looks', async () => {
    cluster.close();
    cluster = smallCluster({graceMs: 60_000, idleMs: 100});
    for (const name of ['a', 'b', 'c', 'd', 'e']) pod(name, {requests: {cpu: '1500m'}, ...medium});
    await Promise.all(['a', 'b', 'c', 'd'].map(scheduled));
    await cluster.until(kinds.pod, 'e', (object) => JSON.stringify(object?.['status']).includes('Unschedulable'));
    cluster.store.remove(kinds.pod, 'default', 'b');
    await scheduled('e');
    expect(added()).toEqual([]);
  });
});

describe('an added node', () => {
  async function fill(): Promise<void> {
    for (const name of ['a', 'b', 'c', 'd']) pod(name, {requests: {cpu: '1500m'}, ...medium});
    await Promise.all(['a', 'b', 'c', 'd'].map(scheduled));
  }
  const gone = (name: string) => cluster.until(kinds.node, name, (node) => node === null);

  test('goes when it has stood empty for a while, with its lease and a word; the first five stay', async () => {
    await fill();
    pod('e', {requests: {cpu: '1500m'}, ...medium});
    expect(await scheduled('e')).toBe('node5');
    for (const name of ['a', 'b', 'c', 'd', 'e']) cluster.store.remove(kinds.pod, 'default', name);
    await gone('node5');
    expect(cluster.said('node5')).toEqual(['ScaleDown: marked the node as toBeDeleted/unschedulable']);
    await waitFor(
      'its lease',
      () => cluster.store.get(kinds.lease, 'kube-node-lease', 'node5'),
      (lease) => lease === null,
      {deadlineMs: 5000, everyMs: 5},
    );
    expect(cluster.list(kinds.node)).toHaveLength(5);
  });

  test('stays as long as a volume is on its disk, and goes after it', async () => {
    await fill();
    const mounting = claim('data');
    pod('e', {requests: {cpu: '1500m'}, ...medium, ...mounting});
    pod('f', {requests: {cpu: '1500m'}, ...medium});
    await Promise.all(['e', 'f'].map(scheduled));
    const node = await scheduled('e');
    for (const name of ['e', 'f']) cluster.store.remove(kinds.pod, 'default', name);
    // The other node goes, so that the autoscaler has looked at both.
    await gone(node === 'node5' ? 'node6' : 'node5');
    pod('again', {requests: {cpu: '1500m'}, ...mounting});
    expect(await scheduled('again')).toBe(node);
    cluster.store.remove(kinds.pod, 'default', 'again');
    cluster.store.remove(kinds.claim, 'default', 'data');
    await gone(node ?? '');
  });

  test('is there again after a restart, with the address that the sandbox has now, until it is empty', async () => {
    await fill();
    pod('e', {requests: {cpu: '1500m'}, ...medium});
    await scheduled('e');
    const events = recorder(cluster.store);
    const restarted = startNodes({
      store: cluster.store,
      events,
      faults: () => noFaults,
      addressOf: (index) => `127.9.9.${index + 2}`,
      architecture: 'amd64',
    });
    restarted.close();
    events.close();
    expect(cluster.get(kinds.node, 'node5')?.['status']).toMatchObject({
      addresses: [{address: '127.9.9.7'}, {address: 'node5'}],
      allocatable: {cpu: '2', memory: '4046Mi'},
    });
  });
});
