// What an operation tells while it works and when it ends. Reporters and screens only read it.
import type {Cause, CauseCode, Warning} from '../core/cause.ts';
import type {Outcome} from '../core/outcome.ts';
import type {BackupEntry} from '../observation/backups/backup-list.ts';
import type {TlsSeen} from '../observation/certificate-warnings.ts';
import type {Verdict} from '../observation/checks/failover.ts';
import type {PersistentVolumeClaim} from '../observation/kubernetes.ts';
import type {OperationRecord, Revision} from '../observation/snapshot.ts';
import type {Endpoints} from '../observation/endpoints.ts';
import type {TrackName, TrackState} from '../observation/tracks.ts';
import type {ChangeConsequence} from './change-facts.ts';
import type {FailoverConsequence} from './failover.ts';
import type {SwitchoverConsequence} from './switchover.ts';

export type Progress =
  | {readonly type: 'plan'; readonly steps: readonly string[]}
  | {
      readonly type: 'track';
      /** ISO 8601. */
      readonly time: string;
      readonly track: TrackName;
      readonly state: TrackState;
      readonly text: string;
      readonly since: string | null;
      readonly waitingFor: CauseCode | null;
    }
  | {
      readonly type: 'log';
      readonly time: string;
      /** `operation`: what this program itself waits for before it changes anything. */
      readonly source: 'event' | 'container' | 'helm' | 'operation';
      readonly object: {readonly kind: string; readonly namespace: string; readonly name: string} | null;
      readonly text: string;
    }
  | {readonly type: 'warning'; readonly code: Warning['code']; readonly message: string};

export interface Consequence {
  readonly code:
    | ChangeConsequence['code']
    | SwitchoverConsequence['code']
    | FailoverConsequence['code']
    | ('CREATE' | 'PASSWORD_CHANGE' | 'REMOVE')
    | ('BACKUP_RUN' | 'BACKUP_VERIFY' | 'BACKUP_RESTORE');
  /** Such as `StatefulSet/orders-postgresql-primary`. */
  readonly object: string;
  readonly sentence: string;
}

export interface PlanParts {
  readonly consequences: readonly Consequence[];
  readonly steps: readonly {readonly name: string; readonly command: string | null}[];
  readonly values: Readonly<Record<string, unknown>>;
  /** Whole files that are to be changed where the release comes from, instead of applying the change here. */
  readonly files?: readonly {readonly name: string; readonly text: string}[];
  /** The command that does the same; a password is given with --password-stdin. */
  readonly command: string;
  /** In a failover: what follows from all that is seen of the writer, and then a line for each source. */
  readonly evidence?: readonly string[];
  readonly verdict?: Verdict;
  /** Where the plan is shown now and carried out later: the release as it was then. */
  readonly madeFrom?: MadeFrom;
}

/** What tells a release from itself at another time, or from another one of its name. */
export interface MadeFrom {
  readonly release: {
    /** The newest one; empty where there was no release. */
    readonly revisions: readonly Pick<Revision, 'revision' | 'updatedAt'>[];
    readonly hasRecord?: false;
  };
  readonly operation: Pick<OperationRecord, 'kind' | 'startedAt'> | null;
  /** In a switchover: the volume of the writer's claim, which each move of the role exchanges; null: not known. */
  readonly writerVolume?: string | null;
  /** In an uninstall that deletes the data: the claims, each with its uid. */
  readonly claims?: readonly SeenClaim[];
}

export interface SeenClaim {
  readonly metadata: Pick<PersistentVolumeClaim['metadata'], 'name' | 'uid'>;
}

/** What helm would apply, or what changes in it where there is a release already. Empty: the plan shows none of it. */
type Rendering =
  {readonly manifests: string; readonly diff?: undefined} | {readonly diff: string; readonly manifests?: undefined};

export type Plan = PlanParts & Rendering;

export interface Credentials {
  readonly username: string;
  readonly database: string;
  readonly secret: string;
  readonly passwordKey: string;
}

/** The end of an operation; the object that `--output json` prints, less its `schema`. */
export interface Result {
  readonly operation: string;
  readonly outcome: Outcome;
  readonly release: string | null;
  readonly namespace: string | null;
  readonly context: string | null;
  readonly revision: number | null;
  readonly chartVersion: string | null;
  readonly postgresVersion: string | null;
  readonly durationMs: number;
  readonly endpoints: Endpoints | null;
  readonly credentials: Credentials | null;
  /** Absent: TLS is off. */
  readonly tls?: TlsSeen;
  readonly warnings: readonly Warning[];
  readonly phases: readonly {readonly name: string; readonly ms: number}[];
  /** What was found done or put right on the way, in sentences. */
  readonly notes: readonly string[];
  /** The backup that was made, proven or restored. */
  readonly backup?: BackupEntry;
  readonly cause?: Cause;
  readonly plan?: Plan;
  /** Files that were written on this machine, for whoever applies the release. */
  readonly files?: readonly {readonly name: string; readonly path: string}[];
  /** Present where a switchover was carried out. */
  readonly switchover?: SwitchoverResult;
  /** Present where a failover was carried out. */
  readonly failover?: FailoverResult;
  /** Absent: the writer did not restart or move, or nobody saw for how long. */
  readonly writesOut?: WritesOut;
  /** What was kept or deleted of the objects that outlive their pod or release. */
  readonly ledger?: readonly LedgerEntry[];
}

/** When nothing could be written, as seen from here. */
export interface WritesOut {
  /** From the beginning of the operation, in milliseconds. */
  readonly afterMs: number;
  /** For how long at most; of a failover, from the decision on. */
  readonly forMs: number;
}

export interface SwitchoverResult {
  /** The reader whose volume the writer has now. */
  readonly to: string;
  /** Where the writer was, and where it is; null: not known. */
  readonly fromNode: string | null;
  readonly toNode: string | null;
  readonly timeline: {readonly before: number; readonly after: number | null};
  /** The end of what the earlier writer wrote, which the reader had: `0/409F320`; null: another run saw it. */
  readonly lastRecord: string | null;
  /** For how long at most nothing could be written, as seen from here; null: another run stopped the writer. */
  readonly gapMs: number | null;
}

export interface FailoverResult {
  /** The reader whose volume the writer has now. */
  readonly to: string;
  /** Where the writer was, and where it is; null: not known. */
  readonly fromNode: string | null;
  readonly toNode: string | null;
  readonly timeline: {readonly before: number; readonly after: number | null};
  /** Up to where that reader had the WAL: `0/409F320`; null: another run chose it. */
  readonly lastRecord: string | null;
  readonly atRisk: {
    /**
     * Bytes of WAL that the earlier writer is known to have written and the reader did not have: at least that many.
     */
    readonly bytes: number;
    /** ISO 8601: the last sign of the earlier writer; null: there was none. */
    readonly lastSignAt: string | null;
    /** Commits waited for enough readers: no acknowledged write is lost. */
    readonly covered: boolean;
    /** From that last sign until the failover was asked for, in milliseconds; null, or absent: not known. */
    readonly silentMs?: number | null;
    /** How far the earlier writer is known to have written, and when that was; null, or absent: not known. */
    readonly writer?: {readonly lsn: string; readonly at: string | null} | null;
  };
  /** Transactions of the earlier writer that the new one does not have, counted on its volume; null: not known. */
  readonly lostCommits: number | null;
  /** From the decision to the first moment at which writes were taken again; null: another run decided. */
  readonly writesAfterMs: number | null;
  /** What was seen of the earlier writer before it was given up; absent: another run saw it. */
  readonly evidence?: readonly string[];
  readonly verdict?: Verdict;
  /** The earlier writer's; null: there was none. */
  readonly keptVolume: string | null;
  readonly keptClaim: string | null;
}

export interface LedgerEntry {
  readonly kind: string;
  readonly name: string;
  readonly fate: 'deleted' | 'kept';
  /** Bytes; null where it has no size. */
  readonly bytes: number | null;
  /** The command that removes an object that stays although its data was to be deleted. */
  readonly remove?: string;
  /** The command that opens what is on it. */
  readonly look?: string;
}
