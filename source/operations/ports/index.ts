// All that operations and inspections know of the outside. client/adapters.ts joins the adapters into it.
import type {RunningSettings} from '../../chart/required-settings.ts';
import type {OperationRecord, Revision, Snapshot, Target} from '../../observation/snapshot.ts';
import type {Template} from '../../observation/pod-template.ts';
import type {
  PersistentVolumeClaim,
  ObjectMetadata,
  Pod,
  Resources,
  StatefulSet,
  PersistentVolume,
} from '../../observation/kubernetes.ts';
import type {PodToMake} from '../../observation/pod-of-set.ts';
import type {PodRefusal} from '../../observation/pod-refusal.ts';
import type {Survey} from '../../observation/survey.ts';
import type {ConfigMapContent} from '../../plan/manifests.ts';
import type {Values} from '../../chart/values.ts';

/** Clear text. Goes to the API server and to PostgreSQL, nowhere else. */
export interface Passwords {
  readonly admin: string;
  readonly user: string;
  readonly replication: string;
}

/** Clear text, as above. Several for one key where files differ. */
export interface MountedPasswords extends Readonly<Record<keyof Passwords, readonly string[]>> {
  readonly pod: string;
  /** Why the pod could not be asked; null when it was. */
  readonly failure: string | null;
}

export interface LoginAnswer {
  readonly is: 'right' | 'wrong' | 'unknown';
  /** Why, without a password. */
  readonly text: string;
}

/** A chart that is at hand: a folder or an archive on this machine. */
export interface Chart {
  readonly path: string;
  /** As the operator named it: a path or an oci:// URL. */
  readonly source: string;
  readonly version: string;
  readonly appVersion: string;
}

export interface HelmRun {
  readonly chart: Chart;
  readonly values: Values;
  /** For helm's history; absent: helm's own words. */
  readonly description?: string;
  /** Takes fields from whoever else changed them. */
  readonly forceConflicts?: boolean;
}

export interface PodRef {
  readonly name: string;
  readonly uid: string;
}

export interface PodPatch {
  /** Null takes it away. */
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly containers: readonly {readonly name: string; readonly image: string}[];
  /** CPU and memory, changed while the containers run. */
  readonly resources: readonly ContainerResources[];
}

export interface ContainerResources {
  readonly name: string;
  readonly resources: Resources;
}

export interface ImageTrial {
  readonly image: string;
  /** The pod that is to run it. */
  readonly beside: Pod;
  readonly pullSecret: string | null;
  /** The StatefulSet with which a pod that was forgotten goes. */
  readonly owner: {readonly name: string; readonly uid: string} | null;
}

export interface TrialStart {
  /** As helm renders it. */
  readonly template: Template;
  /** Those that helm renders, by name: the cluster has older ones of these names, or none yet. */
  readonly configMaps: Readonly<Record<string, ConfigMapContent>>;
  /** The pod that is to have it: the same node. */
  readonly beside: Pod;
  /** The StatefulSet with which a pod that was forgotten goes. */
  readonly owner: {readonly name: string; readonly uid: string} | null;
}

/**
 * What is at the path that a dump is to be written to. `none`: nothing, and it can be written; `other`: something that
 * is no dump of ours.
 */
export type DumpAt =
  | {readonly kind: 'none'}
  | {readonly kind: 'unwritable'; readonly why: string}
  | {readonly kind: 'other'}
  | {
      readonly kind: 'dump';
      readonly release: string;
      readonly namespace: string;
      /** ISO 8601. */ readonly madeAt: string;
      readonly whole: boolean;
      readonly bytes: number;
    };

/** One look at the release, or the fact that no look is possible just now. */
export type Observation =
  | {readonly kind: 'seen'; readonly snapshot: Snapshot}
  | {readonly kind: 'lost'; /** Milliseconds since the epoch. */ readonly since: number; readonly text: string};

/** One release in one namespace of one cluster. Every call may throw UserError; what throws anything else is a bug. */
export interface Ports {
  readonly target: Target;
  now(): number;

  survey(request: {readonly password: string | null; readonly pullSecret: string | null}): Promise<Survey>;
  /** One complete look, proofs included. */
  look(): Promise<Snapshot>;
  /**
   * Looks whenever something changed, and every second; proves endpoints as soon as they may answer. Ends with the
   * signal.
   * A read that `after` began is guaranteed to be seen: ring() asks for one now.
   */
  observe(
    signal: AbortSignal,
    pace?: 'busy' | 'calm',
  ): {readonly observations: AsyncGenerator<Observation>; readonly requestLook: () => void};

  createNamespace(): Promise<void>;
  passwords(): Promise<Passwords | null>;
  /** What the Secret holds, less keys that are empty; null when there is none. */
  storedPasswords(): Promise<Partial<Passwords> | null>;
  /** Gives the Secret what it lacks. A password that is there stays byte for byte, unless `replace` is said. */
  writePasswords(passwords: Partial<Passwords>, options?: {readonly replace?: boolean}): Promise<void>;
  /** What each running pod of the database has as files, or why it could not be asked. */
  mountedPasswords(): Promise<readonly MountedPasswords[]>;
  /** Whether the database takes that password, asked in one of its pods. */
  tryLogin(login: {readonly username: string; readonly password: string}): Promise<LoginAnswer>;
  /** Beside the passwords, which are kept as long as the data; null: none is remembered. */
  rememberSystemIdentifier(identifier: string | null): Promise<void>;
  deleteSecret(): Promise<void>;
  deleteClaims(names: readonly string[]): Promise<void>;

  /** Helm's, oldest first. */
  revisions(): Promise<readonly Revision[]>;
  /** One of them, opened; null when helm does not remember it. */
  record(revision: number): Promise<{readonly revision: Revision; readonly values: Values} | null>;
  /**
   * What helm made for this release and is there still, by its labels and helm's marks: never a Secret, a claim, or
   * what helm was told to keep. Kinds that may not be listed are left out.
   */
  helmObjects(): Promise<readonly ObjectMetadata[]>;
  /** Only those very objects: the uid decides. */
  deleteObjects(objects: readonly ObjectMetadata[]): Promise<void>;
  /** What helm applied in the newest revision. */
  manifest(): Promise<string>;
  /**
   * The pod templates that the StatefulSets had, by the revision that pods carry in a label. Empty when they may not be
   * read.
   */
  definitions(): Promise<Readonly<Record<string, Template>>>;
  /**
   * Pulls the image on the node of that pod, in a pod of its own that goes again.
   * @returns the PostgreSQL version in it; null when it does not say. Throws UserError when it cannot be pulled.
   */
  tryImage(trial: ImageTrial, signal: AbortSignal): Promise<string | null>;
  /**
   * Starts the writer's new definition in a pod of its own that goes again, with an empty volume and nobody led to it.
   * @throws UserError with the last words of one that does not get ready
   */
  trialStart(trialStart: TrialStart, signal: AbortSignal): Promise<void>;
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
  /** Until the signal aborts: a copy of a new reader does not wait for the writer's next checkpoint. Never throws. */
  checkpointForBaseBackups(signal: AbortSignal): Promise<void>;
  /** The namespace, and the claim and volume of that pod, as they are now and as far as they may be read. */
  storageUnder(pod: string): Promise<Pick<Snapshot, 'namespace' | 'claims' | 'volumes'>>;
  /** Only that very pod: the uid decides. */
  deletePod(pod: PodRef): Promise<void>;
  patchPod(pod: PodRef, patch: PodPatch): Promise<void>;
  /**
   * Whether the cluster would resize that very pod while it runs; nothing is changed.
   * @returns why not, to follow "because"; null when it would.
   */
  resizeProblem(pod: PodRef, resources: readonly ContainerResources[]): Promise<string | null>;
  /**
   * Has the API server take that pod in a dry run: admission and validation, whether or not the name is taken.
   * @returns what it says against it; null when it takes it, or this user may not make pods.
   */
  podRefusal(pod: PodToMake): Promise<PodRefusal | null>;
  /** What servers run with of the settings that a reader may not have lower; without those that do not answer. */
  runningSettings(pods: readonly string[]): Promise<Readonly<Record<string, RunningSettings>>>;
  /** Has the writer write down now what a shutdown would have to. Never throws: without it a restart takes longer. */
  checkpoint(signal: AbortSignal): Promise<void>;
  /**
   * Whether the writer's Service leads to its pod before that is ready: a client then finds it as soon as it listens.
   */
  publishNotReadyAddresses(early: boolean): Promise<void>;

  /** How many readers the cluster is to have, beside helm. With `dryRun` the cluster only says whether it would. */
  setReaders(count: number, options: {readonly dryRun: boolean}): Promise<void>;
  /** @param size Kubernetes quantity. With `dryRun` the cluster only says whether it would. */
  growClaims(names: readonly string[], size: string, options: {readonly dryRun: boolean}): Promise<void>;
  /** The StatefulSets go, their pods run on: the next ones of the names take them over. */
  orphanPods(sets: readonly StatefulSet[], options: {readonly dryRun: boolean}): Promise<void>;
  /** Those that may be read, by the claim's name. */
  volumes(claims: readonly PersistentVolumeClaim[]): Promise<Readonly<Record<string, PersistentVolume>>>;

  /** @returns null when the Lease is ours now, else who holds it, or may hold it still (`isEstimate`). */
  takeLease(record: Pick<OperationRecord, 'kind' | 'startedAt' | 'wanted' | 'dumpTo'>): Promise<OperationRecord | null>;
  /** Looks until it is known whether the holder is alive, or the signal aborts, or now() is at the deadline. */
  watchHolder(limits: {readonly signal: AbortSignal; readonly deadline: number}): Promise<OperationRecord | null>;
  /** @throws UserError RELEASE_LOCKED when the Lease is not ours any more */
  renewLease(): Promise<void>;
  /** That it is ours still; asks only where the last renewal is too old to know. @throws UserError as renewLease */
  confirmLease(): Promise<void>;
  /** Nobody holds it, and what is wanted stays written down. */
  pauseLease(): Promise<void>;
  endLease(): Promise<void>;

  readonly helm: {
    install(run: HelmRun, signal: AbortSignal): Promise<void>;
    upgrade(run: HelmRun, signal: AbortSignal): Promise<void>;
    rollback(revision: number, signal: AbortSignal): Promise<void>;
    uninstall(signal: AbortSignal): Promise<void>;
    /** Has the cluster accept the rendering without changing anything; the manifests, Secrets hidden. */
    dryRun(run: HelmRun, exists: boolean, signal: AbortSignal): Promise<string>;
    /** Has helm render without the cluster: shows in a fifth of the time whether chart and values fit. */
    render(run: HelmRun, signal: AbortSignal): Promise<string>;
    /** The helm command, for display. */
    describe(chart: Chart, kind?: 'install' | 'upgrade'): string;
  };
}
