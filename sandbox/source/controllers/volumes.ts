// Claims and volumes: a volume is a folder, made when the first pod of a claim has a node, grown when the claim asks
// for more, and removed with the claim.
import {mkdirSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {parseQuantity} from '../quantity.ts';
import type {Recorder} from '../events.ts';
import {equal} from '../store/canonical.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {timestamp, type Store} from '../store/store.ts';
import type {VolumeFolders} from '../parts.ts';
import {selectedNode} from './scheduler.ts';
import {claimsOf, hasEnded, isBound, keyOf, parsedKey, podSpecOf} from './shapes.ts';
import {WorkQueue, type Controller} from './work-queue.ts';

const component = 'persistentvolume-controller';
/** The provisioner of the storage classes whose volumes are made here. */
export const provisioner = 'sandbox/volume';
/** The real controller looks at a pending claim again every 15 seconds, and records its event again. */
const againAfterMs = 15_000;

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly volumeName?: string;
  readonly accessModes?: readonly string[];
  readonly resources?: {readonly requests?: {readonly storage?: string}};
  readonly volumeMode?: string;
}
interface VolumeSpec {
  readonly capacity?: {readonly storage?: string};
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
  readonly hostPath?: {readonly path: string};
  readonly claimRef?: {readonly namespace: string; readonly name: string; readonly uid?: string};
  readonly persistentVolumeReclaimPolicy?: string;
}
const claimSpecOf = (claim: KubeObject) => claim['spec'] as ClaimSpec;
const volumeSpecOf = (volume: KubeObject) => volume['spec'] as VolumeSpec;
const amount = (text: string | undefined) => parseQuantity(text ?? '0') ?? 0n;

export function startVolumes(store: Store, events: Recorder, folder: string): Controller & VolumeFolders {
  const parts = {store, events, folder};
  mkdirSync(join(folder, 'volumes'), {recursive: true});
  const claims = new WorkQueue(lookAtClaim);
  const volumes = new WorkQueue((key) => lookAtVolume(parts, parsedKey(key)[1]));
  const pending = () => {
    for (const claim of store.list(kinds.claim)) if (!isBound(claim)) claims.add(keyOf(claim));
  };
  const end = store.onChange(({type, kind, object}) => {
    if (kind === kinds.claim) claims.add(keyOf(object));
    if (kind === kinds.claim && type === 'DELETED') volumes.add(`/${claimSpecOf(object).volumeName ?? ''}`);
    if (kind === kinds.storageClass) pending();
    if (kind === kinds.volume) {
      volumes.add(keyOf(object));
      pending();
    }
    // A claim that is being deleted goes with the last pod that uses it.
    if (kind === kinds.pod && (type === 'DELETED' || hasEnded(object)))
      for (const claim of claimsOf(object)) claims.add(`${object.metadata.namespace ?? ''}/${claim}`);
  });
  for (const claim of store.list(kinds.claim)) claims.add(keyOf(claim));
  for (const volume of store.list(kinds.volume)) volumes.add(keyOf(volume));
  return {
    folderOf(namespace, name) {
      const claim = store.get(kinds.claim, namespace, name);
      const volume =
        claim && isBound(claim) ? store.get(kinds.volume, null, claimSpecOf(claim).volumeName ?? '') : null;
      return volume ? (volumeSpecOf(volume).hostPath?.path ?? null) : null;
    },
    close() {
      end();
      claims.close();
      volumes.close();
    },
  };

  function lookAtClaim(key: string): void {
    const [namespace, name] = parsedKey(key);
    const claim = store.get(kinds.claim, namespace, name);
    if (!claim) return;
    if (claim.metadata.deletionTimestamp) return letGo(store, claim);
    if (isBound(claim)) return grow(parts, claim);
    if (!bindOrProvision(parts, claim)) claims.addAfter(key, againAfterMs);
  }
}

/** What the controllers of claims and volumes share. */
interface Parts {
  readonly store: Store;
  readonly events: Recorder;
  /** The folder of the sandbox. */
  readonly folder: string;
}

/** @returns false where the claim is to be looked at again */
function bindOrProvision(parts: Parts, claim: KubeObject): boolean {
  const {store, events} = parts;
  const {storageClassName = '', volumeName} = claimSpecOf(claim);
  const found = volumeName ? store.get(kinds.volume, null, volumeName) : availableFor(store, claim);
  const storageClass = store.get(kinds.storageClass, null, storageClassName);
  // A claim that names a volume has already chosen.
  const waits =
    !volumeName &&
    storageClass?.['volumeBindingMode'] === 'WaitForFirstConsumer' &&
    !claim.metadata.annotations?.[selectedNode];
  if (found && !waits) {
    bindTo(store, claim, found);
    return true;
  }
  if (storageClassName === '')
    say(
      events,
      claim,
      'Normal',
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    );
  else if (!storageClass)
    say(events, claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${storageClassName}" not found`);
  else if (waits)
    say(events, claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  else provision(parts, claim, storageClass);
  return false;
}

/** The smallest volume made by hand that the claim may have: of its class, free, and large enough. */
function availableFor(store: Store, claim: KubeObject): KubeObject | null {
  const {storageClassName = '', accessModes = [], resources} = claimSpecOf(claim);
  const fitting = store.list(kinds.volume).filter((volume) => {
    const spec = volumeSpecOf(volume);
    return (
      isFreeFor(spec, claim) &&
      !volume.metadata.deletionTimestamp &&
      (spec.storageClassName ?? '') === storageClassName &&
      accessModes.every((mode) => spec.accessModes?.includes(mode)) &&
      amount(spec.capacity?.storage) >= amount(resources?.requests?.storage)
    );
  });
  return (
    fitting.sort((a, b) =>
      amount(volumeSpecOf(a).capacity?.storage) < amount(volumeSpecOf(b).capacity?.storage) ? -1 : 1,
    )[0] ?? null
  );
}

/** A volume that an earlier claim of that name has left is not free. Source: Kubernetes, IsVolumeBoundToClaim. */
function isFreeFor({claimRef}: VolumeSpec, {metadata: {namespace, name, uid}}: KubeObject): boolean {
  if (!claimRef) return true;
  const isMeant = claimRef.namespace === namespace && claimRef.name === name;
  return isMeant && (!claimRef.uid || claimRef.uid === uid);
}

function provision(parts: Parts, asking: KubeObject, storageClass: KubeObject): void {
  const {store, events, folder} = parts;
  const named = String(storageClass['provisioner']);
  const annotations = {
    ...asking.metadata.annotations,
    'volume.beta.kubernetes.io/storage-provisioner': named,
    'volume.kubernetes.io/storage-provisioner': named,
  };
  const claim = store.update(kinds.claim, {...asking, metadata: {...asking.metadata, annotations}});
  const waiting =
    `Waiting for a volume to be created either by the external provisioner '${named}' or manually by the system ` +
    'administrator.';
  say(
    events,
    claim,
    'Normal',
    'ExternalProvisioning',
    `${waiting} If volume creation is delayed, please verify that the provisioner is running and correctly ` +
      'registered.',
  );
  if (named !== provisioner) return;
  const path = join(folder, 'volumes', claim.metadata.uid ?? '');
  mkdirSync(path, {recursive: true});
  const volume = store.create(kinds.volume, provisionedVolume(claim, storageClass, path));
  bindTo(store, claim, volume);
}

function provisionedVolume(claim: KubeObject, storageClass: KubeObject, path: string): KubeObject {
  const {uid = '', namespace = '', name, annotations = {}} = claim.metadata;
  const {accessModes, resources, volumeMode, storageClassName} = claimSpecOf(claim);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid}`,
      annotations: {'pv.kubernetes.io/provisioned-by': String(storageClass['provisioner'])},
    },
    spec: {
      accessModes,
      capacity: {storage: resources?.requests?.storage ?? '1Gi'},
      claimRef: {apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid},
      hostPath: {path, type: ''},
      ...nodeAffinityTo(annotations[selectedNode]),
      persistentVolumeReclaimPolicy: storageClass['reclaimPolicy'] ?? 'Delete',
      storageClassName,
      volumeMode,
    },
  };
}

/** Ties a volume to the node that was chosen for the first pod, as volumes on a node's own disk are tied. */
function nodeAffinityTo(node: string | undefined) {
  if (node === undefined) return {};
  const isNode = {key: 'kubernetes.io/hostname', operator: 'In', values: [node]};
  return {nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [isNode]}]}}};
}

function bindTo(store: Store, claim: KubeObject, volume: KubeObject): void {
  const {namespace = '', name, uid = ''} = claim.metadata;
  const {claimRef, capacity, accessModes} = volumeSpecOf(volume);
  const isForAnother = claimRef !== undefined && (claimRef.name !== name || claimRef.namespace !== namespace);
  if (isForAnother || (claimRef?.uid && claimRef.uid !== uid)) return;
  const spec = {
    ...volumeSpecOf(volume),
    claimRef: {apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claimRef, namespace, name, uid},
  };
  store.update(kinds.volume, {...volume, spec, status: {phase: 'Bound', lastPhaseTransitionTime: timestamp()}});
  const annotations = {
    ...claim.metadata.annotations,
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
  };
  store.update(kinds.claim, {
    ...claim,
    metadata: {...claim.metadata, annotations},
    spec: {...claimSpecOf(claim), volumeName: volume.metadata.name},
    status: {accessModes, capacity, phase: 'Bound'},
  });
}

/** A folder grows by itself: the capacity just follows what is asked for. */
function grow({store, events}: Parts, claim: KubeObject): void {
  const {volumeName = '', resources} = claimSpecOf(claim);
  const {capacity} = claim['status'] as {capacity?: {storage?: string}};
  const wanted = resources?.requests?.storage;
  const volume = store.get(kinds.volume, null, volumeName);
  if (!volume || amount(wanted) <= amount(capacity?.storage)) return;
  say(
    events,
    claim,
    'Normal',
    'Resizing',
    `External resizer is resizing volume ${volumeName}`,
    `external-resizer ${provisioner}`,
  );
  store.update(kinds.volume, {...volume, spec: {...volumeSpecOf(volume), capacity: {storage: wanted}}});
  store.update(kinds.claim, {...claim, status: {...(claim['status'] as object), capacity: {storage: wanted}}});
  say(events, claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded', `external-resizer ${provisioner}`);
}

function letGo(store: Store, claim: KubeObject): void {
  const {namespace = '', name, finalizers = []} = claim.metadata;
  // A pod that is on no node yet uses no claim. Source: Kubernetes, pkg/controller/volume/pvcprotection.
  const isUsed = store
    .list(kinds.pod, namespace)
    .some((pod) => podSpecOf(pod).nodeName && !hasEnded(pod) && claimsOf(pod).includes(name));
  const left = without(finalizers, 'kubernetes.io/pvc-protection');
  if (!isUsed && left.length < finalizers.length)
    store.update(kinds.claim, {...claim, metadata: {...claim.metadata, finalizers: left}});
}

/**
 * Looks at a volume whose claim is gone, or that somebody deletes: it goes with its folder where it was made here and
 * is not to be kept, else it is released.
 */
function lookAtVolume({store, folder}: Parts, name: string): void {
  const volume = store.get(kinds.volume, null, name);
  if (!volume || isClaimed(store, volume)) return;
  const {claimRef, hostPath, persistentVolumeReclaimPolicy} = volumeSpecOf(volume);
  const isOurs = hostPath?.path.startsWith(join(folder, 'volumes')) === true;
  const goes = claimRef?.uid !== undefined || volume.metadata.deletionTimestamp !== undefined;
  if (goes && persistentVolumeReclaimPolicy === 'Delete' && isOurs) return removeWithFolder(store, name, hostPath.path);
  if (volume.metadata.deletionTimestamp) return releaseProtection(store, volume);
  showPhase(store, volume, claimRef?.uid ? 'Released' : 'Available');
}

function showPhase(store: Store, volume: KubeObject, phase: string): void {
  const {phase: before} = (volume['status'] ?? {}) as {phase?: string};
  if (!equal(before, phase))
    store.update(kinds.volume, {...volume, status: {phase, lastPhaseTransitionTime: timestamp()}});
}

function releaseProtection(store: Store, volume: KubeObject): void {
  const finalizers = without(volume.metadata.finalizers, 'kubernetes.io/pv-protection');
  store.update(kinds.volume, {...volume, metadata: {...volume.metadata, finalizers}});
}

function isClaimed(store: Store, volume: KubeObject): boolean {
  const {claimRef} = volumeSpecOf(volume);
  const claim = claimRef ? store.get(kinds.claim, claimRef.namespace, claimRef.name) : null;
  if (claim === null) return false;
  // A reference without a uid waits for the next claim of that name; the claim that is there may have another volume.
  return claimRef?.uid ? claim.metadata.uid === claimRef.uid : claimSpecOf(claim).volumeName === volume.metadata.name;
}

function removeWithFolder(store: Store, name: string, path: string): void {
  void rm(path, {recursive: true, force: true, maxRetries: 5, retryDelay: 100}).then(
    () => store.remove(kinds.volume, null, name),
    (error: unknown) => process.stderr.write(`The folder of the volume ${name} stays: ${String(error)}\n`),
  );
}

function without(finalizers: readonly string[] = [], finalizer: string): string[] {
  return finalizers.filter((one) => one !== finalizer);
}

function say(
  events: Recorder,
  claim: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  by = component,
): void {
  events.record(claim, {type, reason, message, component: by});
}
