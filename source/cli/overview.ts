// What the program says about itself. --help and --version alone are answered without commander, which takes longer to
// load.
import {commandsThatLook} from './changes.ts';
import type {Command} from './command.ts';

/** The answer to a command line that is nothing but --help or --version; null for every other one. */
export function answerAlone(
  args: readonly string[],
  commands: readonly Command[],
  {version, isReadOnly}: {readonly version: string; readonly isReadOnly: boolean},
): string | null {
  const [only = ''] = args.length === 1 ? args : [];
  if (only === '-h' || only === '--help') return overview(commands, isReadOnly);
  return only === '-V' || only === '--version' ? `${version}\n` : null;
}

/** The help that lists all commands, or those that change nothing. */
export function overview(all: readonly Command[], isReadOnly: boolean): string {
  const commands = isReadOnly ? commandsThatLook(all) : all;
  const width = Math.max(...commands.map(({name}) => name.length), '-V, --version'.length);
  const line = (what: string, text: string) => `  ${what.padEnd(width)}  ${text}`;
  return [
    'Usage: pg-helm-install COMMAND [RELEASE] [flags]',
    '       pg-helm-install            on a terminal: asks for what is needed, and shows what is there',
    '',
    'PostgreSQL with a writer and readers on Kubernetes: installed, proven, looked after.',
    '',
    'Commands:',
    ...commands.filter(({hidden}) => !hidden).map(({name, summary}) => line(name, summary)),
    ...(isReadOnly ? ['', 'PGHI_READ_ONLY is set: commands that change something are left out.'] : []),
    '',
    'Flags:',
    line('-h, --help', 'print help'),
    line('-V, --version', 'print the version'),
    '',
    'Flags of a command: pg-helm-install COMMAND --help',
    '',
  ].join('\n');
}
