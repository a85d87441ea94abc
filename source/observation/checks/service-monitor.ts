// Whether the ServiceMonitor that was asked for can be made. Otherwise helm would stop half-way.
import {at} from '../../chart/tree.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import type {Remedy} from '../../core/cause.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {refuse, type CheckContext, type CheckRule} from './rule.ts';

const path = ['metrics', 'serviceMonitor', 'enabled'] as const;

export const serviceMonitor: CheckRule = ({serviceMonitors}, desired) => {
  const asked = askedBy(desired.parameters);
  if (asked === null || serviceMonitors !== false) return [];
  return [
    refuse(
      'BAD_INPUT',
      `${asked}: the cluster does not have the kind ServiceMonitor (monitoring.coreos.com/v1), or this user may not ` +
        'make one. Nothing was changed.',
      {
        remedies: [...withoutIt(desired), {title: 'Install the operator of Prometheus first, or its definitions.'}],
      },
    ),
  ];
};

/** Null: there is to be none. The chart makes one only beside an exporter. */
function askedBy({metrics, extraValues}: Parameters): string | null {
  if (metrics === 'service-monitor') return '--metrics service-monitor';
  const isAsked = at(extraValues, ['metrics', 'enabled']) === true && at(extraValues, path) === true;
  return isAsked ? `${path.join('.')} of the extra values` : null;
}

function withoutIt({parameters, target, existing}: CheckContext): readonly Remedy[] {
  if (parameters.metrics !== 'service-monitor')
    return [{title: `Take ${path.join('.')} out of the file of --values: the exporter needs none.`}];
  const title = 'Have the exporters without a ServiceMonitor (--metrics exporter)';
  const set = {kind: 'set', ...releaseRef(target), answers: {metrics: 'exporter'}, valuesFile: null} as const;
  return [existing === null ? {title} : propose(title, set)];
}
