// The claims of a release and the volumes behind them.
import type {RequiredSettings} from '../../chart/required-settings.ts';
import type {PersistentVolume, PersistentVolumeClaim} from '../../observation/kubernetes.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Toleration} from '../../parameters/tolerations.ts';
import type {DryRun} from './cluster.ts';

/** Volumes that no pod uses, and what the pods that read them are to have. */
export interface KeptVolumes {
  /** The claims of these volumes. */
  readonly claims: readonly string[];
  readonly image: string;
  readonly pullSecret: string | null;
  readonly tolerations: readonly Toleration[];
}

export interface StoragePort {
  /** The volumes that may be read, by the claim's name. */
  volumes(claims: readonly PersistentVolumeClaim[]): Promise<Readonly<Record<string, PersistentVolume>>>;
  /** The namespace, and the claim and volume of that pod, as they are now and as far as they may be read. */
  storageUnder(pod: string): Promise<Pick<Snapshot, 'namespace' | 'claims' | 'volumes'>>;
  /** @param size Kubernetes quantity */
  growClaims(names: readonly string[], size: string, options: DryRun): Promise<void>;
  /**
   * The settings that the databases on these volumes ran with last, each read in a pod that is deleted afterwards;
   * without volumes that cannot be read.
   */
  keptSettings(volumes: KeptVolumes): Promise<readonly RequiredSettings[]>;
  /** Another claim that has the name by now is left alone: the uid decides. */
  deleteClaims(claims: readonly PersistentVolumeClaim[]): Promise<void>;
}
