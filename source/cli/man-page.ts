// The man page of the program, from the table of commands. Source of the macros: man(7) of groff.
import {capitalised} from '../core/capitalised.ts';
import {inAscii} from '../core/signs.ts';
import {examplesOf} from './examples.ts';
import {groupsOf, type FlagGroup} from './flags.ts';
import {commands, outputOptions, targetOptions} from './index.ts';
import type {Command, Option} from './command.ts';

declare const __VERSION__: string;

/** The text that `man` shows: one page for all commands. */
export function manPage(): string {
  const shown = commands.filter(({hidden}) => !hidden);
  return [
    `.TH PG\\-HELM\\-INSTALL 1 "" "pg\\-helm\\-install ${escaped(__VERSION__)}" "User Commands"`,
    '.SH NAME',
    'pg\\-helm\\-install \\- PostgreSQL with a writer and readers on Kubernetes: installed, proven, looked after',
    '.SH SYNOPSIS',
    '.B pg\\-helm\\-install',
    '.br',
    '.B pg\\-helm\\-install',
    '.I COMMAND',
    '[\\fIRELEASE\\fR] [\\fIflags\\fR]',
    '.SH DESCRIPTION',
    'Without a command, on a terminal, it asks for what is needed and shows what is there.',
    '.SH COMMANDS',
    ...shown.flatMap(commandLines),
    '.SH THE CLUSTER',
    'Each command takes:',
    ...targetOptions.flatMap(flagLines),
    '.SH OUTPUT',
    'Each command takes:',
    ...outputOptions.flatMap(flagLines),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([name, about]) => ['.TP', `.B ${escaped(name)}`, escaped(about)]),
    '.SH EXIT STATUS',
    ...exits.flatMap(([code, about]) => ['.TP', `.B ${code}`, escaped(about)]),
    '.SH SEE ALSO',
    '.BR helm (1),',
    '.BR kubectl (1)',
    '',
  ].join('\n');
}

const environment: readonly (readonly [string, string])[] = [
  ['KUBECONFIG', 'the kubeconfig, or several; see --kubeconfig'],
  ['PGHI_HELM', 'the helm program, by its absolute path'],
  ['PGHI_HELM_MIRROR', 'an address that has the archives of helm, for --fetch-helm'],
  ['PGHI_CHART, PGHI_CHART_VERSION', 'the chart, weaker than --chart and --chart-version'],
  ['PGHI_PASSWORD', "the password of the application's user; it is taken out of the environment at once"],
  ['PGHI_READ_ONLY', 'set to anything but 0, false or no: what changes something is neither offered nor done'],
  ['PGHI_SANDBOX_FOLDER', 'the folder of the sandbox, with its volumes'],
  ['XDG_CACHE_HOME', 'what was fetched (charts, helm) is kept in pg-helm-install there; without it in ~/.cache'],
  ['XDG_STATE_HOME', 'reports of bugs and the sandbox are kept in pg-helm-install there; without it in ~/.local/state'],
  ['ACCESSIBLE', 'set to anything but 0, false or no: lines that can be read aloud, and no screens; as --plain'],
  ['HTTPS_PROXY, NO_PROXY', 'the proxy, as kubectl and helm understand it'],
  ['NODE_EXTRA_CA_CERTS', 'a file with certificates of your own authorities, for charts and registries too'],
  ['NO_COLOR', 'no colour'],
];

const exits: readonly (readonly [string, string])[] = [
  ['0', 'done and proven, or nothing to do'],
  ['1', 'it failed; the cause is in the output'],
  ['2', 'wrong usage, or a value that cannot be'],
  ['3', 'refused before anything was changed'],
  ['4', 'no access to the cluster'],
  ['5', 'time is up, and it goes on'],
  ['70', 'a bug'],
  ['130, 143', 'stopped by a signal'],
];

function commandLines(command: Command): string[] {
  const {name, release, words, summary} = command;
  const usage = [name, release !== 'none' ? '[RELEASE]' : null, words].filter(Boolean).join(' ');
  const own: readonly FlagGroup[] = groupsOf(command).slice(0, 2);
  return [
    `.SS ${escaped(usage)}`,
    `${escaped(capitalised(summary))}.`,
    ...own.flatMap(({options}) => options).flatMap(flagLines),
    '.PP',
    'Examples:',
    '.PP',
    '.nf',
    ...examplesOf(name).map((line) => `    ${escaped(line)}`),
    '.fi',
  ];
}

function flagLines({syntax, help}: Option): string[] {
  return ['.TP', `.B ${escaped(syntax)}`, escaped(help)];
}

/** Escapes what roff would interpret: a backslash, a hyphen that is a minus, a dot or quote that begins a line. */
function escaped(text: string): string {
  return inAscii(text)
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&');
}
