// The request for an install, as commands, screens and recover make it: its chart, and the command that does the same.
import {randomBytes} from 'node:crypto';
import {isRemoteChart} from '../../chart/default-chart.ts';
import {renderForScript} from '../../commands/command-line.ts';
import {resolveChart} from '../../helm/chart-source.ts';
import type {HelmProgram} from '../../helm/find.ts';
import type {Target} from '../../observation/snapshot.ts';
import type {InstallRequest} from '../../operations/install.ts';
import {extraValuesFiles} from '../../parameters/answers.ts';
import type {AnswersFile} from '../../parameters/answers-file.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {answersFrom} from '../../parameters/resolve.ts';
import {accessOf, chartFlags, defaultChart} from '../cluster-flags.ts';
import {chartGiven, text, timeoutOf, type Settings} from '../settings.ts';

/** The chart to install: from the flag, the environment, the answers file or the default, in this order. */
export async function findChart(
  settings: Settings,
  helmProgram: () => Promise<HelmProgram>,
  fromFile: AnswersFile['chart'] = {},
) {
  const {options, environment, signal} = settings;
  const source = chartGiven(settings, fromFile.source);
  const asked = text(options['chartVersion']) ?? (environment['PGHI_CHART_VERSION'] || fromFile.version) ?? null;
  return resolveChart({
    source,
    version: asked ?? (isRemoteChart(source) ? defaultChart.version : null),
    program: await helmProgram(),
    environment,
    signal,
  });
}

interface InstallGiven extends Pick<InstallRequest, 'answers' | 'chart' | 'password' | 'dryRun'> {
  readonly settings: Settings;
  readonly target: Target;
}

/** The request for an install that asks nobody anything. */
export function installRequest({settings, target, answers, chart, password, dryRun}: InstallGiven): InstallRequest {
  const given = password !== null;
  return {
    operation: 'install',
    answers,
    chart,
    password,
    requireEncryption: settings.options['requireEncryption'] === true,
    isStrict: settings.options['strict'] === true,
    dryRun,
    timeoutMs: timeoutOf(settings.options),
    random: (count) => randomBytes(count),
    confirm: null,
    commandFor: (parameters) => equivalentCommand(settings, target, parameters, {...chart, given}),
    onResolved: async () => undefined,
  };
}

/** The line that a person would paste for the same release. */
function equivalentCommand(
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
    {kind: 'install', ...target, answers, valuesFile: extraValuesFiles(options, {})},
    accessOf({options}),
    more,
  );
}
