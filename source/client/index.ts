// What the package exports: the operations and questions of the commands, for other programs, such as
// examples/install-and-scale.ts.
import type {Values} from '../chart/tree.ts';
import type {Operation} from '../commands/operation.ts';
import type {BackupListing} from '../observation/backups/backup-list.ts';
import type {KeptVolume} from '../observation/role/kept-volumes.ts';
import type {Role} from '../observation/release-view.ts';
import type {Plan, Progress, Result} from '../plan/progress.ts';
import {listedBackups} from './requests/backup-request.ts';
import {readCatalogue} from './questions/catalogue.ts';
import {checkedOperation, namedRelease} from './requests/checked-operation.ts';
import {openConnections} from './connections.ts';
import {examine} from './questions/doctor.ts';
import {translated} from './errors.ts';
import {listReleases, type Listing} from './questions/list.ts';
import {connectionStringsOf, endpointsNow, passwordOf} from './questions/endpoints.ts';
import {historyOf} from './questions/history.ts';
import {logSourcesOfRelease, logTails} from './questions/logs.ts';
import {reachableCause, reachableKept, reachableStatus, reachableWarning, reachOf} from './reachable-commands.ts';
import {closeSession, type Session} from './session.ts';
import type {Settings} from './settings.ts';
import {statusOf, type Status} from './questions/status.ts';
import type {ConnectionStrings, Finding, History, LogTail, WithEndpoints} from './types.ts';
import {valuesOf} from './questions/values.ts';
import {toEnd, workIn} from './work.ts';

export {UserError, type Cause, type CauseCode, type Remedy, type Warning} from '../core/cause.ts';
export type {Outcome} from '../core/outcome.ts';
export type {Progress, Result, Plan} from '../plan/progress.ts';
export type {Answers} from '../parameters/answers.ts';
export type {BackupListing, ConnectionStrings, History, Listing, LogTail, Status, Values};

export interface ConnectOptions {
  /** The path of a kubeconfig; without it KUBECONFIG, then ~/.kube/config, then the service account of the pod. */
  readonly kubeconfig?: string;
  /** The context; without it the kubeconfig's current one. */
  readonly context?: string;
  /** The namespace; without it that of the context. */
  readonly namespace?: string;
  /** A chart as `oci://…` or a folder; without it the Bitnami chart that this version was made with. */
  readonly chart?: string;
  /** How long to wait for an operation, in milliseconds. Default 10 minutes. */
  readonly timeoutMs?: number;
  /**
   * Aborting ends everything that was begun. What helm and the cluster were already told goes on, and the same
   * operation takes it up.
   */
  readonly signal?: AbortSignal;
}

type ForReleaseHere<One> = One extends Operation ? Omit<One, 'namespace' | 'context' | 'valuesFile'> : never;
/** An operation on a release in the namespace of the connection. */
export type OperationHere = ForReleaseHere<Operation>;

export interface PlanOptions {
  /** Ends this plan, and the helm that makes it. */
  readonly signal?: AbortSignal;
  /** The password that the install will be given: it is checked, and no part of the plan. */
  readonly password?: string;
}

export interface StartOptions {
  /** The plan that was shown: where the release is another one by now, the operation is refused. */
  readonly planned?: Plan;
  /**
   * Ends this operation as ctrl-c ends a command: what helm and the cluster were already told goes on, and the same
   * operation takes it up.
   */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** The password for an install; without it one is generated. It goes into the Secret and nowhere else. */
  readonly password?: string;
}

export interface Connected {
  readonly context: string;
  readonly namespace: string;
  /**
   * Plans the operation: its checks and consequences. Nothing is changed.
   * @throws UserError BAD_INPUT for an operation that is none, or a value out of its limits; others where the plan
   * cannot be made
   */
  plan(operation: OperationHere, options?: PlanOptions): Promise<Result>;
  /**
   * Carries the operation out, without a question, and proves it. A result that is neither `succeeded` nor `unchanged`
   * carries the cause.
   * @throws UserError BAD_INPUT as `plan` does; others where the operation could not begin
   */
  start(operation: OperationHere, options?: StartOptions): Promise<Result>;
  /** The releases of this namespace. @throws UserError */
  list(): Promise<Listing>;
  /** Null: there is no such release. @throws UserError */
  status(release: string): Promise<Status | null>;
  /**
   * Where clients connect, proven just now, and the strings to connect with, without the password.
   * @throws UserError RELEASE_NOT_FOUND, ENDPOINT_UNPROVEN where it has none yet
   */
  endpoints(release: string): Promise<EndpointsAnswer>;
  /** The password of the application's user; null: there is none yet. @throws UserError FORBIDDEN */
  password(release: string): Promise<string | null>;
  /** The revisions that helm remembers, and the moves of the writer's role. @throws UserError RELEASE_NOT_FOUND */
  history(release: string): Promise<History>;
  /** The values that helm was given; they hold no passwords. @throws UserError RELEASE_NOT_FOUND */
  values(release: string): Promise<Values>;
  /** The last lines of each pod's log; 100 where `tailLines` says nothing. @throws UserError RELEASE_NOT_FOUND */
  logs(release: string, options?: {readonly tailLines?: number}): Promise<readonly LogTail[]>;
  /** What is wrong with a release, or would be in the way of an install. @throws UserError */
  doctor(release: string): Promise<Examined>;
  /** What is on the volume of the backups, where a pod looks. @throws UserError BACKUP_NOT_FOUND, BACKUP_FAILED */
  backups(release: string, options?: {readonly signal?: AbortSignal}): Promise<BackupListing>;
  /** Gives back what the connection holds, which could keep the process alive. */
  close(): void;
}

export interface EndpointsAnswer extends Pick<WithEndpoints, 'endpoints' | 'credentials' | 'tls'> {
  /** By endpoint and notation; the word PASSWORD stands for the password. */
  readonly connectionStrings: Readonly<Record<Role, ConnectionStrings>>;
}

export interface Examined extends Finding {
  /** Volumes of earlier writers that failovers kept. */
  readonly keptVolumes: readonly KeptVolume[];
}

/** @throws UserError CLUSTER_UNREACHABLE and others, as the commands do */
export async function connect(given: ConnectOptions = {}): Promise<Connected> {
  const {kubeconfig = null, context = null, chart, timeoutMs, signal = new AbortController().signal} = given;
  const settings: Settings = {
    options: {kubeconfig, chart, ...(timeoutMs === undefined ? {} : {timeout: `${timeoutMs}ms`})},
    environment: process.env,
    signal,
  };
  const connections = openConnections(settings);
  const connection = await connections.open(context);
  const namespace = given.namespace ?? connection.defaultNamespace;
  const place = {context: connection.context, namespace};
  const work = workIn(settings, connections);
  const named = (asked: OperationHere) => checkedOperation({valuesFile: null, ...asked, ...place} as Operation);
  const connected: Connected = {
    ...place,
    plan: async (asked, {signal: left, password = null} = {}) =>
      toEnd(work(named(asked), {dryRun: true, startsLater: true, password, signal: left})),
    start: async (asked, {onProgress, signal: left, password = null, planned = null} = {}) =>
      toEnd(work(named(asked), {dryRun: false, password, planned, signal: left}), onProgress),
    list: async () => listReleases(await readCatalogue(connection, namespace)),
    async status(release) {
      const status = statusOf(await (await connections.portsOf({...place, release: namedRelease(release)})).look());
      const reach = reachOf(settings);
      return status && reach ? reachableStatus(status, reach) : status;
    },
    ...questions(async (release) => connections.sessionOf({...place, release: namedRelease(release)}), settings),
    close: () => closeSession({connection}),
  };
  return translated(connected, () => reachOf(settings));
}

type Question = 'endpoints' | 'password' | 'history' | 'values' | 'logs' | 'doctor' | 'backups';

function questions(sessionOf: (release: string) => Promise<Session>, settings: Settings): Pick<Connected, Question> {
  return {
    async endpoints(release) {
      const {status} = await endpointsNow(await sessionOf(release));
      const {endpoints, credentials, tls} = status;
      const strings = (role: Role) => connectionStringsOf(status, role, 'placeholder');
      return {endpoints, credentials, tls, connectionStrings: {writer: strings('writer'), reader: strings('reader')}};
    },
    password: async (release) => passwordOf(await sessionOf(release)),
    history: async (release) => historyOf(await sessionOf(release)),
    values: async (release) => valuesOf(await sessionOf(release)),
    async logs(release, {tailLines = 100} = {}) {
      const session = await sessionOf(release);
      return logTails(session, await logSourcesOfRelease(session, null), tailLines);
    },
    async doctor(release) {
      const {state, problems, warnings, kept} = await examine(await sessionOf(release));
      const reach = reachOf(settings) ?? ((command: string) => command);
      return {
        state,
        problems: problems.map((one) => reachableCause(one, reach)),
        warnings: warnings.map((one) => reachableWarning(one, reach)),
        keptVolumes: kept.map((one) => reachableKept(one, reach)),
      };
    },
    async backups(release, {signal} = {}) {
      const either = AbortSignal.any([settings.signal, ...(signal ? [signal] : [])]);
      return listedBackups(await sessionOf(release), either);
    },
  };
}
