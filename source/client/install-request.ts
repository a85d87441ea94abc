// An install as it is asked for by command, by screen and by recover: its chart, and the command that does the same.
import {renderForScript} from '../commands/command-line.ts';
import {resolveChart} from '../helm/chart-source.ts';
import type {HelmProgram} from '../helm/find.ts';
import type {Target} from '../observation/snapshot.ts';
import type {AnswersFile} from '../parameters/answers-file.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {answersFrom} from '../parameters/resolve.ts';
import {accessOf, chartFlags, defaultChart} from './cluster-flags.ts';
import {text, type Settings} from './settings.ts';

/** Flag, environment, answers file, default. */
export async function findChart(
  {options, environment, signal}: Settings,
  helmProgram: () => Promise<HelmProgram>,
  fromFile: AnswersFile['chart'] = {},
) {
  const source = text(options['chart']) ?? (environment['PGHI_CHART'] || fromFile.source) ?? defaultChart.source;
  const asked = text(options['chartVersion']) ?? (environment['PGHI_CHART_VERSION'] || fromFile.version) ?? null;
  return resolveChart({
    source,
    version: asked ?? (source.startsWith('oci://') ? defaultChart.version : null),
    program: await helmProgram(),
    environment,
    signal,
  });
}

/** The line that a person would paste for the same release. */
export function equivalentCommand(
  {options}: Settings,
  target: Target,
  parameters: Parameters,
  chart: {readonly source: string; readonly version: string; readonly given: boolean},
): string {
  const answers = answersFrom(parameters);
  const more = [
    ...chartFlags({options}, chart.source),
    ...['--chart-version', chart.version],
    ...(chart.given ? ['--password-stdin'] : []),
  ];
  return renderForScript(
    {kind: 'install', ...target, answers, valuesFile: text(options['values'])},
    accessOf({options}),
    more,
  );
}
