// What the package exports: the operations and questions of the commands, for other programs, such as
// examples/install-and-scale.ts.
import type {Operation} from '../commands/operation.ts';
import type {Progress, Result} from '../plan/progress.ts';
import {readCatalogue} from './catalogue.ts';
import {checkedOperation} from './checked-operation.ts';
import {openConnections} from './connections.ts';
import {translated} from './errors.ts';
import {listReleases, type Listing} from './list.ts';
import {reachableStatus, reachOf} from './reach.ts';
import type {Settings} from './settings.ts';
import {statusOf, type Status} from './status.ts';
import {toEnd, workIn} from './work.ts';

export {UserError, type Cause, type CauseCode, type Remedy, type Warning} from '../core/cause.ts';
export type {Outcome} from '../core/outcome.ts';
export type {Progress, Result, Plan} from '../plan/progress.ts';
export type {Answers} from '../parameters/answers.ts';
export type {Listing} from './list.ts';
export type {Status} from './status.ts';

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
export type Asked = ForReleaseHere<Operation>;

export interface StartOptions {
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
  plan(operation: Asked): Promise<Result>;
  /**
   * Carries the operation out, without a question, and proves it. A result that is neither `succeeded` nor `unchanged`
   * carries the cause.
   * @throws UserError BAD_INPUT as `plan` does; others where the operation could not begin
   */
  start(operation: Asked, options?: StartOptions): Promise<Result>;
  /** The releases of this namespace. @throws UserError */
  list(): Promise<Listing>;
  /** Null: there is no such release. @throws UserError */
  status(release: string): Promise<Status | null>;
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
  const named = (asked: Asked) => checkedOperation({valuesFile: null, ...asked, ...place} as Operation);
  const connected: Connected = {
    ...place,
    plan: async (asked) => toEnd(work(named(asked), {dryRun: true, password: null})),
    start: async (asked, {onProgress, password = null} = {}) =>
      toEnd(work(named(asked), {dryRun: false, password}), onProgress),
    list: async () => listReleases(await readCatalogue(connection, namespace)),
    async status(release) {
      const status = statusOf(await (await connections.portsOf({...place, release})).look());
      const reach = reachOf(settings);
      return status && reach ? reachableStatus(status, reach) : status;
    },
  };
  return translated(connected, () => reachOf(settings));
}
