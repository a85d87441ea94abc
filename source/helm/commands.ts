// The helm commands that change or render a release, as calls that return data. Callers see no difference between helm
// 3 and helm 4.
import type {Cause} from '../core/cause.ts';
import {
  applyArgs,
  templateArgs,
  timeout,
  where,
  type Apply,
  type HelmTarget,
  type HelmTimeout,
  type Render,
  type RenderedFor,
} from './arguments.ts';
import type {Environment} from './environment.ts';
import {causeOf, helmText} from './errors.ts';
import type {HelmProgram} from './find.ts';
import {run, type RunResult} from './run.ts';

export {applyArgs};
export type {Apply, HelmTarget, HelmTimeout, Render};

/** `cause` is null when we do not recognise helm's text; `text` is then all there is to report. */
interface HelmFailure {
  readonly ok: false;
  readonly cause: Cause | null;
  readonly text: string;
  /** We stopped helm. The release's record says how far it got. */
  readonly stopped: boolean;
  readonly ms: number;
}

export type HelmOutcome<T> = ({readonly ok: true; readonly ms: number} & T) | HelmFailure;

export interface Helm {
  readonly program: HelmProgram;
  /** `revision` is the new one. */
  install(request: Apply): Promise<HelmOutcome<{readonly revision: number}>>;
  upgrade(request: Apply): Promise<HelmOutcome<{readonly revision: number}>>;
  /**
   * Makes a new revision with the content of `revision`, labels included. Pods of a broken template stay, because with
   * the update strategy OnDelete nobody deletes them.
   */
  rollback(
    request: HelmTimeout & {readonly target: HelmTarget; readonly revision: number},
  ): Promise<HelmOutcome<object>>;
  /** Succeeds also when there is no such release. The claims and the installer's Secret stay. */
  uninstall(request: HelmTimeout & {readonly target: HelmTarget}): Promise<HelmOutcome<object>>;
  /**
   * Renders with the cluster's answers (`lookup`, API versions) and changes nothing. Secrets are left out of the
   * manifest.
   */
  dryRun(request: Apply & {readonly exists: boolean}): Promise<HelmOutcome<{readonly manifest: string}>>;
  /** The chart's own values.yaml. */
  chartValues(request: Pick<Render, 'target' | 'chart'>): Promise<HelmOutcome<{readonly text: string}>>;
  /** Renders without a cluster, as for the one that is given. */
  template(
    request: Render & {readonly cluster: RenderedFor | null; readonly signal?: AbortSignal},
  ): Promise<HelmOutcome<{readonly manifest: string}>>;
}

/**
 * `graceMs`: how long helm may take to end after SIGTERM. A call throws a UserError only when helm cannot be started.
 */
export function helmCommands(program: HelmProgram, environment: Environment, graceMs?: number): Helm {
  const call = async <T extends object>(
    {args, target, input, signal}: Call,
    read: (stdout: string) => T,
  ): Promise<HelmOutcome<T>> => {
    const result = await run({path: program.path, args, input, environment, signal, graceMs});
    return result.exitCode === 0 ? {ok: true, ms: result.ms, ...read(result.stdout)} : failure(result, target);
  };
  const apply = (kind: 'install' | 'upgrade', request: Apply) =>
    call(
      {...request, args: applyArgs(kind, request, program.major), input: JSON.stringify(request.values)},
      (stdout) => ({revision: readJson(stdout).version}),
    );
  return {
    program,
    install: (request) => apply('install', request),
    upgrade: (request) => apply('upgrade', request),
    rollback(request) {
      const args = ['rollback', request.target.release, String(request.revision)];
      return call({...request, args: [...args, ...where(request.target), ...timeout(request)]}, () => ({}));
    },
    uninstall(request) {
      const args = ['uninstall', request.target.release, ...where(request.target), ...timeout(request)];
      return call({...request, args: [...args, '--ignore-not-found']}, () => ({}));
    },
    dryRun(request) {
      const args = applyArgs(request.exists ? 'upgrade' : 'install', request, program.major);
      const dry = {args: [...args, '--dry-run=server', '--hide-secret'], input: JSON.stringify(request.values)};
      return call({...request, ...dry}, (stdout) => ({manifest: readJson(stdout).manifest}));
    },
    chartValues({target, chart}) {
      return call({target, args: ['show', 'values', chart]}, (text) => ({text}));
    },
    template({target, chart, values, cluster, signal}) {
      const args = templateArgs({target, chart}, cluster);
      return call({target, args, input: JSON.stringify(values), signal}, (manifest) => ({manifest}));
    },
  };
}

interface Call {
  readonly target: HelmTarget;
  readonly args: readonly string[];
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
}

function failure(result: RunResult, target: HelmTarget): HelmFailure {
  const ended =
    result.signal === null ? `helm ended with exit code ${result.exitCode}` : `helm was ended by ${result.signal}`;
  return {
    ok: false,
    cause: causeOf(result.stderr, target),
    text: helmText(result.stderr) || ended,
    stopped: result.stopped,
    ms: result.ms,
  };
}

/**
 * The one JSON object that helm prints on success. Throws when the output is not JSON: then this is not the helm that
 * we took it for.
 */
function readJson(stdout: string): {version: number; manifest: string} {
  return JSON.parse(stdout) as {version: number; manifest: string};
}
