// What taking over a release that plain helm made needs of the outside.
import type {RunningSettings} from '../../chart/required-settings.ts';
import type {ContainerEnvironment} from '../../chart/container-environment.ts';

export interface AdoptionPort {
  /** Gives helm a record of what kubectl applied, as it stands; null: helm has one. Nothing else changes. */
  readonly recordApplied: (() => Promise<void>) | null;
  /** What the writer's container was started with, in clear text; or why it could not be read, without a password. */
  writerEnvironment(): Promise<ContainerEnvironment | {readonly failure: string}>;
  /**
   * What the writer runs with, of the settings that readers may not have lower; null where it does not answer.
   * @param admin the administrator's password, because the release has no Secret of ours yet
   */
  writerSettings(admin: string): Promise<RunningSettings | null>;
  /**
   * Has helm leave these Secrets where they are from now on, whatever its record says. A Secret that is gone is
   * skipped.
   */
  keepSecrets(names: readonly string[]): Promise<void>;
  /**
   * Notes on the Secret that was given which release it belongs to, and what the objects of that release are called.
   */
  noteNames(): Promise<void>;
  /** Gives the writer's pod these labels beside those that it has. */
  labelWriterPod(labels: Readonly<Record<string, string>>): Promise<void>;
  /** Makes the role that readers stream as, with the password that the Secret has. */
  makeReplicationRole(): Promise<void>;
  /** Adds the rules that let readers in to the running writer: nothing restarts. */
  letReadersIn(): Promise<void>;
}
