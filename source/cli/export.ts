// export: files that other tools take, made from a release. They hold no passwords.
import {mkdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {fromValues} from '../chart/values.ts';
import {badInput} from '../core/cause.ts';
import {clock} from '../core/time.ts';
import {grafanaDashboard} from '../export/grafana-dashboard.ts';
import type {MonitoredRelease} from '../export/monitored-release.ts';
import {prometheusRule} from '../export/prometheus-rules.ts';
import type {Run} from './command.ts';
import {saveFile} from './save-file.ts';
import {mustExist, openSession, text} from './session.ts';

const formats = ['grafana', 'prometheus-rules'] as const;
type Format = (typeof formats)[number];

export const runExport: Run = async (invocation) => {
  const format = formatOf(text(invocation.options['format']));
  const to = text(invocation.options['to']);
  const {ports, target} = await openSession(invocation);
  const snapshot = mustExist(await ports.look());
  const parameters = fromValues(snapshot.release.values);
  if (!parameters)
    throw badInput(`${target.release} has values that are not ours: its parameters are not known. See: values.`);
  const {release, namespace, context, fullname} = target;
  const file = await fileOf(format, {release, namespace, fullname, parameters});
  const path = to === null ? null : join(resolve(to), file.name);
  if (path !== null) {
    await mkdir(resolve(to ?? ''), {recursive: true}).catch(() => undefined);
    await saveFile('--to', path, file.text);
  }
  const notes = parameters.metrics === 'off' ? [withoutMetrics(release, namespace)] : [];
  invocation.reporter.answer({operation: 'export', release, namespace, context, format, path, ...file, notes}, () =>
    path === null ? [file.text.trimEnd()] : [`${path} is written.`, ...notes],
  );
  return 0;
};

/** Its text ends in a line break. */
async function fileOf(
  format: Format,
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

function withoutMetrics(release: string, namespace: string): string {
  return `${release} offers no metrics yet: pg-helm-install set ${release} -n ${namespace} --metrics`;
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
