// Turns what --chart says into a chart on this machine: a folder, a .tgz, or one that is pulled once.
import {databaseChart} from '../chart/names.ts';
import {readFile, rm, stat} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {isRemoteChart} from '../chart/default-chart.ts';
import {badInput, cause, UserError} from '../core/cause.ts';
import {quoted} from '../core/shell.ts';
import {
  cachedChart,
  chartCacheFolder,
  digestFile,
  digestIn,
  isAsRecorded,
  keepChart,
  recordDigest,
  recordedDigest,
} from './chart-cache.ts';
import type {Environment} from './environment.ts';
import {helmText} from './errors.ts';
import type {HelmProgram} from './find.ts';
import {pullChart} from './pull-chart.ts';
import {run} from './run.ts';

export interface LocalChart {
  /** Absolute: a folder or a .tgz. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** The PostgreSQL version that the chart says it is for; empty when it does not. */
  readonly appVersion: string;
  /** What was asked for: the oci:// address, or the absolute path. */
  readonly source: string;
}

interface ChartRequest {
  /** A path, `oci://…`, or `https://…`: a repository, or the .tgz itself. */
  readonly source: string;
  /** Exact. Null: whatever version is at that path; a registry always needs one. */
  readonly version: string | null;
  readonly program: HelmProgram;
  readonly environment: Environment;
  readonly cacheFolder?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Throws a UserError: CHART_NOT_FOUND, CHART_FORBIDDEN, CHART_RATE_LIMITED, CHART_REJECTED (not a postgresql chart, or
 * not
 * readable), BAD_INPUT (an address or version that cannot be one), CANCELLED.
 */
export async function resolveChart(request: ChartRequest): Promise<LocalChart> {
  if (isRemoteChart(request.source)) return fromRegistry(request);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(request.source)) {
    throw badInput(`The chart "${request.source}" is neither a path nor an oci:// or https:// address.`);
  }
  const path = resolve(request.source);
  return checked(await describe(path, path, request), request.version);
}

async function fromRegistry(request: ChartRequest): Promise<LocalChart> {
  const {source, version} = request;
  if (version === null || !/^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(version)) {
    throw badInput(
      'A chart from a registry needs an exact version such as 16.7.26, not ' +
        `${version === null ? 'none' : `"${version}"`}.`,
      [{title: 'Name it with --chart-version'}],
    );
  }
  const {cacheFolder = chartCacheFolder(request.environment)} = request;
  const file = cachedChart(cacheFolder, source, version);
  const known = await recordedDigest(file);
  if (await isAsRecorded(file, known)) {
    try {
      return checked(await describe(file, source, request), version);
    } catch (error) {
      if (!(error instanceof UserError) || error.reason.code === 'CANCELLED') throw error;
      // A full or failing disk has spoiled the cached file; the registry still has the chart.
      await rm(file, {force: true});
    }
  }
  const path = await keepChart(file, cacheFolder, async (into) => {
    await pullChart({...request, version, into});
    const digest = await digestIn(into);
    if (known !== null && digest !== known) throw anotherChart(source, version, {known, digest, file});
  });
  const chart = checked(await describe(path, source, request), version);
  if (known === null) await recordDigest(file, path);
  return chart;
}

/** A published version must not change: a chart that differs from the one pulled before is not installed over data. */
function anotherChart(
  source: string,
  version: string,
  {known, digest, file}: {readonly known: string; readonly digest: string; readonly file: string},
): UserError {
  return new UserError(
    cause(
      'CHART_REJECTED',
      `Version ${version} of ${source} is another chart than the one that was pulled before under that version.`,
      {
        evidence: [`sha256 before: ${known}`, `sha256 now: ${digest}`],
        remedies: [
          {title: 'Ask whoever publishes it why it changed; or name another one with --chart-version'},
          {title: 'If it is meant to be so, forget the one before', command: `rm ${quoted(digestFile(file))}`},
        ],
      },
    ),
  );
}

function checked(chart: LocalChart, version: string | null): LocalChart {
  if (chart.name !== databaseChart) {
    throw new UserError(
      cause(
        'CHART_REJECTED',
        `${chart.source} is the chart "${chart.name}"; pg-helm-install installs Bitnami's chart "${databaseChart}".`,
        {
          remedies: [{title: 'Name a copy of that chart with --chart'}],
        },
      ),
    );
  }
  if (version !== null && plain(version) !== plain(chart.version)) {
    throw new UserError(
      cause('CHART_NOT_FOUND', `Version ${version} of the chart was asked for; ${chart.source} is ${chart.version}.`, {
        remedies: [{title: `Take that one with --chart-version ${chart.version}, or name another with --chart`}],
      }),
    );
  }
  return chart;
}

function plain(version: string): string {
  return version.replace(/^v/, '');
}

/** Reads Chart.yaml: from a folder directly, from a .tgz with `helm show chart`. */
async function describe(path: string, source: string, request: ChartRequest): Promise<LocalChart> {
  const found = await stat(path).catch(() => null);
  if (!found) throw notThere(`There is nothing at ${path}.`);
  const text = found.isDirectory() ? await readChartFile(path) : await showChart(path, request);
  const {parse} = await import('yaml');
  let about: unknown;
  try {
    about = parse(text);
  } catch {
    throw unreadable(path, 'its Chart.yaml is not YAML');
  }
  const {name, version, appVersion} = (typeof about === 'object' && about !== null ? about : {}) as Record<
    string,
    unknown
  >;
  if (typeof name !== 'string' || typeof version !== 'string')
    throw unreadable(path, 'its Chart.yaml has no name and version');
  return {
    path,
    name,
    version,
    // YAML reads a version without quotes, such as 17.6, as a number.
    appVersion: typeof appVersion === 'string' || typeof appVersion === 'number' ? String(appVersion) : '',
    source,
  };
}

async function readChartFile(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, 'Chart.yaml'), 'utf8');
  } catch {
    throw notThere(`The folder ${folder} holds no chart: there is no Chart.yaml that can be read in it.`);
  }
}

/** The chart's default values. @throws UserError CHART_REJECTED, CANCELLED */
export async function chartValues(
  path: string,
  {program, environment, signal}: Pick<ChartRequest, 'program' | 'environment' | 'signal'>,
): Promise<Readonly<Record<string, unknown>>> {
  const result = await run({path: program.path, args: ['show', 'values', path], environment, signal});
  if (result.stopped) throw new UserError(cause('CANCELLED', `Stopped while reading the chart ${path}.`));
  if (result.exitCode !== 0) throw unreadable(path, helmText(result.stderr));
  const {parse} = await import('yaml');
  return (parse(result.stdout) ?? {}) as Readonly<Record<string, unknown>>;
}

async function showChart(path: string, {program, environment, signal}: ChartRequest): Promise<string> {
  const result = await run({path: program.path, args: ['show', 'chart', path], environment, signal});
  if (result.stopped) throw new UserError(cause('CANCELLED', `Stopped while reading the chart ${path}.`));
  if (result.exitCode !== 0) throw unreadable(path, helmText(result.stderr));
  return result.stdout;
}

function notThere(message: string): UserError {
  return new UserError(
    cause('CHART_NOT_FOUND', message, {
      remedies: [{title: 'Name the folder or .tgz of the chart with --chart, or an oci:// or https:// address'}],
    }),
  );
}

function unreadable(path: string, why: string): UserError {
  return new UserError(
    cause('CHART_REJECTED', `${path} cannot be read as a chart: ${why.split('\n')[0]}.`, {
      remedies: [{title: 'Fetch the chart again'}],
    }),
  );
}
