// The disks of a release on their way to another size: which claims ask for less, which have it, and which StatefulSets
// still say the old one.
import {claimNames, claimOfPod, objectNames, readerOfClaim} from '../chart/names.ts';
import {bytesOf} from '../parameters/quantity.ts';
import type {DiskSizes} from '../parameters/readers.ts';
import type {PersistentVolumeClaim, StatefulSet, PersistentVolume} from './kubernetes.ts';
import type {Snapshot} from './snapshot.ts';

/** Bytes; null when it does not say. */
export function sizeOf({spec, status}: PersistentVolumeClaim): number | null {
  const size = status?.capacity?.['storage'] ?? spec.resources?.requests?.['storage'];
  return size === undefined ? null : bytesOf(size);
}

export interface RetainedVolume {
  readonly claim: string;
  readonly volume: string;
  /** Null when the claim does not say. */
  readonly bytes: number | null;
}

/**
 * Volumes that outlive their claims, with all data on them, until somebody deletes them. Kubernetes API:
 * persistentVolumeReclaimPolicy. `volumes`: those that may be read, by the claim's name.
 */
export function retainedVolumes(
  claims: readonly PersistentVolumeClaim[],
  volumes: Readonly<Record<string, PersistentVolume>>,
): readonly RetainedVolume[] {
  return claims.flatMap((claim): RetainedVolume[] => {
    const volume = volumes[claim.metadata.name];
    return volume?.spec.persistentVolumeReclaimPolicy === 'Retain'
      ? [{claim: claim.metadata.name, volume: volume.metadata.name, bytes: sizeOf(claim)}]
      : [];
  });
}

/** Claims of readers that are not wanted: what scaling in leaves, and what earlier ones left. */
export function surplusClaims(
  {claims, target}: Pick<Snapshot, 'claims' | 'target'>,
  desiredReaders: number,
): readonly PersistentVolumeClaim[] {
  return claims.filter(({metadata: {name}}) => (readerOfClaim(target, name) ?? -1) >= desiredReaders);
}

/** The claims of the writer and of `desiredReaders` readers, as far as they are there. */
export function desiredClaims(
  {claims, target}: Pick<Snapshot, 'claims' | 'target'>,
  desiredReaders: number,
): readonly PersistentVolumeClaim[] {
  return claimNames(target, desiredReaders).flatMap(
    (name) => claims.find(({metadata}) => metadata.name === name && !metadata.deletionTimestamp) ?? [],
  );
}

/** What a claim is to have. */
export function desiredSize(
  {target}: Pick<Snapshot, 'target'>,
  {metadata}: PersistentVolumeClaim,
  sizes: DiskSizes,
): string {
  return readerOfClaim(target, metadata.name) === null ? sizes.writer : sizes.readers;
}

/** Claims of the writer and of `desiredReaders` readers that ask for less than they are to have, each with its size. */
export function smallClaims(
  snapshot: Pick<Snapshot, 'claims' | 'target'>,
  desiredReaders: number,
  sizes: DiskSizes,
): readonly {readonly claim: PersistentVolumeClaim; readonly size: string}[] {
  return desiredClaims(snapshot, desiredReaders).flatMap((claim) => {
    const asked = claim.spec.resources?.requests?.['storage'];
    const size = desiredSize(snapshot, claim, sizes);
    return asked !== undefined && bytesOf(asked) < bytesOf(size) ? [{claim, size}] : [];
  });
}

/**
 * Claims whose volume is smaller than what they ask for, and whose pod is there: kubelet makes the file system larger
 * only where it is in use.
 */
export function growingClaims(
  {pods, target}: Pick<Snapshot, 'pods' | 'target'>,
  claims: readonly PersistentVolumeClaim[],
): readonly PersistentVolumeClaim[] {
  return claims.filter(
    ({metadata, spec, status}) =>
      status?.phase === 'Bound' &&
      bytesOf(status.capacity?.['storage'] ?? '0') < bytesOf(spec.resources?.requests?.['storage'] ?? '0') &&
      pods.some((pod) => pod.spec.nodeName && metadata.name === claimOfPod(target, pod.metadata.name)),
  );
}

/** The size of the claims that the StatefulSet makes for the data; undefined when it makes none, or does not say. */
export function dataSizeOf(set: Pick<StatefulSet, 'spec'>): string | undefined {
  return dataTemplateOf(set)?.spec.resources?.requests?.['storage'];
}

export function dataTemplateOf({spec}: Pick<StatefulSet, 'spec'>) {
  return spec.volumeClaimTemplates?.find(({metadata}) => metadata.name === 'data');
}

/** StatefulSets that would make claims of another size: Kubernetes does not let this be changed in them. */
export function setsOfOtherSize(
  {statefulSets, target}: Pick<Snapshot, 'statefulSets' | 'target'>,
  sizes: DiskSizes,
): readonly StatefulSet[] {
  const {writer, reader} = objectNames(target);
  return statefulSets.filter((set) => {
    const {name} = set.metadata;
    const asked = dataSizeOf(set);
    const size = name === writer ? sizes.writer : sizes.readers;
    return [writer, reader].includes(name) && asked !== undefined && bytesOf(asked) !== bytesOf(size);
  });
}

/**
 * What the cluster says about a claim that does not get larger; empty when it says nothing. Kubernetes API: conditions
 * of claims.
 */
export function growthText({status}: PersistentVolumeClaim): string {
  const on = (status?.conditions ?? []).filter(({status: state}) => state === 'True');
  return on.map(({type, message}) => [type, message].filter(Boolean).join(': ')).join('; ');
}
