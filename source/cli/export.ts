// export: makes files for other tools from a release. They hold no passwords.
import {mkdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {badInput} from '../core/cause.ts';
import {template} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {clock} from '../core/time.ts';
import {grafanaDashboard} from '../export/grafana-dashboard.ts';
import type {MonitoredRelease} from '../export/monitored-release.ts';
import {prometheusRule} from '../export/prometheus-rules.ts';
import {releaseFiles, releaseFormats, type ExportedFile, type ReleaseFormat} from '../export/release-files.ts';
import {secretFile, secretTools, type SecretTool} from '../export/secret-files.ts';
import {chartGiven} from '../client/settings.ts';
import {ownRelease, type OwnRelease} from '../client/questions/own-release.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Invocation, Run} from './command.ts';
import {saveFile} from '../client/save-file.ts';
import {openSession, text} from './session.ts';

const formats = ['helm', 'argocd', 'flux', 'helmfile', 'grafana', 'prometheus-rules'] as const;
type Format = (typeof formats)[number];

export const runExport: Run = async (invocation) => {
  const format = formatOf(text(invocation.options['format']));
  const tool = toolOf(text(invocation.options['secret']), format);
  const to = text(invocation.options['to']);
  const session = await openSession(invocation);
  const {target} = session;
  const own = await ownRelease(session);
  const {parameters} = own;
  const {release, namespace, context} = target;
  const made = isReleaseFormat(format)
    ? [...filesOfRelease(format, invocation, target, own), ...(tool === null ? [] : [secretFile(tool, target)])]
    : [await fileOf(format, {...target, parameters})];
  const files = made.map((file) => ({...file, path: to === null ? null : join(resolve(to), file.name)}));
  if (to !== null) await mkdir(resolve(to), {recursive: true}).catch(() => undefined);
  for (const {path, text: content} of files) if (path !== null) await saveFile('--to', path, content);
  const isMonitored = isReleaseFormat(format) || parameters.metrics !== 'off';
  const notes = isMonitored ? [] : [withoutMetrics(target)];
  const [first] = files;
  invocation.reporter.answer({operation: 'export', release, namespace, context, format, ...first, files, notes}, () =>
    to === null
      ? files.map(({name, text: content}) => (files.length > 1 ? `# ${name}\n` : '') + content.trimEnd())
      : [...files.map(({path}) => `${path ?? ''} is written.`), ...notes],
  );
  return 0;
};

function isReleaseFormat(format: Format): format is ReleaseFormat {
  return (releaseFormats as readonly string[]).includes(format);
}

/** Files from the values that helm has of the release, and from the chart that is named, or else the default one. */
function filesOfRelease(
  format: ReleaseFormat,
  invocation: Invocation,
  target: Target,
  {values, chartVersion}: OwnRelease,
): readonly ExportedFile[] {
  const chart = {source: chartGiven(invocation), version: chartVersion};
  return releaseFiles(format, {...target, values, chart});
}

/** The file's text ends in a line break. */
async function fileOf(
  format: Exclude<Format, ReleaseFormat>,
  release: MonitoredRelease,
): Promise<{readonly name: string; readonly text: string}> {
  if (format === 'grafana')
    return {
      name: `${release.fullname}-dashboard.json`,
      text: `${JSON.stringify(grafanaDashboard(release), null, 2)}\n`,
    };
  const {stringify} = await import('yaml');
  return {
    name: `${release.fullname}-alerts.yaml`,
    text: stringify(prometheusRule(release, clock.wall()), {lineWidth: 0}),
  };
}

function withoutMetrics(target: Target): string {
  return `${target.release} offers no metrics yet: ${template('set', releaseRef(target), '--metrics')}`;
}

/** @throws UserError BAD_INPUT for an unknown tool, or for one beside a format that has no Secret */
function toolOf(given: string | null, format: Format): SecretTool | null {
  if (given === null) return null;
  const tool = secretTools.find((one) => one === given);
  if (!tool) throw badInput(`--secret: "${given}" is none of ${secretTools.join(', ')}.`);
  if (isReleaseFormat(format)) return tool;
  throw badInput(`--secret goes with --format ${releaseFormats.join(', ')}: ${format} needs no Secret.`);
}

function formatOf(given: string | null): Format {
  const format = formats.find((one) => one === given);
  if (format) return format;
  throw badInput(
    given === null
      ? `--format says what to make: ${formats.join(' or ')}.`
      : `--format: "${given}" is none of ${formats.join(', ')}.`,
  );
}
