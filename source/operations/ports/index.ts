// What operations and questions need of the outside, by what it is for. client/adapters/ makes all of it for one
// release in one namespace of one cluster; a function asks for those ports that it uses.
import type {Target} from '../../observation/snapshot.ts';
import type {ActivityPort} from './activity.ts';
import type {AdoptionPort} from './adoption.ts';
import type {BackupPort} from './backup.ts';
import type {CertificatePort} from './certificate.ts';
import type {ClusterPort} from './cluster.ts';
import type {DatabasePort} from './database.ts';
import type {FailoverPort} from './failover.ts';
import type {HelmPort} from './helm.ts';
import type {LeasePort} from './lease.ts';
import type {MetricsPort} from './metrics.ts';
import type {ObservationPort} from './observation.ts';
import type {PodsPort} from './pods.ts';
import type {SecretPort} from './secret.ts';
import type {StoragePort} from './storage.ts';
import type {SubChartPort} from './sub-chart.ts';
import type {SwitchoverPort} from './switchover.ts';

/** Which release is meant, and what time it is. */
export interface Scope {
  readonly target: Target;
  /** Milliseconds since the epoch, by a clock that never jumps. */
  now(): number;
}

/**
 * Every call may throw UserError, CONNECTION_LOST where nobody knows what became of it; what throws anything else is a
 * bug.
 */
export type Ports = Scope &
  ObservationPort &
  ClusterPort &
  PodsPort &
  StoragePort &
  SecretPort &
  CertificatePort &
  MetricsPort &
  HelmPort &
  DatabasePort &
  SwitchoverPort &
  FailoverPort &
  BackupPort &
  ActivityPort &
  AdoptionPort &
  SubChartPort &
  LeasePort;
