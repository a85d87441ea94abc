// Two volumes swap their claims: reads the state of both, and makes each of the changes.
import type {PersistentVolume, PersistentVolumeClaim, Pod, StatefulSet} from '../observation/kubernetes.ts';
import {
  guardFinalizer,
  type ClaimRecord,
  type SwitchoverRecord,
  type VolumeRecord,
} from '../observation/role/switchover.ts';
import {databaseIn, objectNames} from '../chart/names.ts';
import type {Target} from '../observation/snapshot.ts';
import type {SwitchoverAction, ObservedSwitchover, PodState} from '../plan/switchover-actions.ts';
import {ApiError, type Api} from './api.ts';
import {deletePod} from './pods.ts';
import {paths} from './paths.ts';

type ClusterAction = Exclude<SwitchoverAction, {kind: 'promote'}>;

/** @throws ApiError, ConnectionError */
export async function observeSwitchover(
  api: Api,
  {namespace, ...naming}: Target,
  record: SwitchoverRecord,
): Promise<ObservedSwitchover> {
  const {writer} = objectNames(naming);
  const claim = (name: string) => api.find<PersistentVolumeClaim>(`${paths.claims(namespace)}/${name}`);
  const volume = (name: string) => api.find<PersistentVolume>(`${paths.volumes}/${name}`);
  const pod = (name: string) => api.find<Pod>(`${paths.pods(namespace)}/${name}`);
  const [set, writerPod, readerPod, writerClaim, readerClaim, ...volumes] = await Promise.all([
    api.find<StatefulSet>(`${paths.statefulSets(namespace)}/${writer}`),
    pod(`${writer}-0`),
    pod(record.pod.name),
    claim(record.writer.claim.name),
    claim(record.reader.claim.name),
    volume(record.writer.volume.name),
    volume(record.reader.volume.name),
  ]);
  return {
    replicas: set && (set.spec.replicas ?? 1),
    writerPod: writerPod && {
      ...podState(writerPod),
      hasAddress: Boolean(writerPod.status?.podIP),
      ...(writerPod.spec.nodeName === undefined ? {} : {node: writerPod.spec.nodeName}),
    },
    readerPod: readerPod && podState(readerPod),
    claims: {writer: writerClaim, reader: readerClaim},
    volumes: Object.fromEntries(volumes.flatMap((one) => (one ? [[one.metadata.name, one]] : []))),
  };
}

export function podState({metadata, status}: Pod): PodState {
  const isDeleting = Boolean(metadata.deletionTimestamp);
  const database = databaseIn(status?.containerStatuses);
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return {
    uid: metadata.uid ?? '',
    isDeleting,
    // A pod that is being deleted starts no container again.
    hasEnded: isOver || (isDeleting && (!database || database.state?.terminated !== undefined)),
  };
}

/** @throws ApiError where somebody was faster, ConnectionError */
export async function applySwitchoverAction(api: Api, target: Target, action: ClusterAction): Promise<void> {
  const {namespace} = target;
  switch (action.kind) {
    case 'retain':
      return setReclaimPolicy(api, action.volume, 'Retain');
    case 'scale': {
      const path = `${paths.statefulSets(namespace)}/${objectNames(target).writer}/scale`;
      await api.patch(path, {spec: {replicas: action.replicas}});
      return;
    }
    case 'point': {
      const claimRef = {kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name: action.claim};
      const spec = {claimRef: {...claimRef, uid: null, resourceVersion: null}};
      await api.patch(`${paths.volumes}/${action.volume}`, {spec});
      return;
    }
    case 'make claim': {
      const {deleting, made, volume} = action;
      if (deleting) await letGo(api, `${paths.claims(namespace)}/${made.name}`, deleting);
      await api.create(paths.claims(namespace), claimOf(namespace, made, volume));
      return;
    }
    case 'delete pod':
      return deletePod(api, namespace, action);
    default:
      return changeClaim(api, `${paths.claims(namespace)}/${action.claim.metadata.name}`, action);
  }
}

async function letGo(api: Api, path: string, {metadata: {uid}}: PersistentVolumeClaim): Promise<void> {
  await api.patch(path, {metadata: {uid, finalizers: null}}).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  });
}

type ClaimAction = Extract<ClusterAction, {readonly claim: PersistentVolumeClaim}>;

/** Changes only the claim with that uid. */
async function changeClaim(api: Api, path: string, action: ClaimAction): Promise<void> {
  const {uid, finalizers = []} = action.claim.metadata;
  switch (action.kind) {
    case 'delete claim':
      return api.delete(path, {preconditions: {uid}});
    case 'guard': {
      const others = finalizers.filter((one) => one !== guardFinalizer);
      await api.patch(path, {metadata: {uid, finalizers: action.on ? [...others, guardFinalizer] : others}});
      return;
    }
    case 'touch':
      for (const value of ['touched', null])
        await api.patch(path, {metadata: {uid, annotations: {[guardFinalizer]: value}}});
  }
}

function claimOf(namespace: string, {name, labels, ownerReferences}: ClaimRecord, volume: VolumeRecord): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name, namespace, labels, ...(ownerReferences.length > 0 ? {ownerReferences} : {})},
    spec: {...volume.spec, volumeName: volume.name},
  };
}

export async function setReclaimPolicy(api: Api, volume: string, policy: string): Promise<void> {
  await api.patch(`${paths.volumes}/${volume}`, {spec: {persistentVolumeReclaimPolicy: policy}});
}

/** Somebody else changed the object, or it is gone: the state has to be read again. */
export function isRaced(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 409 || error.status === 422);
}
