// A move of the writer's role to a reader, as its Lease records it: enough for anybody to go on with it.
import type {Metadata, PersistentVolumeClaim} from '../kubernetes.ts';

/** A claim as it has to be made again. */
export interface ClaimRecord {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences: NonNullable<Metadata['ownerReferences']>;
}

/** A volume, and what a claim has to ask for to get it. */
export interface VolumeRecord {
  readonly name: string;
  /** The reclaim policy before the switchover. */
  readonly reclaimPolicy: 'Retain' | 'Delete' | 'Recycle';
  /** A claim's spec, without the volume's name. */
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface Side {
  readonly claim: ClaimRecord;
  /** The volume that the claim had before. */
  readonly volume: VolumeRecord;
}

/**
 * `fence`: the writer is stopped, and nothing is decided. `promote`: the reader is known to have all that the writer
 * had, and becomes the writer. `back`: the writer starts again as it was.
 */
export type SwitchoverPhase = 'fence' | 'promote' | 'back';

export interface SwitchoverRecord {
  readonly phase: SwitchoverPhase;
  /** The reader that becomes the writer: the very pod that has the reader's volume. */
  readonly pod: {readonly name: string; readonly uid: string};
  readonly writer: Side;
  readonly reader: Side;
  /** Timeline of the WAL that the writer wrote. */
  readonly timeline: number;
  /** Since when the writer takes no writes, ISO 8601; null: it still does, or nobody wrote it down. */
  readonly fencedAt: string | null;
  /** Why the role moves, in a few words; absent: an earlier version began it. */
  readonly because?: string;
}

/**
 * Finalizer on claims that exchange their volumes: while such a claim is being deleted, no pod can use it, and no other
 * claim can take its name.
 */
export const guardFinalizer = 'pg-helm-install/switchover';

/** Which volume each claim is to have. */
export function goalOf({phase, writer, reader}: SwitchoverRecord): {
  readonly writer: VolumeRecord;
  readonly reader: VolumeRecord;
} {
  return phase === 'back'
    ? {writer: writer.volume, reader: reader.volume}
    : {writer: reader.volume, reader: writer.volume};
}

/** Whether the claim of that name has the volume for good: it is not being deleted, and nothing guards it any more. */
export function hasVolume(claims: readonly PersistentVolumeClaim[], name: string, volume: string): boolean {
  return claims.some(
    ({metadata, spec, status}) =>
      metadata.name === name &&
      !metadata.deletionTimestamp &&
      !metadata.finalizers?.includes(guardFinalizer) &&
      spec.volumeName === volume &&
      status?.phase === 'Bound',
  );
}
