// The claims of a release and the volumes behind them.
import type {PersistentVolume, PersistentVolumeClaim} from '../../observation/kubernetes.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {DryRun} from './cluster.ts';

export interface StoragePort {
  /** Those that may be read, by the claim's name. */
  volumes(claims: readonly PersistentVolumeClaim[]): Promise<Readonly<Record<string, PersistentVolume>>>;
  /** The namespace, and the claim and volume of that pod, as they are now and as far as they may be read. */
  storageUnder(pod: string): Promise<Pick<Snapshot, 'namespace' | 'claims' | 'volumes'>>;
  /** @param size Kubernetes quantity */
  growClaims(names: readonly string[], size: string, options: DryRun): Promise<void>;
  deleteClaims(names: readonly string[]): Promise<void>;
}
