// What a command is: its flags, and the code behind it, loaded when it is called.
import type {Cause} from '../core/cause.ts';
import type {HelmProgram} from '../client/settings.ts';
import type {Reporter, OutputFormat} from './output/reporter.ts';

export interface Option {
  /** In commander's notation: `--timeout <duration>`. */
  readonly syntax: string;
  readonly help: string;
  /** Whether the option may be given several times; absent: once. */
  readonly repeats?: boolean;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly release: 'required' | 'optional' | 'none';
  /** The words that follow the release, or come instead of it, in commander's notation: `<action> [faults...]`. */
  readonly words?: string;
  readonly options: readonly Option[];
  /** It goes on until somebody stops it, so that its silence needs no explanation. */
  readonly watches?: true;
  /** The command changes a release, unless it is a dry run; see changes.ts for commands that only sometimes do. */
  readonly changes?: true;
  /** Not listed in --help, because it is what happens without a command. */
  readonly hidden?: boolean;
  /** Whether the parameters of a release can be given; `later`: those that may change. */
  readonly parameters?: boolean | 'later';
  readonly load: () => Promise<Run>;
}

export interface Invocation {
  readonly release: string | null;
  /** The values of the command's `words`. */
  readonly words: readonly string[];
  /** The options by commander's camel-case names. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The environment without passwords. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The value of PGHI_PASSWORD, which is no longer in the environment. */
  readonly environmentPassword: string | null;
  readonly output: OutputFormat;
  readonly reporter: Reporter;
  /** Rewrites a proposed command so that it reaches the cluster that this run is about. */
  readonly reach: (command: string) => string;
  readonly signal: AbortSignal;
  /** Offers to fetch helm, where the command line or a person allows it; see Settings. */
  readonly obtainHelm?: (missing: Cause) => Promise<HelmProgram>;
  /** Runs another command of this program. @returns its exit code */
  readonly runCommand: (name: string, invocation: Invocation) => Promise<number>;
  /** While true, Ctrl-C is the business of a child on our terminal. */
  readonly interrupts: {ignored: boolean};
  /** True while a person is being asked something. */
  readonly asking: {isOpen: boolean};
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Filled in as soon as each is known, for messages about what goes wrong later. */
  readonly where: {release: string | null; namespace: string | null; context: string | null};
}

/** @returns the exit code. Throws UserError; anything else is a bug. */
export type Run = (invocation: Invocation) => Promise<number>;
