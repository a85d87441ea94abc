// Which command lines change something, for PGHI_READ_ONLY.
import type {Command} from './command.ts';

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

/** A dry run changes nothing; the screens refuse by themselves. */
export function changesSomething({command, words, options}: Asked): boolean {
  if (options['dryRun'] === true) return false;
  return sometimes[command.name]?.({words, options}) ?? command.changes === true;
}
