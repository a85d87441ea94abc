// What the package exports: the operations and questions of the commands, for other programs. docs/library.md shows it.
import {checkoutRoot, findHelm, type HelmProgram} from '../helm/find.ts';
import {helmCommands} from '../helm/commands.ts';
import {fullnameOf} from '../chart/names.ts';
import {connect as connectCluster, type Connection} from '../cluster/connect.ts';
import type {Operation} from '../commands/operation.ts';
import type {Progress, Result} from '../operations/progress.ts';
import {createAdapters} from './adapters.ts';
import {begin} from './begin.ts';
import {readCatalogue} from './catalogue.ts';
import {listReleases, type Listing} from './list.ts';
import type {Settings} from './settings.ts';
import {statusOf, type Status} from './status.ts';

export {UserError, type Cause, type CauseCode, type Remedy, type Warning} from '../core/cause.ts';
export type {Outcome} from '../core/outcome.ts';
export type {Progress, Result, Plan} from '../operations/progress.ts';
export type {Answers} from '../parameters/answers.ts';
export type {Listing} from './list.ts';
export type {Status} from './status.ts';

export interface ConnectOptions {
  /** A file; without it KUBECONFIG, then ~/.kube/config, then the service account of the pod. */
  readonly kubeconfig?: string;
  /** Without it the kubeconfig's current one. */
  readonly context?: string;
  /** Without it that of the context. */
  readonly namespace?: string;
  /** `oci://…` or a folder; without it the Bitnami chart that this version was made with. */
  readonly chart?: string;
  /** How long an operation is waited for, in milliseconds. Default 10 minutes. */
  readonly timeoutMs?: number;
  /**
   * Ends everything that was begun; what helm and the cluster were told goes on, and the same operation takes it up.
   */
  readonly signal?: AbortSignal;
}

type ForReleaseHere<One> = One extends Operation ? Omit<One, 'namespace' | 'context' | 'valuesFile'> : never;
/** An operation on a release in the namespace of the connection. */
export type Asked = ForReleaseHere<Operation>;

export interface StartOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Of an install; without it one is generated. It goes into the Secret and nowhere else. */
  readonly password?: string;
}

export interface Connected {
  readonly context: string;
  readonly namespace: string;
  /**
   * What the operation would do: checks and consequences, nothing is changed.
   * @throws UserError where that cannot be found out
   */
  plan(operation: Exclude<Asked, {readonly kind: 'recover'}>): Promise<Result>;
  /**
   * Does it, without a question, and proves it. A result that is not `succeeded` or `unchanged` carries the cause.
   * @throws UserError where it could not begin
   */
  start(operation: Asked, options?: StartOptions): Promise<Result>;
  /** Of this namespace. @throws UserError */
  list(): Promise<Listing>;
  /** Null: there is no such release. @throws UserError */
  status(release: string): Promise<Status | null>;
}

/** @throws UserError CLUSTER_UNREACHABLE and others, as the commands do */
export async function connect(given: ConnectOptions = {}): Promise<Connected> {
  const {kubeconfig = null, context = null, chart, timeoutMs, signal = new AbortController().signal} = given;
  const environment = process.env;
  const settings: Settings = {
    options: {kubeconfig, chart, ...(timeoutMs === undefined ? {} : {timeout: `${timeoutMs}ms`})},
    environment,
    signal,
  };
  const connection = await connectCluster({kubeconfig, context});
  const namespace = given.namespace ?? connection.defaultNamespace;
  const sessionOf = sessionsOf(connection, namespace, settings);
  const named = (asked: Asked) => ({valuesFile: null, ...asked, namespace, context: connection.context}) as Operation;
  return {
    context: connection.context,
    namespace,
    plan: (asked) =>
      toEnd(begin(named(asked), settings, sessionOf(asked.release), {dryRun: true, password: null, signal})),
    start: (asked, {onProgress, password = null} = {}) =>
      toEnd(begin(named(asked), settings, sessionOf(asked.release), {dryRun: false, password, signal}), onProgress),
    list: async () => listReleases(await readCatalogue(connection, namespace)),
    status: async (release) => statusOf(await sessionOf(release).ports.look()),
  };
}

function sessionsOf(connection: Connection, namespace: string, {environment, signal}: Settings) {
  let program: Promise<HelmProgram> | null = null;
  const helmProgram = () => (program ??= findHelm({environment, checkout: checkoutRoot(), signal}));
  const helm = async () => helmCommands(await helmProgram(), environment);
  return (release: string) => {
    const target = {context: connection.context, namespace, release, fullname: fullnameOf(release)};
    return {connection, target, ports: createAdapters(connection, helm, target), helmProgram};
  };
}

async function toEnd(
  steps: AsyncGenerator<Progress, Result>,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Result> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
    onProgress(step.value);
  }
}
