// The scheduler: who gets which node, and its words when none takes a pod. The texts were recorded on a Kubernetes
// 1.34.
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {noNodeText} from '../../../source/controllers/scheduler.ts';
import {kinds} from '../../../source/store/kinds.ts';
import type {KubeObject} from '../../../source/store/objects.ts';
import {smallCluster, type SmallCluster} from '../../support/small-cluster.ts';

let cluster: SmallCluster;
beforeEach(() => {
  cluster = smallCluster();
});
afterEach(() => cluster.close());

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
const scheduled = async (name: string) =>
  nodeOf(await cluster.until(kinds.pod, name, (object) => nodeOf(object) !== undefined));
const refused = async (name: string) => {
  await cluster.until(kinds.pod, name, () => cluster.said(name).length > 0);
  return cluster.said(name)[0]?.replace('FailedScheduling: ', '');
};
const apart = (labels: object, topologyKey = 'kubernetes.io/hostname') => [
  {topologyKey, labelSelector: {matchLabels: labels}},
];
const notHelpful = (nodes: number) =>
  `no new claims to deallocate, preemption: 0/5 nodes are available: ${nodes} Preemption is not helpful for scheduling`;

describe('no node takes it', () => {
  test('because none could ever give so much', async () => {
    pod('big', {requests: {cpu: '50'}});
    expect(await refused('big')).toBe(`0/5 nodes are available: 5 Insufficient cpu. ${notHelpful(5)}.`);
  });

  test('because of CPU and memory, and a label on some', async () => {
    pod('big', {requests: {cpu: '50', memory: '6Gi'}, nodeSelector: {'node.kubernetes.io/instance-type': 't3.medium'}});
    expect(await refused('big')).toBe(
      `0/5 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 4 Insufficient cpu, 4 ` +
        `Insufficient memory. ${notHelpful(5)}.`,
    );
  });

  test('because of a pod that wants to be alone there', async () => {
    pod('first', {
      labels: {app: 'db'},
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: apart({app: 'db'}, 'topology.kubernetes.io/region'),
        },
      },
    });
    await scheduled('first');
    pod('second', {labels: {app: 'db'}});
    expect(await refused('second')).toBe(
      "0/5 nodes are available: 5 node(s) didn't satisfy existing pods anti-affinity rules. no new claims to " +
        'deallocate, preemption: 0/5 nodes are available: 5 No preemption victims found for incoming pod.',
    );
    pod('third', {
      labels: {app: 'db'},
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: apart({app: 'db'}, 'topology.kubernetes.io/region'),
        },
      },
    });
    expect(await refused('third')).toContain("5 node(s) didn't match pod anti-affinity rules.");
  });

  test('because of a claim that is not there, or whose class is none', async () => {
    pod('lost', {volumes: [{name: 'v', persistentVolumeClaim: {claimName: 'nope'}}]});
    expect(await refused('lost')).toBe('0/5 nodes are available: persistentvolumeclaim "nope" not found. not found');
    cluster.create(kinds.claim, {
      metadata: {name: 'classless'},
      spec: {storageClassName: 'absent', accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
    });
    pod('unbound', {volumes: [{name: 'v', persistentVolumeClaim: {claimName: 'classless'}}]});
    expect(await refused('unbound')).toBe(
      '0/5 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    );
    expect(cluster.said('classless')).toEqual(['ProvisioningFailed: storageclass.storage.k8s.io "absent" not found']);
  });

  test('because its volume is on the disk of another', async () => {
    const mounting = {volumes: [{name: 'v', persistentVolumeClaim: {claimName: 'data'}}]};
    cluster.create(kinds.claim, {
      metadata: {name: 'data'},
      spec: {storageClassName: 'standard', accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
    });
    pod('first', mounting);
    const node = await scheduled('first');
    pod('second', {...mounting, nodeSelector: {'kubernetes.io/hostname': node === 'node0' ? 'node1' : 'node0'}});
    expect(await refused('second')).toBe(
      `0/5 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 4 node(s) didn't match ` +
        `Pod's node affinity/selector. ${notHelpful(5)}.`,
    );
    pod('third', mounting);
    expect(await scheduled('third')).toBe(node);
  });

  test('because the one that it names is cordoned, or tainted; it starts when it is neither', async () => {
    const node = () => cluster.get(kinds.node, 'node4') as KubeObject;
    cluster.store.update(kinds.node, {...node(), spec: {...(node()['spec'] as object), unschedulable: true}});
    await cluster.until(kinds.node, 'node4', (object) =>
      JSON.stringify(object?.['spec']).includes('node.kubernetes.io/unschedulable'),
    );
    pod('choosy', {nodeSelector: {'kubernetes.io/hostname': 'node4'}});
    expect(await refused('choosy')).toContain(
      "1 node(s) were unschedulable, 4 node(s) didn't match Pod's node affinity/selector.",
    );
    cluster.store.update(kinds.node, {
      ...node(),
      spec: {taints: [{key: 'only', value: 'batch', effect: 'NoSchedule'}]},
    });
    await cluster.until(kinds.pod, 'choosy', (object) => JSON.stringify(object?.['status']).includes('untolerated'));
    pod('batch', {nodeSelector: {'kubernetes.io/hostname': 'node4'}, tolerations: [{key: 'only', operator: 'Exists'}]});
    expect(await scheduled('batch')).toBe('node4');
    cluster.store.update(kinds.node, {...node(), spec: {}});
    expect(await scheduled('choosy')).toBe('node4');
  });
});

test('pods of one owner spread, and fill what is emptiest', async () => {
  for (const name of ['a', 'b', 'c', 'd'])
    pod(name, {requests: {cpu: '1', memory: '2Gi'}, nodeSelector: {'node.kubernetes.io/instance-type': 't3.medium'}});
  const nodes = await Promise.all(['a', 'b', 'c', 'd'].map(scheduled));
  expect(new Set(nodes).size).toBe(4);
});

test('room is what the others ask for: the fifth waits until one goes', async () => {
  for (const name of ['a', 'b', 'c', 'd'])
    pod(name, {requests: {cpu: '1500m'}, nodeSelector: {'node.kubernetes.io/instance-type': 't3.medium'}});
  await Promise.all(['a', 'b', 'c', 'd'].map(scheduled));
  pod('e', {requests: {cpu: '1500m'}, nodeSelector: {'node.kubernetes.io/instance-type': 't3.medium'}});
  expect(await refused('e')).toContain('4 Insufficient cpu');
  cluster.store.remove(kinds.pod, 'default', 'b');
  await scheduled('e');
});

test('a preference loses where it cannot be met', async () => {
  const preferring = {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, podAffinityTerm: apart({app: 'db'})[0]}],
    },
  };
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const name of names) pod(name, {labels: {app: 'db'}, affinity: preferring});
  const nodes = await Promise.all(names.map(scheduled));
  expect(new Set(nodes).size).toBe(5);
});

test('reasons are counted and sorted as text', () => {
  const none = {resolvable: false};
  expect(
    noNodeText([
      {...none, reasons: ['b']},
      {...none, reasons: ['a']},
      {reasons: ['a'], resolvable: true},
    ]),
  ).toBe(
    '0/3 nodes are available: 1 b, 2 a. no new claims to deallocate, preemption: 0/3 nodes are available: 1 No ' +
      'preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
  );
});
