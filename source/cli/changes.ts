// Which command lines change something, for PGHI_READ_ONLY.
import type {Command, Option} from './command.ts';

interface Asked {
  readonly command: Pick<Command, 'name' | 'changes'>;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** Commands that only sometimes change something. A session of psql or a held port on the writer can write. */
const sometimes: Readonly<Record<string, (asked: Omit<Asked, 'command'>) => boolean>> = {
  backup: ({words}) => words[0] !== 'list',
  // The demo makes and removes a release of its own.
  demo: () => true,
  connect: ({options}) => options['role'] !== 'reader',
  sandbox: ({words}) => words[0] !== 'status',
  top: ({options}) => options['cancel'] !== undefined || options['terminate'] !== undefined,
};

/** What is offered where nothing may be changed: commands that can be called without changing anything. */
export function commandsThatLook(commands: readonly Command[]): readonly Command[] {
  return commands
    .filter(({name, changes}) => (sometimes[name] ? name !== 'demo' : changes !== true))
    .map((command) => ({...command, options: command.options.filter((option) => !makesChange(command, option))}));
}

/** Whether the command changes something with the flag, and nothing without it. */
function makesChange({name}: Command, {syntax}: Option): boolean {
  const [, flag = ''] = /--([a-z]+)/.exec(syntax) ?? [];
  const asked = (options: Readonly<Record<string, unknown>>) => sometimes[name]?.({words: [], options}) === true;
  return !asked({}) && asked({[flag]: true});
}

/** Whether a word after the command, such as `run` after backup, makes it change something. */
export function wordChanges(command: string, word: string): boolean {
  return sometimes[command]?.({words: [word], options: {}}) === true;
}

/** Values of a flag without those that make the command change something, such as `writer` of `connect --role`. */
export function valuesThatLook(command: string, flag: string, values: readonly string[]): readonly string[] {
  const looking = values.filter((value) => !sometimes[command]?.({words: [], options: {[flag]: value}}));
  return looking.length > 0 ? looking : values;
}

/** A dry run changes nothing; the screens refuse by themselves. */
export function changesSomething({command, words, options}: Asked): boolean {
  if (options['dryRun'] === true) return false;
  return sometimes[command.name]?.({words, options}) ?? command.changes === true;
}
