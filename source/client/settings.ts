// The settings of everything that a client does: which cluster, which chart, how long to wait.
import {defaultChart} from '../chart/default-chart.ts';
import {badInput, type Cause} from '../core/cause.ts';
import type {HelmProgram} from '../helm/find.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Ports} from '../operations/ports/index.ts';

export type {HelmProgram};

export interface Settings {
  /** By their camel-case names: `kubeconfig`, `sandbox`, `chart`, `chartVersion`, `timeout` and what a command adds. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborting ends everything that was begun. */
  readonly signal: AbortSignal;
  /**
   * Called once when no usable helm was found; absent: that is an error.
   * @throws UserError
   */
  readonly obtainHelm?: (missing: Cause) => Promise<HelmProgram>;
}

/** One release, and the ports and settings to work on it with. */
export interface ReleaseSession {
  readonly target: Target;
  readonly ports: Ports;
  readonly helmProgram: () => Promise<HelmProgram>;
}

export function text(option: unknown): string | null {
  return typeof option === 'string' ? option : null;
}

/** `90s`, `10m`, `1h` or plain seconds → milliseconds. Default 10 minutes. */
export function timeoutOf(options: Settings['options']): number {
  const given = text(options['timeout']) ?? '10m';
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(given) ?? [];
  const factor = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}[unit] ?? 0;
  const ms = Number(number) * factor;
  if (!Number.isFinite(ms) || ms <= 0 || ms > 7 * 86_400_000)
    throw badInput(`--timeout: "${given}" is not a duration. Use one such as 90s, 10m or 1h.`);
  return ms;
}

/** Where the chart comes from: flag, environment, what an earlier run recorded, default, in this order. */
export function chartGiven(
  {options, environment}: Pick<Settings, 'options' | 'environment'>,
  last: string | null = null,
): string {
  return text(options['chart']) ?? (environment['PGHI_CHART'] || last) ?? defaultChart.source;
}
