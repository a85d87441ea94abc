// docs/parameters.md: all that the descriptors say of the parameters, and what the chart calls them.
import {chartParameters} from '../../source/chart/parameters/index.ts';
import type {ChartParameter} from '../../source/chart/parameters/chart-parameter.ts';
import {flagSyntax} from '../../source/parameters/help.ts';
import type {Parameter} from '../../source/parameters/parameter.ts';
import {descriptors} from '../../source/parameters/parameters.ts';

const changes: Readonly<Record<Parameter['changes'], string>> = {
  never: 'is chosen by `install` and stays',
  grows: 'may become more later, never less',
  rotate: 'is changed by `rotate-password`',
  anytime: 'may change later',
};

export function parametersPage(): string {
  return [
    '# Parameters',
    '',
    'What a database is made with. Each can be given by flag, by environment variable, in the answers file',
    '(`--answers`) and in the wizard; a flag wins over a variable, and both over the file. A test',
    'writes this page from what the program knows.',
    '',
    ...descriptors.flatMap(section),
  ].join('\n');
}

function section(one: Parameter): string[] {
  const rows: (readonly [string, readonly string[]])[] = [
    ['Flag', flagsOf(one)],
    ['Environment', one.variables.map(({name}) => `\`${name}\``)],
    ['Answers file', one.inFile === null ? [] : [`\`${one.key}\``]],
    ['Default', [one.defaultText]],
    ['Later', [`It ${changes[one.changes]}.`]],
    ['Values of the chart', pathsOf(one.key)],
  ];
  return [
    `## ${one.label}`,
    '',
    sentence(one.hint),
    '',
    ...rows.flatMap(([name, texts]) => (texts.length === 0 ? [] : [`- ${name}: ${texts.join('; ')}`])),
    '',
  ];
}

/** A single flag needs no help text: it is about what the parameter is about. */
function flagsOf({flags}: Parameter): string[] {
  return flags.map((flag) => `\`${flagSyntax(flag)}\`${flags.length > 1 ? ` (${flag.help.replace(/\.$/, '')})` : ''}`);
}

/** A path that both writer and readers have stands once. */
function pathsOf(key: string): string[] {
  const chart = (chartParameters as Readonly<Record<string, ChartParameter | undefined>>)[key];
  const paths = [...(chart?.owns ?? []), ...(chart?.shares ?? [])].map(({path}) => path.join('.'));
  const isOfBoth = (path: string) => paths.includes(`primary.${path}`) && paths.includes(`readReplicas.${path}`);
  const shown = paths.map((path) => {
    const rest = path.replace(/^(primary|readReplicas)\./, '');
    return rest !== path && isOfBoth(rest) ? `\`${rest}\` of \`primary\` and \`readReplicas\`` : `\`${path}\``;
  });
  return [...new Set(shown)];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
