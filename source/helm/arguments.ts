// What is asked of helm, and the arguments that say it.
import {isRemoteChart} from '../chart/default-chart.ts';
import {commandLine} from '../core/shell.ts';

export interface HelmTarget {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
  /** One file; null: what KUBECONFIG or the default says. */
  readonly kubeconfig: string | null;
}

export interface Patience {
  /** Milliseconds that helm may wait for one operation, such as a hook. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Render {
  readonly target: HelmTarget;
  /** Absolute path of a folder or .tgz. */
  readonly chart: string;
  /** All of them, without passwords. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Apply extends Render, Patience {
  /** Go to the release's record. Helm merges them with those of the revision before. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What the history says about the revision; helm's own words without it. */
  readonly description?: string;
  /** Takes fields from whoever else changed them. Helm 4 alone asks; helm 3 takes them anyway. */
  readonly forceConflicts?: boolean;
  /** Takes objects that another release had, of that name. Helm 3.17 and later. */
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

/**
 * The context is always named: what `kubectl config use-context` says meanwhile must not matter. Empty: in a cluster.
 */
export function where({context, namespace, kubeconfig}: HelmTarget): string[] {
  return [
    '--namespace',
    namespace,
    ...(context === '' ? [] : ['--kube-context', context]),
    ...(kubeconfig === null ? [] : ['--kubeconfig', kubeconfig]),
  ];
}

export function timeout({timeoutMs}: Pick<Patience, 'timeoutMs'>): string[] {
  return ['--timeout', `${Math.max(1, Math.ceil(timeoutMs / 1000))}s`];
}

/**
 * The line that does what `install` or `upgrade` does. `chart` is where it came from, not our cached copy of it; the
 * values,
 * which we give on standard input, are read from `valuesFile`.
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
  return isRepository ? ['postgresql', '--repo', source, '--version', version] : [source];
}
