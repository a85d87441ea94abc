// What a failover asks of the cluster and of the readers, besides what a switchover does.
import type {Answer, FailoverRecord, NodeSeen, ReaderPosition} from '../../observation/failover.ts';
import type {Permission} from '../../observation/survey.ts';
import type {TakeOverAction, TakeOverState} from '../../plan/take-over.ts';

/** Where the transactions are that the new writer does not have. */
export interface LostCommits {
  /** The pod of the new writer, whose image can read them. */
  readonly writer: string;
  /** The claim of the earlier writer's volume. */
  readonly claim: string;
  /** Of the earlier writer. */
  readonly timeline: number;
  /** Where the new writer's timeline begins: `0/5014B40`. */
  readonly fork: string;
}

export interface FailoverPort {
  /** Whether this user may do what a failover does. */
  failoverPermissions(volumes: readonly string[]): Promise<readonly Permission[]>;
  nodeSeen(name: string): Promise<NodeSeen>;
  /** The node that a volume is attached to; null: to none, or that may not be read. */
  attachedTo(volume: string): Promise<string | null>;
  /** What a server at `host` answers when it is asked from that pod. Never throws. */
  answerFrom(pod: string, host: string): Promise<Answer>;
  /** Null: the server does not answer, or is no reader. Never throws. */
  readerPosition(pod: string): Promise<ReaderPosition | null>;
  /** Ends the reader's connection to its writer. @returns where it is then, as `readerPosition` */
  endReceiver(pod: string): Promise<ReaderPosition | null>;
  /** Where in the WAL the timeline that the writer writes now begins; null: it does not answer. Never throws. */
  forkOf(timeline: number): Promise<string | null>;
  /** Commits on the earlier writer's volume from there on; null: they cannot be counted. */
  lostCommits(asked: LostCommits): Promise<number | null>;
  takeOverState(record: FailoverRecord): Promise<TakeOverState>;
  /** All that is asked of the cluster. Another claim or pod of the name is left alone: the uid decides. */
  takeOver(action: Exclude<TakeOverAction, {kind: 'promote' | 'fence'}>): Promise<void>;
  /**
   * Of the earlier writer at `host`, asked from that reader: where its WAL ends; null: it is not its writer. Never
   * throws.
   */
  writerSeenFrom(pod: string, host: string): Promise<{readonly bytes: number} | null>;
  /**
   * Stops the earlier writer at `host` from that reader's pod, for good: when it is started again it listens to nobody.
   * False: it was not told, or did not take it. Never throws.
   */
  stopFrom(pod: string, host: string): Promise<boolean>;
  /** What `stopFrom` had it listen to when it is started again; it is started as before. Never throws. */
  unstopFrom(pod: string, host: string): Promise<void>;
}
