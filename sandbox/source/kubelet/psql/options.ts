// psql's command line, as far as it is in use.

export interface PsqlOptions {
  /** Of -c and -f, in their order. */
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
  ...{
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
  },
  ...{
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
  },
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

/** @throws PsqlUsage */
export function parseOptions(words: readonly string[]): PsqlOptions | 'version' | 'help' {
  const given: {name: string; value: string}[] = [];
  const plain: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      plain.push(...words.slice(at + 1));
      break;
    }
    const long = /^--([\w-]+)(?:=(.*))?$/s.exec(word);
    if (long) {
      const [, name = '', value] = long;
      if (!valued.has(name) && !flags.has(name)) throw new PsqlUsage(`psql: unrecognized option '${word}'`);
      given.push({name, value: valued.has(name) ? (value ?? words[++at] ?? '') : ''});
    } else if (/^-./.test(word)) {
      for (let rest = word.slice(1); rest !== '';) {
        const name = short[rest[0] ?? ''];
        if (name === undefined) throw new PsqlUsage(`psql: invalid option -- '${rest[0]}'`);
        if (valued.has(name)) {
          const value = rest.length > 1 ? rest.slice(1) : words[++at];
          if (value === undefined) throw new PsqlUsage(`psql: option requires an argument -- '${rest[0]}'`);
          given.push({name, value});
          break;
        }
        given.push({name, value: ''});
        rest = rest.slice(1);
      }
    } else plain.push(word);
  }
  const has = (name: string) => given.some((one) => one.name === name);
  const last = (name: string) => given.findLast((one) => one.name === name)?.value ?? null;
  if (has('version')) return 'version';
  if (has('help')) return 'help';
  const database = last('dbname') ?? plain[0] ?? null;
  const isConninfo = database !== null && /=|^postgres(ql)?:\/\//.test(database);
  const settings = given.filter(({name}) => name === 'pset').map(({value}) => value.split('='));
  const pset = (name: string) => settings.findLast(([key]) => key === name)?.[1];
  return {
    actions: given.flatMap(({name, value}): PsqlOptions['actions'] =>
      name === 'command' ? [{kind: 'command', text: value}] : name === 'file' ? [{kind: 'file', path: value}] : [],
    ),
    conninfo: isConninfo ? database : null,
    database: isConninfo ? null : database,
    user: last('username') ?? plain[1] ?? null,
    host: last('host'),
    port: last('port'),
    quiet: has('quiet'),
    password: has('password') ? 'ask' : has('no-password') ? 'never' : 'if needed',
    variables: Object.fromEntries(
      given
        .filter(({name}) => name === 'variable' || name === 'set')
        .map(({value}) => [value.split('=')[0] ?? '', value.includes('=') ? value.slice(value.indexOf('=') + 1) : '']),
    ),
    format: {
      aligned: !has('no-align') && pset('format') !== 'unaligned',
      tuplesOnly: has('tuples-only') || pset('tuples_only') === 'on',
      expanded: has('expanded') || pset('expanded') === 'on',
      separator: has('field-separator-zero') ? '\0' : (last('field-separator') ?? pset('fieldsep') ?? '|'),
      recordSeparator: has('record-separator-zero') ? '\0' : (last('record-separator') ?? '\n'),
      null: pset('null') ?? '',
      csv: has('csv') || pset('format') === 'csv',
    },
    oneTransaction: has('single-transaction'),
  };
}
