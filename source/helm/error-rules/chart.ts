// The errors about a chart: where it is, what it makes of the values, whether the cluster takes that.
import type {ErrorRule} from './rule.ts';
import {kubectl} from '../../commands/kubectl.ts';
import {firstLine, kindOf, object} from './messages.ts';

export const chartRules: readonly ErrorRule[] = [
  {
    code: 'CHART_NOT_FOUND',
    match: /path "([^"]*)" not found|repo (\S+) not found|Chart\.yaml file is missing|unable to detect chart at (\S+):/,
    mean: (_, [, path, repository, folder]) => ({
      message: `There is no chart at ${path ?? repository ?? folder ?? 'the path given'}.`,
      remedies: [{title: 'Name a folder, a .tgz or an oci:// address with --chart'}],
    }),
  },
  {
    code: 'CHART_REJECTED',
    match: /values don't meet the specifications of the schema\(s\) in the following chart\(s\):\n([\s\S]*)/,
    mean: (_, [, lines = '']) => ({
      message: `The chart refuses a value: ${lines
        .split('\n')
        .filter((line) => line.startsWith('- '))
        .map((line) => line.slice(2))
        .join('; ')}.`,
      remedies: [{title: 'Correct it in the file given with --values'}],
    }),
  },
  {
    code: 'CHART_REJECTED',
    match: /execution error at \(([^)]+)\):\s*([\s\S]*)/,
    mean: (_, [, where = '', body = '']) => ({
      message: `The chart refuses these values (${where}): ${firstLine(body.replace(/^\W*ERROR: /, ''))}.`,
      remedies: [{title: 'Correct it in the file given with --values'}],
    }),
  },
  {
    code: 'CHART_REJECTED',
    match: /(?:template: )?(\S+:\d+:\d+):?\s+executing "[^"]+" at <([^>]*)>:\s*([\s\S]*)/,
    mean: (_, [, where = '', expression = '', why = '']) => ({
      message: `The chart's template ${where} fails at ${expression}: ${firstLine(why)}.`,
      remedies: [{title: 'See whether --values takes away something that the chart needs'}],
    }),
  },
  {
    code: 'CHART_REJECTED',
    match: /no matches for kind "([^"]+)" in version "([^"]+)"/,
    mean: (about, [, kind = '', version = '']) => ({
      message: `The chart wants to make a ${kind} (${version}), a kind that this cluster does not know.`,
      remedies: [
        {
          title: 'Turn off what needs it, or install its definition first',
          command: kubectl(about, 'api-resources', `--api-group=${version.split('/')[0]}`),
        },
      ],
    }),
  },
  {
    code: 'CHART_REJECTED',
    match: /chart requires kubeVersion: (.+) which is incompatible with Kubernetes (\S+)/,
    mean: (_, [, desired = '', is = '']) => ({
      message: `The chart wants Kubernetes ${desired}; this cluster is ${is}.`,
    }),
  },
  {
    code: 'CHART_REJECTED',
    match:
      /YAML parse error on (\S+):|(cannot load Chart\.yaml): |found in Chart\.yaml, but missing in charts\/ directory: (.+)/,
    mean: (_, [, template, chartFile, dependency]) => ({
      message: template
        ? `The chart's template ${template} does not make YAML of these values.`
        : chartFile
          ? 'The Chart.yaml of the chart cannot be read.'
          : `The chart lacks what it depends on: ${dependency}.`,
      ...(dependency && {remedies: [{title: 'Fetch it', command: 'helm dependency build CHART'}]}),
    }),
  },
  {
    code: 'CHART_REJECTED',
    match: /(\S+) "([^"]+)" is invalid: ([\s\S]*)/,
    mean: ({namespace}, [, kind = '', name = '', why = '']) => ({
      message: `The cluster refuses ${kind} ${name} as the chart made it: ${firstLine(why)}`,
      object: object(kindOf(kind), namespace, name),
      remedies: [{title: 'Correct it in the file given with --values'}],
    }),
  },
];
