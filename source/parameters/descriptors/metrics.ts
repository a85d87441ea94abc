// Whether an exporter for Prometheus runs beside each database, and whether a ServiceMonitor tells Prometheus about it.
import {parameter, type Parsed} from '../parameter.ts';

/** `service-monitor`: the exporter, and a ServiceMonitor, by which the operator of Prometheus finds it. */
const words = ['off', 'on', 'exporter', 'service-monitor'] as const;

/** `on`: with a ServiceMonitor where the cluster has the kind. */
type MetricsAnswer = (typeof words)[number];
export type Metrics = Exclude<MetricsAnswer, 'on'>;

export const metrics = parameter<'metrics', MetricsAnswer, Metrics>({
  key: 'metrics',
  label: 'Metrics',
  hint: 'on: an exporter for Prometheus beside each database, and a ServiceMonitor where the cluster has the kind.',
  defaultText: 'off',
  changes: 'anytime',
  form: 'settings',
  flags: [
    {
      name: '--metrics',
      argument: '[how]',
      help:
        'an exporter for Prometheus beside each database: on, off, or exporter or service-monitor, where it is not ' +
        'to follow from the cluster whether there is a ServiceMonitor',
      read: (text) => (text === '' ? {value: 'on'} : parse(text)),
    },
  ],
  parse,
  resolve(answer = 'off', _others, {serviceMonitors}) {
    if (answer !== 'on') return answer;
    return serviceMonitors === true ? 'service-monitor' : 'exporter';
  },
  toAnswer: (value) => (value === 'off' ? undefined : value),
  placeholder: (value) => value,
  choices: () => words,
});

function parse(text: string): Parsed<MetricsAnswer> {
  const word = words.find((one) => one === text.trim().toLowerCase());
  return word === undefined ? {problem: `"${text}" is none of ${words.join(', ')}.`} : {value: word};
}
