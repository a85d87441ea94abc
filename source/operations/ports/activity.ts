// What the writer is doing, once a second.
import type {ActivityAnswer, DatabaseSession} from '../../observation/activity.ts';

export interface ActivityPort {
  /** Null: the server does not answer, or its password may not be read. Throws where nothing can be run in its pod. */
  activity(): Promise<ActivityAnswer | null>;
  /**
   * Cancels what a session runs, or ends the session; a later one of the same pid is left alone.
   * @returns `gone`: there is no such session any more. Throws CONNECTION_LOST
   */
  endSession(
    session: Pick<DatabaseSession, 'pid' | 'startedAt'>,
    what: 'query' | 'session',
  ): Promise<'asked' | 'gone' | 'refused'>;
}
