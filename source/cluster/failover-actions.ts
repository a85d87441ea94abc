// A reader takes over the role of a lost writer: reads the state, and makes each of the changes.
import {objectNames} from '../chart/names.ts';
import {
  type Attachment,
  noPodLabel,
  nodeSeen,
  type FailoverRecord,
  type NodeSeen,
} from '../observation/role/failover.ts';
import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Service,
  StatefulSet,
} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import {chosenSide, isAway, type FailoverAction, type ObservedFailover} from '../plan/failover-actions.ts';
import {ApiError, type Api} from './api.ts';
import {applySwitchoverAction, podState} from './switchover-actions.ts';
import type {Lease} from './lease.ts';
import {paths} from './paths.ts';
import {deletePod} from './pods.ts';
import {ifAllowed} from './readable.ts';

type ClusterAction = Exclude<FailoverAction, {kind: 'promote' | 'fence'}>;

/** @throws ApiError, ConnectionError */
export async function observeFailover(api: Api, target: Target, record: FailoverRecord): Promise<ObservedFailover> {
  const {namespace} = target;
  const {writer} = objectNames(target);
  const chosen = chosenSide(record);
  const claim = (name: string) => api.find<PersistentVolumeClaim>(`${paths.claims(namespace)}/${name}`);
  const pod = (name: string) => api.find<Pod>(`${paths.pods(namespace)}/${name}`);
  const names = [record.writer.volume, chosen?.volume ?? null].flatMap((volume) => volume?.name ?? []);
  const [set, service, writerPod, readerPod, writerClaim, readerClaim, kept, ...volumes] = await Promise.all([
    api.find<StatefulSet>(`${paths.statefulSets(namespace)}/${writer}`),
    api.find<Service>(`${paths.services(namespace)}/${writer}`),
    pod(`${writer}-0`),
    record.pod === null ? null : pod(record.pod),
    claim(record.writer.claim.name),
    chosen && claim(chosen.claim.name),
    claim(record.kept.name),
    ...names.map((name) => api.find<PersistentVolume>(`${paths.volumes}/${name}`)),
  ]);
  const grace = writerPod?.metadata.deletionGracePeriodSeconds ?? null;
  return {
    replicas: set && (set.spec.replicas ?? 1),
    writerPod: writerPod && {...podState(writerPod), graceSeconds: grace},
    readerPod: readerPod && podState(readerPod),
    claims: {writer: writerClaim, reader: readerClaim, kept},
    volumes: Object.fromEntries(volumes.flatMap((one) => (one ? [[one.metadata.name, one]] : []))),
    isServiceDetached: isAway(service),
  };
}

/** @throws ApiError where somebody was faster, ConnectionError */
export async function applyFailoverAction(api: Api, target: Target, action: ClusterAction): Promise<void> {
  const {namespace} = target;
  switch (action.kind) {
    case 'lead': {
      const selector = {[noPodLabel.key]: action.away ? noPodLabel.value : null};
      // The Service leads to nobody until the next writer is there, and to that one as soon as it listens.
      const early = action.away ? {publishNotReadyAddresses: true} : {};
      await api.patch(`${paths.services(namespace)}/${objectNames(target).writer}`, {spec: {selector, ...early}});
      return;
    }
    case 'end pod':
      return deletePod(api, namespace, action);
    default:
      return applySwitchoverAction(api, target, action);
  }
}

/** @throws ApiError, ConnectionError */
export async function readNode(api: Api, name: string): Promise<NodeSeen> {
  try {
    const node = await api.find<Node>(`${paths.nodes}/${name}`);
    if (!node) return {kind: 'gone', name};
    const lease = await ifAllowed(api.find<Lease>(`${paths.leases('kube-node-lease')}/${name}`));
    const renewedAt = Date.parse(lease?.spec?.renewTime ?? '');
    return nodeSeen(node, Number.isNaN(renewedAt) ? null : Math.max(0, api.clock.now() - renewedAt));
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return {kind: 'unreadable', name};
    throw error;
  }
}

interface VolumeAttachment {
  readonly spec: {readonly nodeName: string; readonly source: {readonly persistentVolumeName?: string}};
  readonly status?: {readonly attached?: boolean};
}

/** @throws ApiError, ConnectionError */
export async function readAttachment(api: Api, volume: string): Promise<Attachment> {
  const found = await ifAllowed(api.list<VolumeAttachment>(paths.volumeAttachments));
  const attached = found?.items.find(
    ({spec, status}) => spec.source.persistentVolumeName === volume && status?.attached === true,
  );
  return {node: attached?.spec.nodeName ?? null, isKnown: found !== null};
}
