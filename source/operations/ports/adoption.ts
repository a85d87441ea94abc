// What taking over a release that plain helm made needs of the outside.
import type {ContainerEnvironment} from '../../chart/container-environment.ts';

export interface AdoptionPort {
  /** Helm gets a record of what kubectl applied, as it stands; null: it has one. Nothing else changes. */
  readonly recordApplied: (() => Promise<void>) | null;
  /** What the writer's container was started with, in clear text; or why it could not be read, without a password. */
  writerEnvironment(): Promise<ContainerEnvironment | {readonly failure: string}>;
  /** Helm leaves these Secrets where they are from now on, whatever its record says. One that is gone is left out. */
  keepSecrets(names: readonly string[]): Promise<void>;
  /** The Secret that was given says whose it is, and how the objects of the release are called. */
  noteNames(): Promise<void>;
  /** The role that readers stream as, with the password that the Secret has. */
  makeReplicationRole(): Promise<void>;
  /** Rules that let readers in, on the writer as it runs: nothing restarts. */
  letReadersIn(): Promise<void>;
}
