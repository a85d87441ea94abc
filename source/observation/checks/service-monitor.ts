// Whether the ServiceMonitor that was asked for can be made. Otherwise helm would stop half-way.
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {refuse, type CheckRule} from './rule.ts';

export const serviceMonitor: CheckRule = ({serviceMonitors}, {parameters, target, existing}) => {
  if (parameters.metrics !== 'service-monitor' || serviceMonitors !== false) return [];
  const set = {
    kind: 'set',
    ...releaseRef(target),
    answers: {metrics: 'exporter'},
    valuesFile: null,
  } as const;
  const title = 'Have the exporters without a ServiceMonitor (--metrics exporter)';
  return [
    refuse(
      'BAD_INPUT',
      '--metrics service-monitor: the cluster does not have the kind ServiceMonitor (monitoring.coreos.com/v1), or ' +
        'this user may not make one. Nothing was changed.',
      {
        remedies: [
          existing === null ? {title} : propose(title, set),
          {title: 'Install the operator of Prometheus first, or its definitions.'},
        ],
      },
    ),
  ];
};
