// What the screens may ask for. client.ts provides it; no screen knows a cluster, helm or a file.
import type {Values} from '../chart/tree.ts';
import type {ReleaseRow, Status} from './status.ts';
import type {Operation} from '../commands/operation.ts';
import type {Activity, Session} from '../observation/activity.ts';
import type {BackupListing} from '../observation/backup-list.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Progress, Result} from '../operations/progress.ts';
import type {Offer} from '../parameters/place.ts';

/** A cluster that answered. */
export interface Opened {
  readonly context: string;
  readonly kubernetesVersion: string;
  /** Such as `3.18`. */
  readonly helmVersion: string;
  readonly defaultNamespace: string;
  /** Null: they may not be listed, so one is typed by hand. */
  readonly namespaces: readonly string[] | null;
  /** Null: not allowed to look. */
  readonly releases: readonly ReleaseRow[] | null;
}

/** What the form needs to know of the place: the choices, and what the defaults become. */
export interface Surveyed extends Offer {
  /** The name is taken. */
  readonly exists: boolean;
}

/** A release, and where it is or is to be. */
export type ReleasePlace = Pick<Target, 'context' | 'namespace' | 'release'>;

/** An operation in progress; `stop` asks it to end, and it ends by itself when it has. */
export interface Work {
  readonly steps: AsyncGenerator<Progress, Result>;
  readonly stop: () => void;
}

/** What there is of the PostgreSQL major version that runs, newest first; null where the registry cannot be asked. */
export interface Versions {
  readonly imageTags: readonly string[] | null;
  readonly chartVersions: readonly string[] | null;
  /** Not from a registry: it has one version. */
  readonly chartIsFolder: boolean;
}

/** One that a rollback can go to. */
export interface EarlierRevision {
  readonly revision: number;
  /** As history shows it: `2026-01-02 03:04`. */
  readonly at: string;
  readonly chartVersion: string;
  readonly description: string;
}

/** By form: URI, psql line, and so on. */
export type ConnectionStrings = Readonly<Record<'uri' | 'psql' | 'env' | 'jdbc' | 'dotnet', string>>;

export interface Client {
  /** How long an operation is waited for, in milliseconds. */
  readonly timeoutMs: number;
  contexts(): Promise<{readonly names: readonly string[]; readonly current: string | null}>;
  /** From now on that file is the kubeconfig. */
  useKubeconfig(path: string): void;
  /**
   * Starts the sandbox unless it runs; from now on it is the cluster. `onDoing` is told what takes time, as one line.
   * @throws UserError with what kept it from starting
   */
  useSandbox(onDoing: (text: string) => void): Promise<void>;
  /**
   * Fetches the helm that a `HELM_MISSING` offers; `onDoing` is told what is being done, as one line.
   * @throws UserError with what else helps
   */
  fetchHelm(onDoing: (text: string) => void, signal: AbortSignal): Promise<void>;
  /** @throws UserError as connect and findHelm do */
  open(context: string | null): Promise<Opened>;
  survey(target: ReleasePlace): Promise<Surveyed>;
  /** Checks and renders, changing nothing. `password`: of an install; without it one is generated. */
  plan(operation: Operation, password?: string | null): Promise<Result>;
  /** Whoever begins it has asked already. */
  start(operation: Operation, password?: string | null): Work;
  /** Newest first, without the one that is. */
  earlierRevisions(target: ReleasePlace): Promise<readonly EarlierRevision[]>;
  /** What a remedy or the menu proposed. It is not asked about again. */
  run(operation: Operation): Work;
  /**
   * What is on the volume of the backups; a pod looks there.
   * @throws UserError BACKUP_NOT_FOUND, BACKUP_FAILED
   */
  backups(target: ReleasePlace): Promise<BackupListing>;
  /** Asks the registries of the image and of the chart; see chart.ts. */
  versions(target: ReleasePlace): Promise<Versions>;
  /** What the chart says by itself. `version`: of the release that is planned; null: the one an install would take. */
  chartValues(target: ReleasePlace, version: string | null): Promise<Values>;
  /** The state of a release whenever it changes, until the signal aborts. Null: it is gone. */
  follow(target: ReleasePlace, signal: AbortSignal): AsyncGenerator<Status | null | {readonly lost: string}>;
  /** What the writer is doing, once a second until the signal aborts; `lost`: there was no answer this time. */
  activity(target: ReleasePlace, signal: AbortSignal): AsyncGenerator<Activity | {readonly lost: string}>;
  /** Cancels what a session runs, or ends the session. `gone`: there is no such session any more. */
  endSession(target: ReleasePlace, session: Session, what: 'query' | 'session'): Promise<'asked' | 'gone' | 'refused'>;
  password(target: ReleasePlace): Promise<string | null>;
  connectionStrings(target: ReleasePlace, role: 'writer' | 'reader'): Promise<ConnectionStrings>;
  values(target: ReleasePlace): Promise<readonly string[]>;
  history(target: ReleasePlace): Promise<readonly string[]>;
  logs(target: ReleasePlace): Promise<readonly string[]>;
  /** `namespace` null: all of them. Null: they may not be listed. */
  releases(context: string, namespace: string | null): Promise<readonly ReleaseRow[] | null>;
}
