// A Snapshot is everything that was seen of one release at one moment. Progress and causes are functions of it.
import type {Naming} from '../chart/names.ts';
import type {RequestOf} from '../commands/operation.ts';
import type {Parameters} from '../parameters/parameters.ts';
import type {FailoverRecord} from './role/failover.ts';
import type {NetworkSeen} from './network.ts';
import type {RoleMove} from './role/role-moves.ts';
import type {ServerCertificate} from './server-certificate.ts';
import type {SteeringSeen} from './steering.ts';
import type {SwitchoverRecord} from './role/switchover.ts';
import type {
  PersistentVolumeClaim,
  ClusterEvent,
  CronJob,
  Metadata,
  Node,
  Pod,
  Service,
  StatefulSet,
  PersistentVolume,
} from './kubernetes.ts';

/** Where a release is, and the names that follow from it. */
export interface Target extends Naming {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
}

export type HelmStatus =
  | 'deployed'
  | 'failed'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback'
  | 'superseded'
  | 'uninstalled'
  | 'uninstalling'
  | 'unknown';

/** One record of helm's history. */
export interface Revision {
  readonly revision: number;
  readonly status: HelmStatus;
  /** ISO 8601. */
  readonly updatedAt: string | null;
  readonly chartVersion: string;
  readonly chartName: string;
  readonly appVersion: string;
  readonly description: string;
  /**
   * How helm 4 applied the revision: `ssa` (by the server, which records who owns a field) or `csa` (as helm 3 does).
   * Helm 3 does not record it.
   */
  readonly applyMethod?: string;
}

export interface ReleaseState {
  /** Oldest first; empty when there is no such release. */
  readonly revisions: readonly Revision[];
  /** The values of the newest revision as helm got them; null when there is none. They never hold a password. */
  readonly values: Readonly<Record<string, unknown>> | null;
  /** False when helm keeps no record of the release; its objects, and the tool that steers it, are read instead. */
  readonly hasRecord?: false;
}

/** An answer, or the lack of one, from an endpoint of the database. */
export interface EndpointFact {
  readonly kind: 'endpoint';
  readonly role: 'writer' | 'reader';
  /** `here`: a connection of this machine; `cluster`: asked inside the cluster through the same Service. */
  readonly from: 'here' | 'cluster';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly result:
    | {
        readonly answered: true;
        readonly inRecovery: boolean;
        /** Such as `17.6`. */
        readonly serverVersion: string;
        readonly latencyMs: number;
        /**
         * The database cluster's: initdb makes a new one, every copy has the same. Decimal digits. Null, or absent,
         * where the user may not ask. PostgreSQL manual, pg_control_system.
         */
        readonly systemIdentifier?: string | null;
        /** Whether the role of the exporter of metrics is there. Absent where it is not known. */
        readonly hasMetricsRole?: boolean;
        /** Whether the role that readers stream as may log in and replicate. Absent where it is not known. */
        readonly mayReplicate?: boolean;
        /** Transactions may not write unless they say so: default_transaction_read_only. Absent: not known. */
        readonly isReadOnly?: boolean;
        /** A reader does not replay what it receives: somebody told it to pause. Absent: not known. */
        readonly isReplayPaused?: boolean;
        /** Address of the server that answered, as its pod has it. Absent: not known. */
        readonly address?: string;
        /** The writer's WAL position, in bytes from the beginning. Absent: a reader, or not known. */
        readonly walBytes?: number;
      }
    | {
        readonly answered: false;
        /** `password`: SQLSTATE 28P01. `starting`: 57P03. `unreachable`: nothing listens or no route. */
        readonly reason: 'password' | 'starting' | 'unreachable' | 'other';
        readonly text: string;
      };
}

/** One row of pg_stat_replication on the writer. */
export interface ReaderStream {
  /** The reader's pod, found by its address; null when no pod has it. */
  readonly pod: string | null;
  readonly state: string;
  /** Bytes of WAL that the reader has not replayed. */
  readonly lagBytes: number | null;
  readonly lagMs: number | null;
  readonly sync: string;
  /** How many synchronous readers the writer has each commit wait for; the same in every row. */
  readonly commitsWaitFor?: number;
  /** WAL positions in bytes from the beginning: how far the writer had written, and how far the reader had replayed. */
  readonly writtenBytes?: number;
  readonly replayedBytes?: number;
}

export interface ReplicationFact {
  readonly kind: 'replication';
  readonly at: number;
  readonly streams: readonly ReaderStream[];
}

/** How much of each volume is used, by its claim. Volumes that could not be asked are left out. */
export interface UsageFact {
  readonly kind: 'usage';
  readonly at: number;
  readonly volumes: readonly {readonly claim: string; readonly usedBytes: number}[];
}

/** What the containers of the database use, by pod; of pods that a metrics server does not know it says nothing. */
export interface MemoryFact {
  readonly kind: 'memory';
  readonly at: number;
  readonly usedBytes: Readonly<Record<string, number>>;
}

/** What the database itself answered. */
export type Proof = EndpointFact | ReplicationFact;
export type Fact = Proof | UsageFact | MemoryFact;

/** The operations that change an existing release: each says what is desired; operations/change/change.ts does it. */
export const changes = ['scale', 'upgrade', 'resize', 'set', 'restart', 'rollback', 'adopt'] as const;
export type ChangeKind = (typeof changes)[number];

export function isChange(kind: string): kind is ChangeKind {
  return changes.some((change) => change === kind);
}

/** Whose password it is; see passwordKeysOf in chart/names.ts. */
export type PasswordOf = 'admin' | 'user' | 'replication' | 'metrics';

/** What the Lease `<fullname>-operation` records. */
export interface OperationRecord {
  readonly kind: 'install' | 'uninstall' | 'recover' | 'rotate-password' | 'switchover' | 'failover' | ChangeKind;
  /** `user@host/…`, see cluster/holder.ts; empty when the operation is paused. */
  readonly holder: string;
  readonly holderIsAlive: boolean;
  /** Present where that is judged by clocks alone, because the Lease was not watched for long enough to know. */
  readonly isEstimate?: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly renewedAt: string;
  /** What is wanted, without secrets. */
  readonly wanted: {
    readonly parameters: Parameters;
    readonly chart: {readonly source: string; readonly version: string};
    /**
     * What a restart is to end: by pod name, what incarnationOf in pod-template.ts said of it. A pod with another
     * incarnation has restarted.
     */
    readonly restart?: Readonly<Record<string, string>>;
    /** What helm's history is to say about it. */
    readonly description?: string;
    /** In a rollback: the revision whose parameters come back. */
    readonly rollbackTo?: number;
    /** In an adoption: the writer restarts when somebody says so. */
    readonly restartsLater?: boolean;
    /** In a resize, and in the switchover that ends it: the writer's role moves once all else is done. */
    readonly movesRole?: boolean;
  } | null;
  /** In an uninstall: the file on the holder's machine that its last dump goes to. */
  readonly dumpTo?: string;
  /** In an uninstall that still makes its last dump: nothing is removed yet, see `unfinished` in may-begin.ts. */
  readonly isDumping?: true;
  /** The dump of an uninstall that has removed nothing yet: until it does, the Lease keeps what was begun before. */
  readonly lastDump?: {readonly path: string; readonly startedAt: string};
  /** In the first half of an adoption of chart 10, before the parameters are known: what it was asked for. */
  readonly adopts?: Omit<RequestOf<'adopt'>, 'kind' | 'detach'>;
  /** In an adoption that takes a database out of an application's release: that release. */
  readonly detaches?: string;
  /** In a rotation of passwords: which of them change. */
  readonly rotates?: {
    readonly roles: readonly PasswordOf[];
    /** The new one was given from outside, and is nowhere until the Secret has it. */
    readonly isGiven: boolean;
  };
  /** In a switchover: what moves where, and how far it is. */
  readonly switchover?: SwitchoverRecord;
  /** In a failover: what is replaced by what, and how far it is. */
  readonly failover?: FailoverRecord;
  /** In a failover: what had been begun before it, which waits for it and is gone on with afterwards. */
  readonly interrupted?: Omit<OperationRecord, 'holder' | 'holderIsAlive' | 'isEstimate' | 'renewedAt' | 'interrupted'>;
}

/** How far the writer had written when it was seen last. */
export interface WriterPosition {
  /** Where its WAL ended, in bytes from the beginning. */
  readonly bytes: number;
  /** ISO 8601. */
  readonly at: string;
}

export interface Snapshot {
  /** Milliseconds since the epoch at which the first of the reads began, by the clock in time.ts. */
  readonly takenAt: number;
  /** Milliseconds that the cluster's clock was ahead of that; absent: none, see cluster-time.ts. */
  readonly clusterAheadMs?: number;
  readonly target: Target;
  /** Null when it could not be read. */
  readonly namespace: {readonly metadata: Metadata; readonly phase: string} | null;
  readonly release: ReleaseState;
  readonly statefulSets: readonly StatefulSet[];
  readonly pods: readonly Pod[];
  readonly claims: readonly PersistentVolumeClaim[];
  /** Claims that keep the volume of an earlier writer after a failover; absent when there are none. */
  readonly keptClaims?: readonly PersistentVolumeClaim[];
  /** By the claim's name, as of some seconds ago; those that may not be read are not there. */
  readonly volumes?: Readonly<Record<string, PersistentVolume>>;
  readonly services: readonly Service[];
  /** Only those about objects of this release. */
  readonly events: readonly ClusterEvent[];
  /** The credentials Secret: which keys hold something, never what. */
  readonly secret: {
    readonly name: string;
    readonly keys: readonly string[];
    readonly ours: boolean;
    /** The database that the release remembers as its own; null, or absent, before it was first proven. */
    readonly systemIdentifier?: string | null;
    /** When the latest rotation of passwords was begun; null, or absent, where there was none. */
    readonly rotation?: string | null;
    /** When the writer's role moved, oldest first; absent: never, or it is not known. */
    readonly roleMoves?: readonly RoleMove[];
    /** How far the writer had written at the end of the operation before; null, or absent: it is not known. */
    readonly writerPosition?: WriterPosition | null;
    /** Why changes to the Secret do not last; null, or absent, when they do. */
    readonly heldBy?: string | null;
    /** For a Secret that was given: the release that uses it as its own; null, or absent: none. */
    readonly ofRelease?: string | null;
  } | null;
  /** The server's certificate that the release has, or is to have; null, or absent: none, or it may not be read. */
  readonly certificate?: ServerCertificate | null;
  /** What the network is made of; null, or absent: no namespaces are named, or it is not known yet. */
  readonly network?: NetworkSeen | null;
  /** The node of the writer's pod, as of some seconds ago; null, or absent: it may not be read, or is not known. */
  readonly writerNode?: Node | null;
  /** The backups that are planned, or are still there; null, or absent: there are none. */
  readonly backup?: {
    /** Null: none is planned, or it may not be read. */
    readonly cronJob: CronJob | null;
    /** The claim of their volume. */
    readonly claim: PersistentVolumeClaim | null;
    /** Pods that write, prove or restore a backup, ended or not. */
    readonly pods: readonly Pod[];
  } | null;
  /**
   * Last lines of containers that crashed or do not get ready, and of ready readers that do not stream, by pod name.
   */
  readonly logTails: Readonly<Record<string, readonly string[]>>;
  /** Where node ports answer; null when no Service has one or no node may be read. */
  readonly nodeAddress: string | null;
  /** How far the writer had written when this program saw it last; null, or absent: it has not seen it. */
  readonly writerSeen?: WriterPosition | null;
  /** The newest fact of each kind and role. */
  readonly database: readonly Fact[];
  readonly operation: OperationRecord | null;
  /** Pods of readers that answered that they take writes; absent: the readers were not asked one by one. */
  readonly promotedReaders?: readonly string[];
  /** The tool that decides what the release is, such as Argo CD; null, or absent, when none is known. */
  readonly steering?: SteeringSeen | null;
  /** Kinds that this user may not list: what is missing above for that reason. */
  readonly unreadable: readonly string[];
}
