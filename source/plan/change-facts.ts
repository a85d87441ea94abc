// The facts from which the consequences of a change are told, and what one consequence is.
import type {SortedText} from '../chart/collations.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {ServerCertificate} from '../observation/server-certificate.ts';
import type {RetainedVolume} from '../observation/storage.ts';
import type {Parameters} from '../parameters/parameters.ts';
import type {PodUpdatePlan} from './pod-update-plan.ts';
import type {RestartOrder} from './restart-order.ts';

export interface ChangeConsequence {
  readonly code:
    | 'CREATE'
    | 'OWNERSHIP_CHANGE'
    | 'FILE_CHANGE'
    | 'PRIMARY_RESTART'
    | 'ROLE_CHANGE'
    | 'REPLICA_RESTART'
    | 'REPLICA_ADD'
    | 'REPLICA_REMOVE'
    | 'RESIZE_IN_PLACE'
    | 'RESTART_TO_USE'
    | 'SETTINGS_RELOAD'
    | 'REINDEX'
    | 'VOLUME_GROW'
    | 'ENDPOINT_CHANGE'
    | 'ACCESS_CHANGE'
    | 'CERTIFICATE_RENEW'
    | 'BACKUP_CHANGE'
    | 'DATA_KEPT'
    | 'DATA_DELETED'
    | 'NO_CHANGE';
  readonly object: string;
  readonly sentence: string;
}

export interface ChangeFacts {
  readonly before: Snapshot;
  /** How many readers there are before the change. */
  readonly readersBefore: number;
  readonly desired: Parameters;
  /** The present parameters of the release; null: not known. */
  readonly existing: Parameters | null;
  /** The pods that get another pod template, or a restart. */
  readonly podUpdates: readonly PodUpdatePlan[];
  /** The order in which they restart. */
  readonly order: RestartOrder;
  /** At the end, the writer's role moves to a reader. */
  readonly movesRole: boolean;
  /** Consequences that are told first, such as what comes back and what does not. */
  readonly preface: readonly ChangeConsequence[];
  readonly deleteVolumes: boolean;
  /** Volumes that stay although their claims are deleted. */
  readonly retained: readonly RetainedVolume[];
  /** The certificate in the desired Secret; null: TLS is to be off, or the Secret may not be read. */
  readonly certificate: ServerCertificate | null;
  /** Text of the writer that was sorted by another version of a library than the one it runs with. */
  readonly stale: readonly SortedText[];
  /** Helm has the chart and the values already. */
  readonly applied: boolean;
}
