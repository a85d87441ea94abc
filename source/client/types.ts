// What the screens may ask for. client.ts provides it; no screen knows a cluster, helm or a file.
import type {Values} from '../chart/tree.ts';
import type {Contexts} from './questions/contexts.ts';
import type {ReleaseRow, Status} from './questions/status.ts';
import type {Operation} from '../commands/operation.ts';
import type {Cause, Warning} from '../core/cause.ts';
import type {Activity, DatabaseSession} from '../observation/activity.ts';
import type {BackupListing} from '../observation/backups/backup-list.ts';
import type {ConnectionFormat} from '../observation/text/connection-strings.ts';
import type {Endpoints} from '../observation/endpoints.ts';
import type {RecordedHistory} from '../observation/text/history-lines.ts';
import type {Target} from '../observation/snapshot.ts';
import type {ReleaseStateWord} from '../observation/state.ts';
import type {Role} from '../observation/release-view.ts';
import type {Credentials, Plan, Progress, Result} from '../plan/progress.ts';
import type {Offer} from '../parameters/place.ts';

/** A cluster that answered. */
export interface Opened {
  readonly context: string;
  readonly kubernetesVersion: string;
  /** Such as `3.18`. */
  readonly helmVersion: string;
  readonly defaultNamespace: string;
  /** Null: namespaces may not be listed, so one is typed by hand. */
  readonly namespaces: readonly string[] | null;
  /** Null: releases may not be listed. */
  readonly releases: readonly ReleaseRow[] | null;
}

/** What the form needs to know about the place: the choices, and what the defaults become. */
export interface Surveyed extends Offer {
  /** A release of this name exists already. */
  readonly exists: boolean;
}

/** A release, and where it is or is to be. */
export type ReleasePlace = Pick<Target, 'context' | 'namespace' | 'release'>;

/** An operation in progress. `stop` asks it to end; `steps` ends when it has. */
export interface Work {
  readonly steps: AsyncGenerator<Progress, Result>;
  readonly stop: () => void;
}

/** The versions for the PostgreSQL major version that runs, newest first; null where the registry cannot be asked. */
export interface Versions {
  readonly imageTags: readonly string[] | null;
  readonly chartVersions: readonly string[] | null;
  /** The chart is a folder and not from a registry, so it has one version. */
  readonly chartIsFolder: boolean;
}

/** A revision that a rollback can go to. */
export interface EarlierRevision {
  readonly revision: number;
  /** As history shows it: `2026-01-02 03:04`. */
  readonly at: string;
  readonly chartVersion: string;
  readonly description: string;
}

export interface History extends RecordedHistory {
  /** The revision from before the adoption, whose rollback shows the way back; null: there is none to go back to. */
  readonly beforeAdoption: number | null;
}

export interface LogSource {
  readonly pod: string;
  readonly role: Role;
}

export interface LogTail extends LogSource {
  /** Null: there is no log yet, or it may not be read. */
  readonly lines: readonly string[] | null;
}

/** The strings by notation: URI, psql line, and so on. */
export type ConnectionStrings = Readonly<Record<ConnectionFormat, string>>;

export interface Client {
  /** How long to wait for an operation, in milliseconds. */
  readonly timeoutMs: number;
  contexts(): Promise<Contexts>;
  /** Makes the file the kubeconfig from now on. */
  useKubeconfig(path: string): void;
  /**
   * Starts the sandbox unless it runs, and makes it the cluster from now on. `onDoing` gets a line about what takes
   * time.
   * @throws UserError with what kept it from starting
   */
  useSandbox(onDoing: (text: string) => void): Promise<void>;
  /**
   * Fetches the helm that a `HELM_MISSING` offers. `onDoing` gets a line about what is being done.
   * @throws UserError with what else helps
   */
  fetchHelm(onDoing: (text: string) => void, signal: AbortSignal): Promise<void>;
  /** @throws UserError as connect and findHelm do */
  open(context: string | null): Promise<Opened>;
  survey(target: ReleasePlace): Promise<Surveyed>;
  /**
   * Checks and renders, changing nothing; helm ends with the signal. `password` is for an install; without it one is
   * generated.
   */
  plan(operation: Operation, signal: AbortSignal, password?: string | null): Promise<Result>;
  /**
   * Begins the operation without a question: the caller has asked already. `planned`: the plan that was shown; where
   * the release is another one by now, the operation is refused.
   */
  start(operation: Operation, password?: string | null, planned?: Plan | null): Work;
  /** The earlier revisions, newest first, without the current one. */
  earlierRevisions(target: ReleasePlace): Promise<readonly EarlierRevision[]>;
  /** Runs what a remedy or the menu proposed, without asking again. */
  run(operation: Operation): Work;
  /**
   * What is on the volume of the backups, where a pod looks.
   * @throws UserError BACKUP_NOT_FOUND, BACKUP_FAILED
   */
  backups(target: ReleasePlace, signal: AbortSignal): Promise<BackupListing>;
  /** Asks the registries of the image and of the chart; see chart.ts. */
  versions(target: ReleasePlace, signal: AbortSignal): Promise<Versions>;
  /** The chart's own values. `version`: that of the planned release; null: the one that an install would take. */
  chartValues(version: string | null, signal: AbortSignal): Promise<Values>;
  /** Yields the state of a release whenever it changes, until the signal aborts. Null: the release is gone. */
  follow(target: ReleasePlace, signal: AbortSignal): AsyncGenerator<Status | null | {readonly lost: string}>;
  /** What the writer is doing, once a second until the signal aborts; `lost`: there was no answer this time. */
  activity(target: ReleasePlace, signal: AbortSignal): AsyncGenerator<Activity | {readonly lost: string}>;
  /** Cancels the query of a session, or ends the session. `gone`: there is no such session any more. */
  endSession(
    target: ReleasePlace,
    session: DatabaseSession,
    what: 'query' | 'session',
  ): Promise<'asked' | 'gone' | 'refused'>;
  password(target: ReleasePlace): Promise<string | null>;
  connectionStrings(target: ReleasePlace, role: 'writer' | 'reader'): Promise<ConnectionStrings>;
  /** The values that helm has. */
  values(target: ReleasePlace): Promise<Values>;
  history(target: ReleasePlace): Promise<History>;
  /** The last lines of each pod's log. */
  logs(target: ReleasePlace): Promise<readonly LogTail[]>;
  /** `namespace` null: all namespaces. Returns null where releases may not be listed. */
  releases(context: string, namespace: string | null): Promise<readonly ReleaseRow[] | null>;
}

/** The state of a release that has endpoints. */
export interface WithEndpoints extends Status {
  readonly endpoints: Endpoints;
  readonly credentials: Credentials;
}

/** What is wrong with a release, or would be in the way of an install. */
export interface Finding {
  /** Null when there is no such release. */
  readonly state: ReleaseStateWord | null;
  readonly problems: readonly Cause[];
  readonly warnings: readonly Warning[];
}
