// What is asked of helm, and the arguments that say it.
import {databaseChart} from '../chart/names.ts';
import {isRemoteChart} from '../chart/default-chart.ts';
import {commandLine} from '../core/shell.ts';

export interface HelmTarget {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
  /** The kubeconfig file to use; null: whatever KUBECONFIG or the default location says. */
  readonly kubeconfig: string | null;
}

export interface HelmTimeout {
  /** Milliseconds that helm may wait for one operation, such as a hook. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Render {
  readonly target: HelmTarget;
  /** Absolute path of a folder or .tgz. */
  readonly chart: string;
  /** The complete values, without passwords. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * What the cluster is, for a rendering without it. Helm's own guess knows no group of a distribution, as OpenShift has.
 */
export interface RenderedFor {
  /** `group/version` of each group that it serves; empty where they may not be read. */
  readonly apiVersions: readonly string[];
  /** Null: not known. */
  readonly kubeVersion: string | null;
}

export interface Apply extends Render, HelmTimeout {
  /** They go into the release's record. Helm merges them with the labels of the revision before. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What `helm history` says about the revision; helm writes a text of its own when this is left out. */
  readonly description?: string;
  /** Takes over fields that somebody else has changed. Only helm 4 has to be told; helm 3 takes them anyway. */
  readonly forceConflicts?: boolean;
  /** Takes over objects of the same name that belong to another release. Helm 3.17 and later. */
  readonly takeOwnership?: boolean;
}

/** The arguments of `helm install` or `helm upgrade`; values come on standard input. */
export function applyArgs(
  kind: 'install' | 'upgrade',
  request: Omit<Apply, 'values' | 'signal'>,
  major: 3 | 4,
): string[] {
  const {target, chart, labels = {}, description, forceConflicts = false, takeOwnership = false} = request;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return [
    kind,
    target.release,
    chart,
    ...where(target),
    '-f',
    '-',
    ...(kind === 'upgrade' ? ['--reset-values'] : []),
    ...timeout(request),
    '-o',
    'json',
    ...(pairs.length > 0 ? ['--labels', pairs.join(',')] : []),
    ...(description === undefined ? [] : ['--description', description]),
    ...(forceConflicts && major === 4 ? ['--force-conflicts'] : []),
    ...(takeOwnership ? ['--take-ownership'] : []),
  ];
}

/** The arguments of `helm template`; values come on standard input. */
export function templateArgs({target, chart}: Omit<Render, 'values'>, cluster: RenderedFor | null): string[] {
  const {apiVersions = [], kubeVersion = null} = cluster ?? {};
  return [
    ...['template', target.release, chart, '--namespace', target.namespace, '-f', '-'],
    ...(apiVersions.length === 0 ? [] : ['--api-versions', apiVersions.join(',')]),
    ...(kubeVersion === null ? [] : ['--kube-version', kubeVersion]),
  ];
}

/**
 * The context is always named, so that a `kubectl config use-context` in the meantime does not matter. It is empty when
 * this program runs inside a cluster.
 */
export function where({context, namespace, kubeconfig}: HelmTarget): string[] {
  return [
    '--namespace',
    namespace,
    ...(context === '' ? [] : ['--kube-context', context]),
    ...(kubeconfig === null ? [] : ['--kubeconfig', kubeconfig]),
  ];
}

export function timeout({timeoutMs}: Pick<HelmTimeout, 'timeoutMs'>): string[] {
  return ['--timeout', `${Math.max(1, Math.ceil(timeoutMs / 1000))}s`];
}

/**
 * The command line that does what `install` or `upgrade` does. `chart` is where the chart came from, not our cached
 * copy; the values, which we give on standard input, are read from `valuesFile` instead.
 */
export function applyCommandLine(
  kind: 'install' | 'upgrade',
  request: Omit<Apply, 'chart' | 'values' | 'signal'>,
  {
    chart,
    major,
    valuesFile = 'values.yaml',
  }: {chart: {source: string; version: string}; major: 3 | 4; valuesFile?: string},
): string {
  const [name = '', ...from] = chartWords(chart.source, chart.version);
  const args = applyArgs(kind, {...request, chart: name}, major).map((word) => (word === '-' ? valuesFile : word));
  return commandLine('helm', [
    ...args.slice(0, 3),
    ...from,
    ...args.slice(3).filter((word, at, all) => word !== '-o' && all[at - 1] !== '-o'),
  ]);
}

/** How helm is told of a chart: at a path, in a registry, as a file at an address, or in a repository. */
export function chartWords(source: string, version: string): readonly string[] {
  if (source.startsWith('oci://')) return [source, '--version', version];
  const isRepository = isRemoteChart(source) && !source.endsWith('.tgz');
  return isRepository ? [databaseChart, '--repo', source, '--version', version] : [source];
}
