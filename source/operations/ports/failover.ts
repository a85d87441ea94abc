// What a failover asks of the cluster and of the readers, besides what a switchover does.
import type {Attachment, Answer, FailoverRecord, NodeSeen, ReaderPosition} from '../../observation/role/failover.ts';
import type {Node} from '../../observation/kubernetes.ts';
import type {Permission} from '../../observation/survey.ts';
import type {FailoverAction, ObservedFailover} from '../../plan/failover-actions.ts';

/** Where the transactions are that the new writer does not have. */
export interface LostCommits {
  /** The pod of the new writer, whose image can read them. */
  readonly writer: string;
  /** The claim of the earlier writer's volume. */
  readonly claim: string;
  /** The timeline of the earlier writer. */
  readonly timeline: number;
  /** Where the new writer's timeline begins: `0/5014B40`. */
  readonly fork: string;
}

export interface FailoverPort {
  /** Whether this user may do what a failover does. */
  failoverPermissions(volumes: readonly string[]): Promise<readonly Permission[]>;
  nodeSeen(name: string): Promise<NodeSeen>;
  /** All nodes of the cluster; null: this user may not list them. */
  allNodes(): Promise<readonly Node[] | null>;
  attachedTo(volume: string): Promise<Attachment>;
  /** What a server at `host` answers when it is asked from that pod. Never throws. */
  answerFrom(pod: string, host: string): Promise<Answer>;
  /** Null: the server does not answer, or is no reader. Never throws. */
  readerPosition(pod: string): Promise<ReaderPosition | null>;
  /** Ends the reader's connection to its writer. @returns the reader's position afterwards, as `readerPosition` */
  endReceiver(pod: string): Promise<ReaderPosition | null>;
  /** Where in the WAL the timeline that the writer writes now begins; null: it does not answer. Never throws. */
  forkOf(timeline: number): Promise<string | null>;
  /** Commits on the earlier writer's volume from there on; null: they cannot be counted. */
  lostCommits(asked: LostCommits): Promise<number | null>;
  observeFailover(record: FailoverRecord): Promise<ObservedFailover>;
  /**
   * Carries out the actions that the cluster takes. Another claim or pod of the name is left alone: the uid decides.
   */
  applyFailoverAction(action: Exclude<FailoverAction, {kind: 'promote' | 'fence'}>): Promise<void>;
  /**
   * Where the WAL of the earlier writer at `host` ends, asked from that reader; null: the server there is not the
   * reader's writer. Never throws.
   */
  writerSeenFrom(pod: string, host: string): Promise<{readonly bytes: number} | null>;
  /**
   * Stops the earlier writer at `host` from that reader's pod, for good: when it is started again it listens on no
   * address. False: it was not told, or did not accept that. Never throws.
   */
  stopFrom(pod: string, host: string): Promise<boolean>;
  /** Takes back what `stopFrom` set: from its next start on, the server listens as before. Never throws. */
  unstopFrom(pod: string, host: string): Promise<void>;
}
