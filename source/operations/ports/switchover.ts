// What moving the writer's role asks of the cluster and of the database.
import type {Node} from '../../observation/kubernetes.ts';
import type {NodeUse, Permission} from '../../observation/survey.ts';
import type {SwitchoverRecord} from '../../observation/role/switchover.ts';
import type {SwitchoverAction, ObservedSwitchover} from '../../plan/switchover-actions.ts';
import type {ReplaySpeed} from '../../plan/catch-up.ts';
import type {ServerFacts, UnloggedTables} from '../../plan/switchover.ts';

/** Where the reader is in the WAL of its writer. */
export interface LastRecord {
  /** Whether it has replayed the checkpoint that a server writes last when it is shut down. */
  readonly isShutdown: boolean;
  /** Such as `0/409F320`. */
  readonly lsn: string;
}

export interface SwitchoverPort {
  /** Whether this user may do what a switchover does, with these volumes. */
  switchoverPermissions(volumes: readonly string[]): Promise<readonly Permission[]>;
  /** As the cluster calls this user; null: it does not say. */
  user(): Promise<string | null>;
  /** The nodes that may be read. */
  nodes(names: readonly string[]): Promise<readonly Node[]>;
  /** What the pods of these nodes ask of them; a node is missing where this user may not list its pods. */
  nodeUse(names: readonly string[]): Promise<Readonly<Record<string, NodeUse>>>;
  observeSwitchover(record: SwitchoverRecord): Promise<ObservedSwitchover>;
  /** Carries out any action but `promote`. Another claim or pod of the name is left alone: the uid decides. */
  applySwitchoverAction(action: Exclude<SwitchoverAction, {kind: 'promote'}>): Promise<void>;
  /** Sets the policy that the volume had before. */
  setReclaimPolicy(volume: string, policy: 'Retain' | 'Delete' | 'Recycle'): Promise<void>;
  /** Null: the server does not answer. */
  serverFacts(pod: string): Promise<ServerFacts | null>;
  /** Whether that server acknowledges a commit in that time, in milliseconds. It changes no data. */
  commits(pod: string, withinMs: number): Promise<boolean>;
  /** How fast that reader replays, and its writer writes; null: it does not stream. It takes a second. Never throws. */
  replaySpeed(pod: string): Promise<ReplaySpeed | null>;
  /**
   * Tables of the writer that no reader has rows of. `pod`: a reader that is asked in its place, which knows all such
   * tables, the empty ones too. Null: the server cannot be asked.
   */
  unloggedTables(pod?: string): Promise<UnloggedTables | null>;
  /** Has the server write to disk now what a shutdown would have to write. Never throws. */
  checkpointOn(pod: string): Promise<void>;
  /** Makes the replication slots that readers stream by, in another server too. */
  makeReplicationSlots(pod: string, names: readonly string[]): Promise<void>;
  /** Drops the slots of the release's readers that nobody streams from. */
  dropUnusedSlots(pod: string): Promise<void>;
  /** Has that server use these settings from its next start on. */
  alterSystem(pod: string, settings: Readonly<Record<string, string>>): Promise<void>;
  /** Null: it does not answer. */
  lastRecord(pod: string): Promise<LastRecord | null>;
  /** Promotes that server, and ends when it takes writes. `slots`: those that it has to have by then. */
  promote(pod: string, slots?: readonly string[]): Promise<void>;
}
