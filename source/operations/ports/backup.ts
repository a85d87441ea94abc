// The volume of the backups, and the pods that write, read and prove them.
import type {BackupListing, BackupNote} from '../../observation/backups/backup-list.ts';
import type {Pod} from '../../observation/kubernetes.ts';
import type {ServiceMesh} from '../../parameters/parameters.ts';

/** What our own pods beside a release run with: its image, and where it may be pulled and run. */
export interface BackupRuntime {
  readonly image: string;
  readonly pullSecrets: readonly string[];
  readonly tolerations: NonNullable<Pod['spec']['tolerations']>;
  /** The CPU limit of the database's container, as a quota may demand one of each container; null: it has none. */
  readonly cpuLimit: string | null;
}

export interface DesiredProof {
  readonly runtime: BackupRuntime;
  readonly backup: string;
  /** The room for the server that the backup is restored into, a Kubernetes quantity. */
  readonly room: string;
  /** Null: the cluster's default. */
  readonly storageClass: string | null;
}

export interface DesiredRestore {
  readonly runtime: BackupRuntime;
  /** The claim that the backup is on, of the same namespace. */
  readonly claim: string;
  readonly backup: string;
  /** The database that the new release is made with. */
  readonly database: string;
  /** The Secret of the new release's certificate; null: TLS is off. */
  readonly certificate: string | null;
  /** The mesh that the new release is part of. */
  readonly mesh: ServiceMesh;
}

/** The Job in which the release is restored: which backup it is about, by the mark on it. */
export interface RestoreJob {
  readonly claim: string;
  readonly backup: string;
  readonly isSuspended: boolean;
  readonly hasFailed: boolean;
  readonly hasSucceeded: boolean;
}

export interface BackupPort {
  /**
   * Lists the volume, in a pod that is deleted afterwards.
   * @throws UserError where the pod does not start, or the volume cannot be read
   */
  listBackups(runtime: BackupRuntime, signal: AbortSignal): Promise<BackupListing>;
  /** Makes the CronJob's Job now, as `kubectl create job --from` does. A Job that fails is not tried again. */
  startBackup(job: string): Promise<void>;
  /** Makes the pod that restores a backup into a server of its own; nothing happens where that pod is there already. */
  startProof(desired: DesiredProof, signal: AbortSignal): Promise<void>;
  endProof(): Promise<void>;
  /** Notes on the claim what was seen on the volume. */
  noteBackups(note: BackupNote): Promise<void>;
  /** The restore Job of this release; null: there is none. */
  restoreJob(): Promise<RestoreJob | null>;
  /** The backup that this release is half restored from, as its server says; null: none, or it does not answer. */
  halfRestored(): Promise<string | null>;
  /** Makes a Job that waits until it is started, so that what is begun is recorded before there is a release. */
  createRestore(desired: DesiredRestore): Promise<void>;
  startRestore(): Promise<void>;
  deleteRestore(signal: AbortSignal): Promise<void>;
  /** The last lines of that pod, as far as they may be read. */
  backupLog(pod: Pod): Promise<readonly string[]>;
}
