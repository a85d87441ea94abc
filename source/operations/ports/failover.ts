// What a failover asks of the cluster and of the readers, besides what a switchover does.
import type {Answer, FailoverRecord, NodeSeen, ReaderPosition} from '../../observation/failover.ts';
import type {Permission} from '../../observation/survey.ts';
import type {TakeOverAction, TakeOverState} from '../../plan/take-over.ts';

export interface FailoverPort {
  /** Whether this user may do what a failover does. */
  failoverPermissions(): Promise<readonly Permission[]>;
  nodeSeen(name: string): Promise<NodeSeen>;
  /** The node that a volume is attached to; null: to none, or that may not be read. */
  attachedTo(volume: string): Promise<string | null>;
  /** What a server at `host` answers when it is asked from that pod. Never throws. */
  answerFrom(pod: string, host: string): Promise<Answer>;
  /** Null: the server does not answer, or is no reader. Never throws. */
  readerPosition(pod: string): Promise<ReaderPosition | null>;
  /** Ends the reader's connection to its writer. @returns where it is then, as `readerPosition` */
  endReceiver(pod: string): Promise<ReaderPosition | null>;
  takeOverState(record: FailoverRecord): Promise<TakeOverState>;
  /** All but `promote`. Another claim or pod of the name is left alone: the uid decides. */
  takeOver(action: Exclude<TakeOverAction, {kind: 'promote'}>): Promise<void>;
}
