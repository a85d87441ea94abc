// A Survey is the place where a release is to go: what the cluster offers, allows and already holds.
import type {
  PersistentVolumeClaim,
  LimitRange,
  Node,
  ObjectMetadata,
  PersistentVolume,
  ResourceQuota,
  StorageClass,
} from './kubernetes.ts';
import type {NetworkSeen} from './network.ts';
import type {ServerCertificate} from './server-certificate.ts';
import type {OperationRecord, ReleaseState, Target} from './snapshot.ts';

export interface Permission {
  readonly verb: string;
  /** `secrets`, `pods/exec`, … */
  readonly resource: string;
  readonly group: string;
  /** Name of the only object that the right is for; absent: any. */
  readonly name?: string;
  /** Null: cluster-wide. */
  readonly namespace: string | null;
  /** Whether the operation is refused without it. `why`: what it is for, or what is lost without it. */
  readonly required: boolean;
  readonly why: string;
  /** Null: the cluster would not say. */
  readonly allowed: boolean | null;
}

/** What other pods ask of a node already. */
export interface NodeUse {
  readonly milliCpu: number;
  readonly memoryBytes: number;
}

export interface Survey {
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  /** As in a Snapshot. */
  readonly clusterAheadMs?: number;
  readonly target: Target;
  readonly kubernetesVersion: string;
  readonly user: string | null;
  readonly permissions: readonly Permission[];
  /** `unknown`: it may not be read. `podSecurity` is the enforced level, when one is. */
  readonly namespace: {
    readonly state: 'exists' | 'absent' | 'unknown' | 'terminating';
    readonly podSecurity: string | null;
  };
  /** Null: this user may not list them. The same for every nullable list below. */
  readonly nodes: readonly Node[] | null;
  /** By node name. */
  readonly nodeUse: Readonly<Record<string, NodeUse>> | null;
  readonly storageClasses: readonly StorageClass[] | null;
  /**
   * Volumes that name the storage class that was asked for, taken or not, where no such class exists. Null: they may
   * not be listed; absent: there is such a class.
   */
  readonly preparedVolumes?: readonly PersistentVolume[] | null;
  readonly quotas: readonly ResourceQuota[] | null;
  readonly limitRanges: readonly LimitRange[] | null;
  /** Claims whose names are those that this release would take. */
  readonly claims: readonly PersistentVolumeClaim[] | null;
  /** Claims that a release of this name had in another shape, under other names; null, or absent: not known. */
  readonly claimsElsewhere?: readonly PersistentVolumeClaim[] | null;
  /** The claim of backups that this release would take; null, or absent: there is none, or it may not be read. */
  readonly backupClaim?: PersistentVolumeClaim | null;
  /** Objects that have the names this release would give, whoever owns them (StatefulSets, Services, …). */
  readonly sameNames: readonly ObjectMetadata[];
  /** The credentials Secret. `passwordMatches`: null when no password was given to compare. */
  readonly secret: {
    readonly name: string;
    readonly keys: readonly string[];
    readonly ours: boolean;
    /** The system identifier of the database with these passwords; null, or absent, when none was proven yet. */
    readonly systemIdentifier?: string | null;
    readonly passwordMatches: boolean | null;
  } | null;
  /** Whether the Secret that `images.pullSecret` names is there; null when none is named. */
  readonly pullSecretExists: boolean | null;
  /** What the Secret of the certificate holds; null, or absent: none is wanted, or it may not be read. */
  readonly certificate?: ServerCertificate | null;
  /** What the network is made of; null, or absent: neither namespaces nor a mesh are named. */
  readonly network?: NetworkSeen | null;
  /** Whether this user may make ServiceMonitors, a kind of the operator of Prometheus; null, or absent: not known. */
  readonly serviceMonitors?: boolean | null;
  /** Whether the cluster has the kind PrometheusRule, of the same operator; null, or absent: not known. */
  readonly prometheusRules?: boolean | null;
  readonly release: ReleaseState;
  readonly operation: OperationRecord | null;
}
