// Whether what is asked for of the operator of Prometheus can be made. Otherwise helm would stop half-way.
import {at} from '../../chart/tree.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import type {Remedy} from '../../core/cause.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {Survey} from '../survey.ts';
import {refuse, type CheckContext, type CheckRule, type Finding} from './rule.ts';

export const serviceMonitor: CheckRule = (survey, desired) => [
  ...ofFlag(survey, desired),
  ...ofValues('ServiceMonitor', 'serviceMonitor', survey.serviceMonitors, desired.parameters),
  ...ofValues('PrometheusRule', 'prometheusRule', survey.prometheusRules, desired.parameters),
];

function ofFlag({serviceMonitors}: Survey, {parameters, target, existing}: CheckContext): readonly Finding[] {
  if (parameters.metrics !== 'service-monitor' || serviceMonitors !== false) return [];
  const set = {
    kind: 'set',
    ...releaseRef(target),
    answers: {metrics: 'exporter'},
    valuesFile: null,
  } as const;
  const title = 'Have the exporters without a ServiceMonitor (--metrics exporter)';
  return [
    cannotBeMade('--metrics service-monitor', 'ServiceMonitor', existing === null ? {title} : propose(title, set)),
  ];
}

/** The chart makes either only beside an exporter. Source: chart 16.7.26, templates/prometheusrule.yaml. */
function ofValues(
  kind: string,
  key: string,
  exists: boolean | null | undefined,
  {metrics, extraValues}: Parameters,
): readonly Finding[] {
  const hasExporter = metrics !== 'off' || at(extraValues, ['metrics', 'enabled']) === true;
  if (exists !== false || !hasExporter || at(extraValues, ['metrics', key, 'enabled']) !== true) return [];
  const path = `metrics.${key}.enabled`;
  const title = `Take ${path} out of the file of --values: the exporter needs none.`;
  return [cannotBeMade(`${path} of the extra values`, kind, {title})];
}

function cannotBeMade(asked: string, kind: string, without: Remedy): Finding {
  return refuse(
    'BAD_INPUT',
    `${asked}: the cluster does not have the kind ${kind} (monitoring.coreos.com/v1), or this user may not make one. ` +
      'Nothing was changed.',
    {remedies: [without, {title: 'Install the operator of Prometheus first, or its definitions.'}]},
  );
}
