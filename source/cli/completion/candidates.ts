// Which words may come next on a command line: commands, flags, their values, names. Pure: the caller looks the names
// up.
import {passwordRoles} from '../../commands/operation.ts';
import {descriptors} from '../../parameters/parameters.ts';
import {commandsThatLook, valuesThatLook, wordChanges} from '../changes.ts';
import type {Command, Option} from '../command.ts';
import {groupsOf} from '../flags.ts';
import {shells} from './scripts.ts';

export interface CompletionWord {
  readonly word: string;
  /** An empty text: there is nothing to say about the word. */
  readonly about: string;
}

/** The kind of names that have to be looked up in the cluster or the kubeconfig. */
export type Names = 'releases' | 'contexts' | 'namespaces';

type CompletionWords =
  | {readonly kind: 'words'; readonly words: readonly CompletionWord[]}
  /** The shell itself completes file names. */
  | {readonly kind: 'files'}
  | {
      readonly kind: 'names';
      readonly names: Names;
      /** The flags given so far that say which cluster is meant. */
      readonly options: Readonly<Record<string, string | boolean>>;
      /** The part of the word before the name: `--context=`, or nothing. */
      readonly prefix: string;
    };

/** What follows a command, or its release, without a flag. */
const wordsAfter: Readonly<Record<string, readonly string[]>> = {
  sandbox: ['up', 'down', 'status', 'fault'],
  backup: ['run', 'list', 'verify', 'restore'],
  completion: shells,
};

const valuesOf: Readonly<Record<string, readonly string[]>> = {
  '--output': ['text', 'json', 'ndjson'],
  '--role': ['writer', 'reader'],
  'rotate-password --role': passwordRoles,
  'endpoints --format': ['uri', 'psql', 'env', 'jdbc', 'dotnet'],
  'export --format': ['helm', 'argocd', 'flux', 'helmfile', 'grafana', 'prometheus-rules'],
  '--image-source': ['official', 'bitnamilegacy', 'bitnamisecure', 'mirror:', 'image:'],
};

/**
 * @param words everything before the cursor; the last one is still being typed, and may be empty
 * @param isReadOnly what changes something is not offered
 */
export function candidates(
  words: readonly string[],
  commands: readonly Command[],
  isReadOnly = false,
): CompletionWords {
  const [name = '', ...rest] = withoutEqualSigns(words);
  const known = offeredCommands(commands, isReadOnly);
  if (rest.length === 0) return wordsFrom(known.map((command) => ({word: command.name, about: command.summary})));
  const command = known.find((one) => one.name === name);
  if (!command) return wordsFrom([]);
  const flags = flagsOf(command);
  const {positions, options, open} = read(rest.slice(0, -1), flags);
  const current = rest.at(-1) ?? '';
  const given = flagBeingGiven(open, current, flags);
  if (given) return valuesFor({command, flag: given.flag, options, prefix: given.prefix, isReadOnly});
  if (current.startsWith('-')) return wordsFrom(flags.map(({long, help}) => ({word: long, about: help})));
  const takesRelease = command.release !== 'none';
  if (takesRelease && positions === 0) return {kind: 'names', names: 'releases', options, prefix: ''};
  const isWord = positions === (takesRelease ? 1 : 0);
  return wordsFrom(isWord ? offeredWords(name, isReadOnly).map((word) => ({word, about: ''})) : []);
}

function offeredCommands(commands: readonly Command[], isReadOnly: boolean): readonly Command[] {
  return (isReadOnly ? commandsThatLook(commands) : commands).filter(({hidden}) => !hidden);
}

function offeredWords(command: string, isReadOnly: boolean): readonly string[] {
  return (wordsAfter[command] ?? []).filter((word) => !isReadOnly || !wordChanges(command, word));
}

/** The flag whose value is being typed: `open`, the flag before the word, or else the one of `--flag=value`. */
function flagBeingGiven(open: KnownFlag | null, word: string, flags: readonly KnownFlag[]) {
  if (open) return {flag: open, prefix: ''};
  const [long = '', value] = word.split(/=(.*)/s);
  const flag = flags.find((one) => one.long === long && one.argument !== null);
  return flag && value !== undefined ? {flag, prefix: `${long}=`} : null;
}

/** bash hands over "=" as a word of its own, with the flag before it and the value behind it as words of their own. */
function withoutEqualSigns(words: readonly string[]): readonly string[] {
  return words.filter((word, index) => word !== '=' || words[index - 1]?.startsWith('--') !== true);
}

function wordsFrom(words: readonly CompletionWord[]): CompletionWords {
  return {kind: 'words', words};
}

interface KnownFlag {
  readonly long: string;
  readonly short: string | null;
  /** As in the flag's syntax: `<file>`; null: the flag takes no argument. */
  readonly argument: string | null;
  readonly help: string;
}

function flagsOf(command: Command): readonly KnownFlag[] {
  const help: Option = {syntax: '-h, --help', help: 'print help'};
  return [...groupsOf(command).flatMap(({options}) => options), help].map((option) => {
    const [, short = null, long = '', argument = null] = /^(?:(-\w), )?(--[\w-]+)(?: (.+))?$/.exec(option.syntax) ?? [];
    return {long, short, argument, help: option.help};
  });
}

/** Reads the words so far. `open`: the flag whose value comes next. */
function read(words: readonly string[], flags: readonly KnownFlag[]) {
  const options: Record<string, string | boolean> = {};
  let positions = 0;
  let open: KnownFlag | null = null;
  for (const word of words) {
    if (open) {
      options[open.long.slice(2)] = word;
      open = null;
      continue;
    }
    const [name = '', value] = word.split(/=(.*)/s);
    const flag = flags.find(({long, short}) => name === long || name === short);
    if (!flag) positions += word.startsWith('-') ? 0 : 1;
    else if (flag.argument === null || flag.argument.startsWith('[')) options[flag.long.slice(2)] = true;
    else if (value !== undefined) options[flag.long.slice(2)] = value;
    else open = flag;
  }
  return {positions, options, open};
}

interface ValueAsked {
  readonly command: Command;
  readonly flag: KnownFlag;
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly prefix: string;
  readonly isReadOnly: boolean;
}

function valuesFor({command, flag, options, prefix, isReadOnly}: ValueAsked): CompletionWords {
  if (flag.long === '--context') return {kind: 'names', names: 'contexts', options, prefix};
  if (flag.long === '--namespace') return {kind: 'names', names: 'namespaces', options, prefix};
  if (/file|dir|path/.test(flag.argument ?? '')) return {kind: 'files'};
  const own = valuesOf[`${command.name} ${flag.long}`] ?? valuesOf[flag.long];
  const descriptor = descriptors.find(({flags}) => flags[0]?.name === flag.long);
  const all = own ?? descriptor?.choices(null) ?? [];
  const words = isReadOnly ? valuesThatLook(command.name, flag.long.slice(2), all) : all;
  return wordsFrom(words.map((word) => ({word: `${prefix}${word}`, about: ''})));
}
