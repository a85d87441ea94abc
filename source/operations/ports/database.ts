// PostgreSQL in the pods of a release.
import type {RunningSettings} from '../../chart/required-settings.ts';
import type {Passwords} from './secret.ts';

/** Clear text: stays in this process. Several for one key where files differ. */
export interface MountedPasswords extends Readonly<Record<keyof Passwords, readonly string[]>> {
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

export interface DatabasePort {
  /** What each running pod of the database has as files, or why it could not be asked. */
  mountedPasswords(): Promise<readonly MountedPasswords[]>;
  /** Whether the database takes that password, asked in one of its pods. */
  tryLogin(login: Login): Promise<LoginAnswer>;
  /** What servers run with of the settings that a reader may not have lower; without those that do not answer. */
  runningSettings(pods: readonly string[]): Promise<Readonly<Record<string, RunningSettings>>>;
  /** Has the writer write down now what a shutdown would have to. Never throws: without it a restart takes longer. */
  checkpoint(signal: AbortSignal): Promise<void>;
  /** Until the signal aborts: a copy of a new reader does not wait for the writer's next checkpoint. Never throws. */
  checkpointForBaseBackups(signal: AbortSignal): Promise<void>;
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
