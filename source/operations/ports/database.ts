// PostgreSQL in the pods of a release.
import type {SortedText, Sorting} from '../../chart/collations.ts';
import type {RunningSettings} from '../../chart/required-settings.ts';
import type {ServerSettingsNow} from '../../plan/settings-change.ts';
import type {PasswordOf} from '../../observation/snapshot.ts';

/** Clear text: stays in this process. Several for one key where files differ. */
export interface MountedPasswords extends Readonly<Record<PasswordOf, readonly string[]>> {
  readonly pod: string;
  /** Why the pod could not be asked, without a password; null when it was. */
  readonly failure: string | null;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** `unknown`: no server could be asked, or the one that was asked requires no password. */
export interface LoginAnswer {
  readonly is: 'right' | 'wrong' | 'unknown';
  /** Why, in the words of psql or of the cluster; without a password. */
  readonly text: string;
}

/** The database that a dump is of, as its first lines say. */
export interface DumpHeader {
  readonly release: string;
  readonly namespace: string;
  /** By the cluster's clock, ISO 8601. */
  readonly madeAt: string;
}

/**
 * What is at the path that a dump is to be written to. `none`: nothing, and it can be written; `other`: something that
 * is no dump of ours.
 */
export type DumpAt =
  | {readonly kind: 'none'}
  | {readonly kind: 'unwritable'; readonly why: string}
  | {readonly kind: 'other'}
  | (DumpHeader & {readonly kind: 'dump'; readonly whole: boolean; readonly bytes: number});

/** `refused`: the server does not take the administrator's password. */
export interface ChangeAnswer {
  readonly is: 'changed' | 'refused' | 'failed';
  /** Why, in the words of psql; without a password. */
  readonly text: string;
}

/** How a reader comes by the password that it streams with. */
export type FollowAnswer =
  | {readonly is: 'has it'}
  /** The place where it has the password cannot be changed while it runs, or it does not name the place. */
  | {readonly is: 'needs a restart'; readonly text: string}
  /** It did not answer, or does not know the administrator's password yet. */
  | {readonly is: 'unknown'; readonly text: string};

export interface DatabasePort {
  /**
   * The passwords that each running pod of the database has as files, or why it could not be asked. `only`: that pod
   * alone.
   */
  mountedPasswords(only?: string): Promise<readonly MountedPasswords[]>;
  /** Whether the database takes that password, asked in one of its pods. */
  tryLogin(login: Login): Promise<LoginAnswer>;
  /**
   * Sets new passwords of existing roles on the writer, all or none. The server gets verifiers, no clear text. Throws
   * CONNECTION_LOST where nobody knows whether it has them: the same may be asked again.
   * @param admin the administrator's password as the server knows it now
   */
  changePasswords(changes: readonly Login[], admin: string): Promise<ChangeAnswer>;
  /**
   * Has that reader stream with the password from its next connection on; the connection that it has goes on. Throws
   * CONNECTION_LOST where it cannot be asked.
   */
  followPassword(pod: string, password: {readonly admin: string; readonly replication: string}): Promise<FollowAnswer>;
  /**
   * The values that servers run with, of the settings that may not be lower on a reader; without servers that do not
   * answer.
   */
  runningSettings(pods: readonly string[]): Promise<Readonly<Record<string, RunningSettings>>>;
  /** How the writer's databases are sorted; null where it does not answer. Never throws. */
  sorting(): Promise<Sorting | null>;
  /**
   * Rebuilds the indexes of these texts on the writer, while it serves, and then has it record the version that it has.
   * Ends early when the signal aborts.
   * @throws UserError COLLATION_CHANGED for an index that cannot be rebuilt
   */
  rebuildIndexes(texts: readonly SortedText[], signal: AbortSignal): Promise<void>;
  /** All settings that can be set, by names in lower case; without the servers that do not answer. */
  serverSettings(pods: readonly string[]): Promise<Readonly<Record<string, ServerSettingsNow>>>;
  /**
   * Has the server of that pod load the settings file as the cluster has it now, once the file has arrived in the pod.
   * @returns settings that only a restart brings into force
   * @throws UserError where the file does not come, or the server finds an error in it
   */
  reloadSettings(pod: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Since when the server of that pod runs; null: it does not answer, or is a reader. Never throws. */
  serverStart(pod: string): Promise<string | null>;
  /**
   * Has the writer write to disk now what a shutdown would have to write. Never throws: without it a restart takes
   * longer.
   */
  checkpoint(signal: AbortSignal): Promise<void>;
  /**
   * Until the signal aborts, keeps the copy of a new reader from waiting for the writer's next checkpoint. Never
   * throws.
   */
  checkpointForBaseBackups(signal: AbortSignal): Promise<void>;
  /**
   * Drops the replication slots of the readers from that ordinal on, because a slot that nobody streams from holds back
   * WAL on the writer. A slot that is in use stays.
   */
  dropReplicationSlots(fromOrdinal: number): Promise<void>;
  /** `path` is absolute, on this machine. */
  dumpAt(path: string): Promise<DumpAt>;
  /**
   * Streams all databases and roles of the writer to that file, which appears when all of it is on the disk; with
   * `replace` in the place of another one. `onBytes` is called with the bytes so far.
   * @throws UserError DUMP_FAILED or CANCELLED; there is no new file then
   */
  dump(
    to: {readonly path: string; readonly replace: boolean} & Pick<DumpHeader, 'madeAt'>,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<{readonly bytes: number}>;
}
