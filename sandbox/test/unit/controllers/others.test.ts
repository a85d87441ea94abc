// Volumes, Services, budgets, Jobs, nodes: each does what its namesake does.
import {existsSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {isDue} from '../../../source/controllers/jobs/schedule.ts';
import {noFaults} from '../../../source/faults.ts';
import {deleteObject} from '../../../source/store/deletion.ts';
import {kinds} from '../../../source/store/kinds.ts';
import type {KubeObject} from '../../../source/store/objects.ts';
import {namespace, setOf, smallCluster, type SmallCluster} from '../../support/small-cluster.ts';

let cluster: SmallCluster;
beforeEach(() => {
  cluster = smallCluster();
});
afterEach(() => cluster.close());

const statusOf = (object: KubeObject | null) => (object?.['status'] ?? {}) as Record<string, unknown>;
const isReady = (object: KubeObject | null) =>
  statusOf(object)['readyReplicas'] === (object?.['spec'] as {replicas?: number} | undefined)?.replicas;
const pathOf = (volume: KubeObject | undefined) => (volume?.['spec'] as {hostPath: {path: string}}).hostPath.path;

describe('a claim', () => {
  const claim = (name: string, spec: object = {}) =>
    cluster.create(kinds.claim, {
      metadata: {name},
      spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}, ...spec},
    });
  const user = (claimName: string) =>
    cluster.create(kinds.pod, {
      metadata: {name: `user-of-${claimName}`},
      spec: {containers: [{name: 'main', image: 'x:1'}], volumes: [{name: 'v', persistentVolumeClaim: {claimName}}]},
    });
  const phase = (wanted: string) => (object: KubeObject | null) => statusOf(object)['phase'] === wanted;

  test('waits for its first pod, then has a folder, grows, and takes the folder with it', async () => {
    claim('data');
    await cluster.until(kinds.claim, 'data', () => cluster.said('data').length > 0);
    expect(cluster.said('data')).toEqual([
      'WaitForFirstConsumer: waiting for first consumer to be created before binding',
    ]);
    user('data');
    const bound = (await cluster.until(kinds.claim, 'data', phase('Bound'))) as KubeObject;
    const [volume] = cluster.list(kinds.volume);
    const folder = pathOf(volume);
    expect(existsSync(folder)).toBe(true);
    expect(bound.metadata.annotations).toMatchObject({
      'pv.kubernetes.io/bind-completed': 'yes',
      'volume.kubernetes.io/storage-provisioner': 'sandbox/volume',
    });

    cluster.store.update(kinds.claim, {
      ...bound,
      spec: {...(bound['spec'] as object), resources: {requests: {storage: '3Gi'}}},
    });
    await cluster.until(
      kinds.claim,
      'data',
      (object) => JSON.stringify(statusOf(object)['capacity']) === '{"storage":"3Gi"}',
    );

    deleteObject(cluster.store, kinds.claim, namespace, 'data');
    expect(cluster.get(kinds.claim, 'data')?.metadata.deletionTimestamp).toBeDefined();
    cluster.store.remove(kinds.pod, namespace, 'user-of-data');
    await cluster.until(kinds.claim, 'data', (object) => object === null);
    await cluster.until(kinds.volume, volume?.metadata.name ?? '', (object) => object === null);
    expect(existsSync(folder)).toBe(false);
  });

  test('whose earlier volume of the same name was kept gets another one; the kept one goes when it may', async () => {
    const boundTo = async () => {
      claim('kept');
      user('kept');
      const bound = (await cluster.until(kinds.claim, 'kept', phase('Bound'))) as KubeObject;
      return (bound['spec'] as {volumeName: string}).volumeName;
    };
    const keep = (name: string, changes: object) => {
      const volume = cluster.get(kinds.volume, name) as KubeObject;
      cluster.store.update(kinds.volume, {...volume, spec: {...(volume['spec'] as object), ...changes}});
      return pathOf(volume);
    };
    const letGo = async () => {
      deleteObject(cluster.store, kinds.claim, namespace, 'kept');
      cluster.store.remove(kinds.pod, namespace, 'user-of-kept');
      await cluster.until(kinds.claim, 'kept', (object) => object === null);
    };
    const first = await boundTo();
    const folder = keep(first, {persistentVolumeReclaimPolicy: 'Retain'});
    await letGo();
    await cluster.until(kinds.volume, first, phase('Released'));
    const second = await boundTo();
    expect(second).not.toBe(first);
    keep(first, {persistentVolumeReclaimPolicy: 'Delete'});
    await cluster.until(kinds.volume, first, (object) => object === null);
    expect(existsSync(folder)).toBe(false);

    // Kept for a claim that was never made: it is deleted by name, and its folder with it.
    const other = keep(second, {persistentVolumeReclaimPolicy: 'Retain'});
    await letGo();
    keep(second, {persistentVolumeReclaimPolicy: 'Delete', claimRef: {namespace, name: 'never-made'}});
    await cluster.until(kinds.volume, second, phase('Available'));
    expect(existsSync(other)).toBe(true);
    deleteObject(cluster.store, kinds.volume, null, second);
    await cluster.until(kinds.volume, second, (object) => object === null);
    expect(existsSync(other)).toBe(false);
  });

  test('of a class that nobody answers for stays pending, and so does its pod', async () => {
    claim('slow', {storageClassName: 'unprovisioned'});
    user('slow');
    await cluster.until(kinds.claim, 'slow', () =>
      cluster.said('slow').some((text) => text.startsWith('ExternalProvisioning')),
    );
    expect(cluster.said('slow').at(-1)).toContain(
      "either by the external provisioner 'sandbox/absent' or manually by the system administrator",
    );
    expect(cluster.said('user-of-slow')).toEqual([]);
    expect((cluster.get(kinds.pod, 'user-of-slow')?.['spec'] as {nodeName?: string}).nodeName).toBeUndefined();
  });

  test('without a class takes a volume that somebody made', async () => {
    claim('by-hand', {storageClassName: ''});
    await cluster.until(kinds.claim, 'by-hand', () => cluster.said('by-hand').length > 0);
    expect(cluster.said('by-hand')).toEqual([
      'FailedBinding: no persistent volumes available for this claim and no storage class is set',
    ]);
    cluster.create(kinds.volume, {
      metadata: {name: 'mine'},
      spec: {capacity: {storage: '5Gi'}, accessModes: ['ReadWriteOnce'], hostPath: {path: '/mine'}},
    });
    await cluster.until(kinds.claim, 'by-hand', phase('Bound'));
    deleteObject(cluster.store, kinds.claim, namespace, 'by-hand');
    await cluster.until(kinds.volume, 'mine', phase('Released'));
  });
});

test('a Service leads to the pods that are ready; one may ask for the others too', async () => {
  const service = (name: string, spec: object = {}) =>
    cluster.create(kinds.service, {
      metadata: {name},
      spec: {selector: {app: 'db'}, ports: [{name: 'db', port: 80, targetPort: 'db'}], ...spec},
    });
  service('db');
  service('all', {clusterIP: 'None', publishNotReadyAddresses: true});
  cluster.create(kinds.statefulSet, setOf('db', {replicas: 2}));
  await cluster.until(kinds.statefulSet, 'db', isReady);
  const readyIn = (name: string) =>
    cluster
      .list(kinds.endpointSlice)
      .filter(({metadata}) => metadata.labels?.['kubernetes.io/service-name'] === name)
      .flatMap((slice) =>
        (slice['endpoints'] as {conditions: {ready: boolean}; targetRef: {name: string}}[])
          .filter(({conditions}) => conditions.ready)
          .map(({targetRef}) => targetRef.name),
      );
  await cluster.until(kinds.endpoints, 'db', () => readyIn('db').length === 2);
  expect(cluster.list(kinds.endpointSlice)[0]?.['ports']).toEqual([{name: 'db', port: 5432, protocol: 'TCP'}]);
  const pod = cluster.get(kinds.pod, 'db-1') as KubeObject;
  cluster.kubelet.held.add(`${namespace}/db-1`);
  cluster.store.update(kinds.pod, {...pod, status: {...statusOf(pod), conditions: [{type: 'Ready', status: 'False'}]}});
  await cluster.until(kinds.endpoints, 'db', (object) =>
    JSON.stringify(object?.['subsets']).includes('notReadyAddresses'),
  );
  expect(readyIn('db')).toEqual(['db-0']);
  expect(readyIn('all')).toEqual(['db-0', 'db-1']);
  cluster.store.remove(kinds.service, namespace, 'db');
  await cluster.until(kinds.endpoints, 'db', (object) => object === null && readyIn('db').length === 0);
});

test('a budget says how many pods may go', async () => {
  cluster.create(kinds.disruptionBudget, {
    metadata: {name: 'db'},
    spec: {maxUnavailable: 1, selector: {matchLabels: {app: 'db'}}},
  });
  cluster.create(kinds.statefulSet, setOf('db', {replicas: 3}));
  await cluster.until(kinds.statefulSet, 'db', isReady);
  const budget = await cluster.until(
    kinds.disruptionBudget,
    'db',
    (object) => statusOf(object)['currentHealthy'] === 3,
  );
  expect(statusOf(budget)).toMatchObject({desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3});
});

describe('a Job', () => {
  const job = (spec: object = {}) =>
    cluster.create(kinds.job, {
      metadata: {name: 'dump'},
      spec: {template: {spec: {restartPolicy: 'Never', containers: [{name: 'main', image: 'x:1'}]}}, ...spec},
    });
  const end = (phase: string) => {
    for (const pod of cluster.list(kinds.pod))
      if (statusOf(pod)['phase'] === 'Running')
        cluster.store.update(kinds.pod, {...pod, status: {...statusOf(pod), phase}});
  };
  const condition = (type: string) => (object: KubeObject | null) =>
    (statusOf(object)['conditions'] as {type: string}[] | undefined)?.some((one) => one.type === type) === true;
  const isRunning = () => cluster.list(kinds.pod).some((pod) => statusOf(pod)['phase'] === 'Running');

  test('is complete when its pod has succeeded', async () => {
    job();
    await cluster.until(kinds.job, 'dump', isRunning);
    end('Succeeded');
    const done = await cluster.until(kinds.job, 'dump', condition('Complete'));
    expect(statusOf(done)).toMatchObject({succeeded: 1});
    expect(cluster.said('dump').map((text) => text.split(':')[0])).toEqual(['SuccessfulCreate', 'Completed']);
    expect(cluster.list(kinds.pod)[0]?.metadata.labels).toMatchObject({
      'job-name': 'dump',
      'batch.kubernetes.io/controller-uid': done?.metadata.uid,
    });
  });

  test('tries again, and gives up after its limit', async () => {
    job({backoffLimit: 1});
    for (let tries = 0; tries < 2; tries++) {
      await cluster.until(kinds.job, 'dump', isRunning);
      end('Failed');
    }
    const done = await cluster.until(kinds.job, 'dump', condition('Failed'));
    expect(statusOf(done)).toMatchObject({failed: 2});
    expect(cluster.said('dump').at(-1)).toBe('BackoffLimitExceeded: Job has reached the specified backoff limit');
  });
});

test.each([
  ['0 3 * * *', '2026-11-25T03:00:00Z', true],
  ['0 3 * * *', '2026-11-25T03:01:00Z', false],
  ['*/15 9-17 * * mon-fri', '2026-11-25T09:45:00Z', true],
  ['*/15 9-17 * * mon-fri', '2026-11-28T09:45:00Z', false],
  ['0 0 13 * 5', '2026-11-13T00:00:00Z', true],
  ['0 0 1 * 0', '2026-11-29T00:00:00Z', true],
  ['0 0 * * 7', '2026-11-29T00:00:00Z', true],
  // `*/2` is not every date, so that it counts as a named date.
  ['0 0 */2 * 5', '2026-11-11T00:00:00Z', true],
  ['0 0 */2 * 5', '2026-11-12T00:00:00Z', false],
  ['0 0 29 * */1', '2026-11-25T00:00:00Z', false],
  ['0 0 ? * mon', '2026-11-24T00:00:00Z', false],
  ['5/15 * * * *', '2026-11-25T05:20:00Z', true],
  ['30 2 L * *', '2026-11-30T02:30:00Z', false],
  ['0 0 5 * * *', '2026-11-25T05:00:00Z', false],
  ['@hourly', '2026-11-25T05:00:00Z', true],
  ['not a schedule', '2026-11-25T05:00:00Z', false],
])('the schedule %s names %s: %s', (schedule, at, due) => {
  expect(isDue(schedule, new Date(at), undefined)).toBe(due);
});

test('a schedule is of its time zone; one that is nowhere names no minute', () => {
  // The controller looks a little after the minute has begun.
  expect(isDue('0 3 * * *', new Date('2026-11-25T02:00:07.005Z'), 'Europe/Berlin')).toBe(true);
  expect(isDue('0 3 * * *', new Date('2026-11-25T03:00:00Z'), 'Europe/Berlin')).toBe(false);
  expect(isDue('0 3 * * *', new Date('2026-11-25T03:00:00Z'), 'Europe/Nowhere')).toBe(false);
});

test(
  'a silent node is given up in the words of the real controllers, and its pods are taken off at once where they ' +
    'tolerate nothing',
  async () => {
    cluster.create(kinds.pod, {
      metadata: {name: 'here'},
      spec: {
        nodeSelector: {'kubernetes.io/hostname': 'node2'},
        containers: [{name: 'main', image: 'x:1'}],
        tolerations: [
          {key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0},
        ],
      },
    });
    await cluster.until(kinds.pod, 'here', (pod) => statusOf(pod)['phase'] === 'Running');
    cluster.faults = {...noFaults, nodeLost: 'node2'};
    cluster.kubelet.held.add(`${namespace}/here`);
    const {waitFor} = await import('../../../../test/support/wait-for.ts');
    await waitFor(
      'the eviction',
      () => cluster.get(kinds.pod, 'here')?.metadata.deletionTimestamp,
      (at) => at !== undefined,
      {deadlineMs: 15_000},
    );
    const ready = (statusOf(cluster.get(kinds.node, 'node2'))['conditions'] as {type: string}[]).find(
      ({type}) => type === 'Ready',
    );
    expect(ready).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(cluster.said('here').slice(-2)).toEqual([
      'NodeNotReady: Node is not ready',
      'TaintManagerEviction: Marking for deletion Pod default/here',
    ]);
    cluster.faults = noFaults;
    await cluster.until(
      kinds.node,
      'node2',
      (node) => JSON.stringify(node?.['spec']).includes('unreachable') === false,
    );
  },
  25_000,
);
