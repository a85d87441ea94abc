// StatefulSets: pods are made one after the other, removed and replaced from the top, and never replaced because
// somebody wrote the same in other words.
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {waitFor} from '../../../../test/support/wait-for.ts';
import {deleteObject} from '../../../source/store/deletion.ts';
import {kinds} from '../../../source/store/kinds.ts';
import type {KubeObject} from '../../../source/store/objects.ts';
import {omit} from '../../../source/store/omit.ts';
import {namesOf} from '../../support/pretending-kubelet.ts';
import {namespace, setOf, smallCluster, type SmallCluster} from '../../support/small-cluster.ts';

let cluster: SmallCluster;
beforeEach(() => {
  cluster = smallCluster();
});
afterEach(() => cluster.close());

const statusOf = (object: KubeObject | null) => (object?.['status'] ?? {}) as Record<string, unknown>;
const ready = (count: number) => (object: KubeObject | null) =>
  statusOf(object)['readyReplicas'] === count && statusOf(object)['replicas'] === count;
const change = (name: string, spec: object) => {
  const set = cluster.get(kinds.statefulSet, name) as KubeObject;
  return cluster.store.update(kinds.statefulSet, {...set, spec: {...(set['spec'] as object), ...spec}});
};
const template = (image: string) => setOf('db', {image}).spec.template;
const pods = () => cluster.list(kinds.pod);
const uids = () => pods().map(({metadata}) => metadata.uid);

test('the second pod waits for the first to be ready', async () => {
  cluster.kubelet.held.add(`${namespace}/db-0`);
  cluster.create(kinds.statefulSet, setOf('db', {replicas: 2}));
  const waiting = await cluster.until(
    kinds.pod,
    'db-0',
    (pod) => (pod?.['spec'] as {nodeName?: string} | undefined)?.nodeName !== undefined,
  );
  expect(namesOf(pods())).toEqual(['db-0']);
  cluster.kubelet.held.clear();
  cluster.store.update(kinds.pod, {
    ...(waiting as KubeObject),
    metadata: {...(waiting as KubeObject).metadata, annotations: {wake: 'up'}},
  });
  await cluster.until(kinds.statefulSet, 'db', ready(2));
  expect(cluster.said('db')).toEqual([
    'SuccessfulCreate: create Claim data-db-0 Pod db-0 in StatefulSet db success',
    'SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
    'SuccessfulCreate: create Claim data-db-1 Pod db-1 in StatefulSet db success',
    'SuccessfulCreate: create Pod db-1 in StatefulSet db successful',
  ]);
  expect(pods()[0]?.metadata.labels).toMatchObject({
    'apps.kubernetes.io/pod-index': '0',
    'statefulset.kubernetes.io/pod-name': 'db-0',
    'controller-revision-hash': statusOf(cluster.get(kinds.statefulSet, 'db'))['updateRevision'],
  });
});

test('fewer replicas go from the top, and leave their claims', async () => {
  cluster.create(kinds.statefulSet, setOf('db', {replicas: 3}));
  await cluster.until(kinds.statefulSet, 'db', ready(3));
  change('db', {replicas: 1});
  await cluster.until(kinds.statefulSet, 'db', ready(1));
  expect(namesOf(pods())).toEqual(['db-0']);
  expect(cluster.said('db').filter((text) => text.startsWith('SuccessfulDelete'))).toEqual([
    'SuccessfulDelete: delete Pod db-2 in StatefulSet db successful',
    'SuccessfulDelete: delete Pod db-1 in StatefulSet db successful',
  ]);
  expect(namesOf(cluster.list(kinds.claim))).toEqual(['data-db-0', 'data-db-1', 'data-db-2']);
});

describe('a new template', () => {
  test('rolls from the top, and becomes the current revision', async () => {
    cluster.create(kinds.statefulSet, setOf('db', {replicas: 2}));
    await cluster.until(kinds.statefulSet, 'db', ready(2));
    change('db', {template: template('example.invalid/db:2')});
    const set = await cluster.until(
      kinds.statefulSet,
      'db',
      (object) =>
        ready(2)(object) &&
        statusOf(object)['currentRevision'] === statusOf(object)['updateRevision'] &&
        statusOf(object)['observedGeneration'] === 2,
    );
    expect(statusOf(set)).toMatchObject({updatedReplicas: 2, currentReplicas: 2, observedGeneration: 2});
    expect(cluster.said('db').filter((text) => text.startsWith('SuccessfulDelete'))[0]).toContain('db-1');
    expect(cluster.list(kinds.controllerRevision)).toHaveLength(2);
  });

  test('waits for somebody to delete the pod, OnDelete', async () => {
    cluster.create(kinds.statefulSet, setOf('db', {spec: {updateStrategy: {type: 'OnDelete'}}}));
    await cluster.until(kinds.statefulSet, 'db', ready(1));
    const before = uids();
    change('db', {template: template('example.invalid/db:2')});
    await cluster.until(kinds.statefulSet, 'db', (object) => statusOf(object)['observedGeneration'] === 2);
    expect(uids()).toEqual(before);
    expect(statusOf(cluster.get(kinds.statefulSet, 'db'))['updatedReplicas']).toBeUndefined();
    deleteObject(cluster.store, kinds.pod, namespace, 'db-0');
    await cluster.until(
      kinds.statefulSet,
      'db',
      (object) => statusOf(object)['updatedReplicas'] === 1 && ready(1)(object),
    );
    expect(uids()).not.toEqual(before);
  });

  test('that says the same with zeros and nulls, as helm 3 writes it, is no new one', async () => {
    cluster.create(kinds.statefulSet, setOf('db'));
    const before = await cluster.until(kinds.statefulSet, 'db', ready(1));
    change('db', {
      template: {
        ...template('example.invalid/db:1'),
        spec: {
          ...(cluster.get(kinds.statefulSet, 'db')?.['spec'] as {template: {spec: object}}).template.spec,
          hostNetwork: false,
          nodeSelector: null,
          tolerations: [],
        },
      },
    });
    expect(cluster.get(kinds.statefulSet, 'db')?.metadata.generation).toBe(before?.metadata.generation);
    expect(cluster.list(kinds.controllerRevision)).toHaveLength(1);
  });

  test('that was there before is the same revision again', async () => {
    cluster.create(kinds.statefulSet, setOf('db', {spec: {updateStrategy: {type: 'OnDelete'}}}));
    const first = statusOf(await cluster.until(kinds.statefulSet, 'db', ready(1)))['updateRevision'];
    change('db', {template: template('example.invalid/db:2')});
    await cluster.until(kinds.statefulSet, 'db', (object) => statusOf(object)['updateRevision'] !== first);
    const original = cluster.list(kinds.controllerRevision).find(({metadata}) => metadata.name === first);
    change('db', {
      template: omit((original?.['data'] as {spec: {template: {$patch?: string}}}).spec.template, '$patch'),
    });
    await cluster.until(kinds.statefulSet, 'db', (object) => statusOf(object)['updateRevision'] === first);
    expect(
      cluster
        .list(kinds.controllerRevision)
        .map((revision) => revision['revision'])
        .sort(),
    ).toEqual([2, 3]);
  });
});

test('deleted with its pods kept and recreated, with larger claims: it adopts them, and none restarts', async () => {
  const spec = {updateStrategy: {type: 'OnDelete'}};
  cluster.create(kinds.statefulSet, setOf('db', {replicas: 2, spec}));
  const before = await cluster.until(kinds.statefulSet, 'db', ready(2));
  const kept = uids();
  deleteObject(cluster.store, kinds.statefulSet, namespace, 'db', {propagationPolicy: 'Orphan'});
  expect(pods().map(({metadata}) => metadata.ownerReferences ?? [])).toEqual([[], []]);
  const larger = setOf('db', {replicas: 2, spec});
  const claims = [
    {metadata: {name: 'data'}, spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '2Gi'}}}},
  ];
  cluster.create(kinds.statefulSet, {...larger, spec: {...larger.spec, volumeClaimTemplates: claims}});
  const after = await cluster.until(kinds.statefulSet, 'db', ready(2));
  expect(uids()).toEqual(kept);
  expect(statusOf(after)['updateRevision']).toBe(statusOf(before)['updateRevision']);
  expect(pods().every(({metadata}) => metadata.ownerReferences?.[0]?.uid === after?.metadata.uid)).toBe(true);
});

test('what a quota refuses is said, and made when there is room', async () => {
  cluster.create(kinds.resourceQuota, {metadata: {name: 'tight'}, spec: {hard: {pods: '0'}}});
  cluster.create(kinds.statefulSet, setOf('db'));
  await cluster.until(kinds.event, '', () => cluster.said('db').some((text) => text.startsWith('FailedCreate')));
  expect(cluster.said('db').find((text) => text.startsWith('FailedCreate'))).toBe(
    'FailedCreate: create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: ' +
      'tight, requested: pods=1, used: pods=0, limited: pods=0',
  );
  cluster.store.remove(kinds.resourceQuota, namespace, 'tight');
  await cluster.until(kinds.statefulSet, 'db', ready(1));
});

test('with it go its pods and revisions, in the background', async () => {
  cluster.create(kinds.statefulSet, setOf('db', {replicas: 2}));
  await cluster.until(kinds.statefulSet, 'db', ready(2));
  deleteObject(cluster.store, kinds.statefulSet, namespace, 'db');
  await cluster.until(kinds.pod, 'db-1', (pod) => pod === null && pods().length === 0);
  expect(cluster.list(kinds.controllerRevision)).toEqual([]);
  expect(cluster.list(kinds.claim)).toHaveLength(2);
});

test('while the claim of a pod is being deleted the pod is not made, and then with a new claim', async () => {
  const claim = await heldClaim();
  letGo();
  await cluster.until(kinds.statefulSet, 'db', ready(1));
  expect(cluster.get(kinds.claim, 'data-db-0')?.metadata.uid).not.toBe(claim.metadata.uid);
});

test('a claim that somebody makes as soon as the earlier one is gone is the one that the pod gets', async () => {
  const {spec} = await heldClaim();
  letGo();
  await new Promise((resolve) => setImmediate(resolve));
  const theirs = cluster.create(kinds.claim, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name: 'data-db-0', namespace},
    spec: {...(spec as object), volumeName: undefined},
  });
  await cluster.until(kinds.statefulSet, 'db', ready(1));
  expect(cluster.get(kinds.claim, 'data-db-0')?.metadata.uid).toBe(theirs.metadata.uid);
});

function letGo(): void {
  const held = cluster.get(kinds.claim, 'data-db-0') as KubeObject;
  cluster.store.update(kinds.claim, {...held, metadata: {...held.metadata, finalizers: []}});
}

/** The claim of a pod, which stays although both are deleted. */
async function heldClaim(): Promise<KubeObject> {
  cluster.create(kinds.statefulSet, setOf('db', {replicas: 1}));
  await cluster.until(kinds.statefulSet, 'db', ready(1));
  const claim = cluster.get(kinds.claim, 'data-db-0') as KubeObject;
  const {finalizers = []} = claim.metadata;
  cluster.store.update(kinds.claim, {
    ...claim,
    metadata: {...claim.metadata, finalizers: [...finalizers, 'held/by-us']},
  });
  deleteObject(cluster.store, kinds.claim, namespace, 'data-db-0');
  deleteObject(cluster.store, kinds.pod, namespace, 'db-0');
  const refusal = 'FailedCreate: create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted';
  await waitFor(
    'the refusal',
    async () => cluster.said('db'),
    (said) => said.includes(refusal),
  );
  return claim;
}
