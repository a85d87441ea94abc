// The command line, by commander: which command, which release, which options.
import {Command as Commander, CommanderError, Option as CommanderOption} from 'commander';
import {capitalised} from '../core/capitalised.ts';
import {badInput} from '../core/cause.ts';
import {descriptors} from '../parameters/parameters.ts';
import type {Command} from './command.ts';
import {examplesOf} from './examples.ts';
import {groupsOf} from './flags.ts';
import {overview} from './overview.ts';

export type ParsedLine =
  | {readonly kind: 'text'; readonly text: string}
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly release: string | null;
      readonly words: readonly string[];
      readonly options: Readonly<Record<string, unknown>>;
    };

/** @throws UserError BAD_INPUT with what is wrong and what would be right */
export function parseCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  version: string,
  isReadOnly = false,
): ParsedLine {
  if (args.some((arg) => /^--password(=|$)/.test(arg))) {
    throw badInput(
      'A password on the command line can be read by everybody on this machine, so there is no --password. Use ' +
        '--password-file, --password-stdin or the variable PGHI_PASSWORD.',
    );
  }
  const found: {printed: string; parsed: ParsedLine | null} = {printed: '', parsed: null};
  const quiet = (one: Commander) =>
    one
      .exitOverride()
      .configureOutput({
        writeOut: (text) => (found.printed += text),
        writeErr: () => undefined,
        getOutHelpWidth: helpWidth,
      })
      .showHelpAfterError(false);
  const program = quiet(new Commander('pg-helm-install'))
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false);
  program.helpInformation = () => overview(commands, isReadOnly);
  for (const command of commands) {
    const sub = quiet(program.command(command.name));
    // Only the command that is called needs its flags described.
    describeCommand(sub, command, args.includes(command.name));
    sub.action((...given: unknown[]) => {
      found.parsed = parsedCommand(sub, command, given);
    });
  }

  try {
    program.parse([...args], {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return {kind: 'text', text: found.printed};
    throw usageProblem(error, args, commands);
  }
  if (!found.parsed) throw badInput('No command was given.', [helpRemedy()]);
  return found.parsed;
}

function describeCommand(sub: Commander, command: Command, isCalled: boolean): void {
  const takesRelease = command.release !== 'none';
  sub.summary(command.summary).description(capitalised(command.summary));
  if (takesRelease) sub.argument('[release]', 'name of the release');
  if (command.words) sub.arguments(command.words);
  sub.usage([takesRelease ? '[RELEASE]' : null, command.words, '[flags]'].filter(Boolean).join(' '));
  for (const {heading, options} of isCalled ? groupsOf(command) : []) {
    for (const {syntax, help, repeats = false} of options) {
      const option = new CommanderOption(syntax, help).helpGroup(heading);
      sub.addOption(repeats ? option.argParser(collected) : option);
    }
  }
  // A script may give --yes to every command, even to one that asks nothing.
  if (!sub.options.some(({long}) => long === '--yes')) sub.addOption(new CommanderOption('-y, --yes').hideHelp());
  sub.addHelpOption(new CommanderOption('-h, --help', 'print help').helpGroup('Output:'));
  const examples = isCalled ? examplesOf(command.name) : [];
  if (examples.length > 0)
    sub.addHelpText('after', ['', 'Examples:', ...examples.map((line) => `  ${line}`)].join('\n'));
}

/** @throws UserError BAD_INPUT for an option with an empty value, which comes from an unset shell variable, say */
function parsedCommand(sub: Commander, command: Command, given: readonly unknown[]): ParsedLine {
  const takesRelease = command.release !== 'none';
  const empty = sub.options.find((option) => sub.opts()[option.attributeName()] === '' && !isParameter(option.long));
  if (empty) throw badInput(`${empty.long}: it is empty.`);
  return {
    kind: 'command',
    command,
    release: takesRelease ? ((given[0] as string | undefined) ?? null) : null,
    words: command.words ? sub.args.slice(takesRelease ? 1 : 0) : [],
    options: sub.opts(),
  };
}

function usageProblem(error: CommanderError, args: readonly string[], commands: readonly Command[]): Error {
  if (error.code === 'commander.help') return badInput('No command was given.', [helpRemedy()]);
  if (error.code === 'commander.unknownOption' && args[0]?.startsWith('-')) {
    return badInput(
      commands.some(({name}) => args.includes(name))
        ? 'The command comes first, its flags after it.'
        : 'No command was given.',
      [helpRemedy()],
    );
  }
  return badInput(understandable(error.message), [helpRemedy()]);
}

/** Whether the flag is a parameter's: the parameters' own rules say what to give instead of an empty value. */
function isParameter(flag: string | undefined): boolean {
  return descriptors.some(({flags}) => flags.some(({name}) => name === flag));
}

/** Collects the values of an option that is given several times. */
function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** As wide as the terminal, but not so wide that long lines are hard to read. */
function helpWidth(): number {
  return Math.min(process.stdout.columns ?? 100, 100);
}

function helpRemedy() {
  return {title: 'See what there is', command: 'pg-helm-install --help'};
}

/** An extra argument may be a password that somebody typed, so the message only counts them. */
const tooMany = /^(too many arguments.* but got \d+): [^]*$/;

/** `error: unknown option '--foo'` → `Unknown option '--foo'.` */
function understandable(message: string): string {
  const [first = '', ...rest] = message
    .replace(/^error: /, '')
    .replace(tooMany, '$1.')
    .split('\n');
  return `${capitalised(first)}${/[.?)]$/.test(first) ? '' : '.'}${rest.length > 0 ? ` ${rest.join(' ')}` : ''}`;
}
