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

/** `unknown`: nobody could be asked, or whoever was asks for no password. */
export interface LoginAnswer {
  readonly is: 'right' | 'wrong' | 'unknown';
  /** Why, in the words of psql or of the cluster; without a password. */
  readonly text: string;
}

/** The database that a dump is of, as its first lines say. */
export interface DumpHeader {
  readonly release: string;
  readonly namespace: string;
  /** ISO 8601. */
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

/** `refused`: it does not take the administrator's password. */
export interface ChangeAnswer {
  readonly is: 'changed' | 'refused' | 'failed';
  /** Why, in the words of psql; without a password. */
  readonly text: string;
}

/** How a reader comes by the password that it streams with. */
export type FollowAnswer =
  | {readonly is: 'has it'}
  /** Where it has it cannot be changed while it runs, or it does not say. */
  | {readonly is: 'needs a restart'; readonly text: string}
  /** It did not answer, or does not know the administrator's password yet. */
  | {readonly is: 'unknown'; readonly text: string};

export interface DatabasePort {
  /** What each running pod of the database has as files, or why it could not be asked. `only`: that pod alone. */
  mountedPasswords(only?: string): Promise<readonly MountedPasswords[]>;
  /** Whether the database takes that password, asked in one of its pods. */
  tryLogin(login: Login): Promise<LoginAnswer>;
  /**
   * New passwords of roles that are there, all or none, on the writer. The server gets verifiers, no clear text.
   * Throws ConnectionError where nobody knows whether it has them: the same may be asked again.
   * @param admin the administrator's password as the server knows it now
   */
  changePasswords(changes: readonly Login[], admin: string): Promise<ChangeAnswer>;
  /**
   * From its next connection on that reader streams with the password; the one it has goes on.
   * Throws ConnectionError where it cannot be asked.
   */
  followPassword(pod: string, password: {readonly admin: string; readonly replication: string}): Promise<FollowAnswer>;
  /** What servers run with of the settings that a reader may not have lower; without those that do not answer. */
  runningSettings(pods: readonly string[]): Promise<Readonly<Record<string, RunningSettings>>>;
  /** How the writer's databases are sorted; null where it does not answer. Never throws. */
  sorting(): Promise<Sorting | null>;
  /**
   * Rebuilds on the writer the indexes of these, while it serves, and then has it write down the version that it has.
   * Ends early with the signal.
   * @throws UserError COLLATION_CHANGED for an index that cannot be rebuilt
   */
  rebuildIndexes(texts: readonly SortedText[], signal: AbortSignal): Promise<void>;
  /** All settings that can be set, by names in lower case; without the servers that do not answer. */
  serverSettings(pods: readonly string[]): Promise<Readonly<Record<string, ServerSettingsNow>>>;
  /**
   * Has the server of that pod take the file of settings as the cluster has it now, once it is there.
   * @returns settings that only a restart brings about
   * @throws UserError where the file does not come, or the server finds an error in it
   */
  reloadSettings(pod: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Since when the server of that pod runs; null: it does not answer, or is a reader. Never throws. */
  serverStart(pod: string): Promise<string | null>;
  /** Has the writer write down now what a shutdown would have to. Never throws: without it a restart takes longer. */
  checkpoint(signal: AbortSignal): Promise<void>;
  /** Until the signal aborts: a copy of a new reader does not wait for the writer's next checkpoint. Never throws. */
  checkpointForBaseBackups(signal: AbortSignal): Promise<void>;
  /**
   * Drops on the writer the replication slots of the readers from that ordinal on: what nobody streams from any more
   * holds back WAL. One that is streamed from stays.
   */
  dropReplicationSlots(fromOrdinal: number): Promise<void>;
  /** `path` is absolute, on this machine. */
  dumpAt(path: string): Promise<DumpAt>;
  /**
   * All databases and roles of the writer, streamed to that file, which is there when all of it is on the disk; with
   * `replace` in the place of another one. `onBytes` is told how much there is so far.
   * @throws UserError DUMP_FAILED or CANCELLED; there is no new file then
   */
  dump(
    to: {readonly path: string; readonly replace: boolean},
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<{readonly bytes: number}>;
}
