// The part of psql's command line that is in use.

export interface PsqlOptions {
  /** What -c and -f ask for, in their order. */
  readonly actions: readonly (
    {readonly kind: 'command'; readonly text: string} | {readonly kind: 'file'; readonly path: string}
  )[];
  /** -d when it is more than a name: `key=value …` or a URI. */
  readonly conninfo: string | null;
  readonly database: string | null;
  readonly user: string | null;
  readonly host: string | null;
  readonly port: string | null;
  readonly quiet: boolean;
  readonly password: 'ask' | 'never' | 'if needed';
  readonly variables: Readonly<Record<string, string>>;
  readonly format: TableFormat;
  readonly oneTransaction: boolean;
}

export interface TableFormat {
  readonly aligned: boolean;
  readonly tuplesOnly: boolean;
  readonly expanded: boolean;
  readonly separator: string;
  readonly recordSeparator: string;
  readonly null: string;
  readonly csv: boolean;
}

/** Words that psql prints before it does anything. */
export class PsqlUsage extends Error {}

const short: Readonly<Record<string, string>> = {
  c: 'command',
  d: 'dbname',
  f: 'file',
  U: 'username',
  h: 'host',
  p: 'port',
  v: 'variable',
  F: 'field-separator',
  R: 'record-separator',
  P: 'pset',
  X: 'no-psqlrc',
  q: 'quiet',
  A: 'no-align',
  t: 'tuples-only',
  w: 'no-password',
  W: 'password',
  x: 'expanded',
  1: 'single-transaction',
  a: 'echo-all',
  e: 'echo-queries',
  b: 'echo-errors',
  n: 'no-readline',
  V: 'version',
  '?': 'help',
  S: 'single-line',
  s: 'single-step',
  z: 'field-separator-zero',
  0: 'record-separator-zero',
};
const valued = new Set([
  'command',
  'dbname',
  'file',
  'username',
  'host',
  'port',
  'variable',
  'set',
  'field-separator',
  'record-separator',
  'pset',
]);
const flags = new Set([...Object.values(short), 'csv']);

interface Option {
  readonly name: string;
  /** Empty for a flag. */
  readonly value: string;
}

/** @throws PsqlUsage */
export function parseOptions(words: readonly string[]): PsqlOptions | 'version' | 'help' {
  const {options, plain} = readWords(words);
  const has = (name: string) => options.some((one) => one.name === name);
  if (has('version')) return 'version';
  if (has('help')) return 'help';
  const database = lastOf(options, 'dbname') ?? plain[0] ?? null;
  const isConninfo = database !== null && /=|^postgres(ql)?:\/\//.test(database);
  return {
    actions: options.flatMap(({name, value}): PsqlOptions['actions'] =>
      name === 'command' ? [{kind: 'command', text: value}] : name === 'file' ? [{kind: 'file', path: value}] : [],
    ),
    conninfo: isConninfo ? database : null,
    database: isConninfo ? null : database,
    user: lastOf(options, 'username') ?? plain[1] ?? null,
    host: lastOf(options, 'host'),
    port: lastOf(options, 'port'),
    quiet: has('quiet'),
    password: has('password') ? 'ask' : has('no-password') ? 'never' : 'if needed',
    variables: variablesOf(options),
    format: formatOf(options),
    oneTransaction: has('single-transaction'),
  };
}

/** The options, and the words that are no options. @throws PsqlUsage */
function readWords(words: readonly string[]): {options: Option[]; plain: string[]} {
  const options: Option[] = [];
  const plain: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return {options, plain: [...plain, ...words.slice(at + 1)]};
    const nextWord = () => words[++at];
    const long = /^--([\w-]+)(?:=(.*))?$/s.exec(word);
    if (long) options.push(longOption(word, long, nextWord));
    else if (/^-./.test(word)) options.push(...shortOptions(word.slice(1), nextWord));
    else plain.push(word);
  }
  return {options, plain};
}

function longOption(word: string, match: RegExpExecArray, nextWord: () => string | undefined): Option {
  const [, name = '', value] = match;
  if (!valued.has(name) && !flags.has(name)) throw new PsqlUsage(`psql: unrecognized option '${word}'`);
  return {name, value: valued.has(name) ? (value ?? nextWord() ?? '') : ''};
}

/** Flags in one word, and after them perhaps one with a value: `-qAtc 'select 1'`, `-Upostgres`. */
function shortOptions(letters: string, nextWord: () => string | undefined): Option[] {
  const options: Option[] = [];
  for (let rest = letters; rest !== ''; rest = rest.slice(1)) {
    const name = short[rest[0] ?? ''];
    if (name === undefined) throw new PsqlUsage(`psql: invalid option -- '${rest[0]}'`);
    if (valued.has(name)) {
      const value = rest.length > 1 ? rest.slice(1) : nextWord();
      if (value === undefined) throw new PsqlUsage(`psql: option requires an argument -- '${rest[0]}'`);
      return [...options, {name, value}];
    }
    options.push({name, value: ''});
  }
  return options;
}

function lastOf(options: readonly Option[], name: string): string | null {
  return options.findLast((one) => one.name === name)?.value ?? null;
}

/** -v name=value */
function variablesOf(options: readonly Option[]): Record<string, string> {
  return Object.fromEntries(
    options
      .filter(({name}) => name === 'variable' || name === 'set')
      .map(({value}) => [value.split('=')[0] ?? '', value.includes('=') ? value.slice(value.indexOf('=') + 1) : '']),
  );
}

function formatOf(options: readonly Option[]): TableFormat {
  const has = (name: string) => options.some((one) => one.name === name);
  const settings = options.filter(({name}) => name === 'pset').map(({value}) => value.split('='));
  const pset = (name: string) => settings.findLast(([key]) => key === name)?.[1];
  return {
    aligned: !has('no-align') && pset('format') !== 'unaligned',
    tuplesOnly: has('tuples-only') || pset('tuples_only') === 'on',
    expanded: has('expanded') || pset('expanded') === 'on',
    separator: has('field-separator-zero') ? '\0' : (lastOf(options, 'field-separator') ?? pset('fieldsep') ?? '|'),
    recordSeparator: has('record-separator-zero') ? '\0' : (lastOf(options, 'record-separator') ?? '\n'),
    null: pset('null') ?? '',
    csv: has('csv') || pset('format') === 'csv',
  };
}
