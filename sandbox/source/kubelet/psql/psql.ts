// A stand-in for psql, which the package of PostgreSQL does not have: the options and commands that scripts use, with
// psql's words.
import {StringDecoder} from 'node:string_decoder';
import type {Client} from 'pg';
import {keywords, targetOf, type Target} from './conninfo.ts';
import {copyIn} from './copy-in.ts';
import {describe} from './describe.ts';
import {parseOptions, PsqlUsage, type PsqlOptions, type TableFormat} from './options.ts';
import {passwordIn} from './password-file.ts';
import type {Rows} from './rows.ts';
import {scriptParts} from './script.ts';
import {ask, connectTo, ConnectionFailed, errorText, type Answer, type Reach} from './session.ts';
import {connectWords, withVariables, type Part} from './statements.ts';
import {tableText} from './table.ts';

export interface ProgramInput {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Pieces of standard input; ends at its end. */
  readonly stdin: AsyncIterator<Buffer, undefined>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A file of the container. @throws Error */
  readonly readFile: (path: string) => Promise<string>;
  readonly reach: Reach;
  readonly signal: AbortSignal;
}

const help =
  'psql of the sandbox: a stand-in with the options that scripts use (-X -q -A -t -x -w -W -c -f -d -U -h -p -v ' +
  '-F -R -P --csv -1) and \\q \\c \\conninfo \\timing \\echo \\set \\x \\l \\dt \\du \\dn.\n';
/** What psql exits with. */
const code = {ok: 0, failed: 1, noConnection: 2, scriptFailed: 3};

/** @returns the exit code, psql's */
export async function psql(input: ProgramInput): Promise<number> {
  try {
    const options = parseOptions(input.words);
    if (options === 'version') input.out('psql (PostgreSQL) 17.6, a stand-in of the pg-helm-install sandbox\n');
    if (options === 'help') input.out(help);
    return typeof options === 'string' ? code.ok : await new Psql(options, input).run();
  } catch (error) {
    if (error instanceof PsqlUsage)
      input.err(`${error.message}\npsql: hint: Try "psql --help" for more information.\n`);
    else input.err(`psql: error: ${(error as Error).message}\n`);
    return error instanceof ConnectionFailed ? code.noConnection : code.failed;
  }
}

type Outcome = 'done' | 'quit' | 'failed';
/** `text` is the whole command. */
type Command = (words: readonly string[], text: string) => Outcome | Promise<Outcome>;

class Psql {
  #client: Client | null = null;
  #target: Target;
  #format: TableFormat;
  #timing = false;
  #password: string | null;
  #left = '';
  readonly #variables: Record<string, string>;
  readonly #commands: ReadonlyMap<string, Command> = new Map<string, Command>([
    ['q', () => 'quit'],
    ['quit', () => 'quit'],
    ['timing', (words) => this.#setTiming(words)],
    ['x', (words) => this.#setExpanded(words)],
    ['echo', (words) => this.#echo(words)],
    ['set', (words) => this.#setVariable(words)],
    ['unset', (words) => this.#unsetVariable(words)],
    ['conninfo', () => this.#showConnection()],
    ['c', (_words, text) => this.#reconnect(connectWords(text))],
    ['connect', (_words, text) => this.#reconnect(connectWords(text))],
    // A dump contains these: nothing here does what they prevent, and all text is UTF-8.
    ['restrict', () => 'done'],
    ['unrestrict', () => 'done'],
    ['encoding', () => 'done'],
  ]);

  constructor(
    readonly options: PsqlOptions,
    readonly input: ProgramInput,
  ) {
    this.#target = targetOf(options, input.environment);
    this.#format = options.format;
    this.#password = this.#target.password;
    this.#variables = {...options.variables};
  }

  async run(): Promise<number> {
    const {actions, password} = this.options;
    if (password === 'ask') this.#password = await this.#asked('Password: ');
    try {
      const client = await this.#connect(this.#target, this.#password);
      this.#client = client;
      this.input.signal.addEventListener('abort', () => void this.#client?.end());
      return await (actions.length === 0 ? this.#standardInput() : this.#actions(client));
    } finally {
      await this.#client?.end().catch(() => undefined);
    }
  }

  /** Runs what -c and -f ask for, with -1 in one transaction. */
  async #actions(client: Client): Promise<number> {
    const {actions, oneTransaction} = this.options;
    if (oneTransaction) await client.query('begin');
    for (const action of actions) {
      const isCommand = action.kind === 'command';
      const ended = isCommand
        ? await this.#command(action.text)
        : await this.#script(await this.input.readFile(action.path), action.path);
      if (ended !== code.ok && (this.#stops || isCommand))
        return ended === code.scriptFailed && isCommand ? code.failed : ended;
    }
    if (oneTransaction) await this.#client?.query('commit');
    return code.ok;
  }

  get #stops(): boolean {
    return /^(1|on|true|yes)$/i.test(this.#variables['ON_ERROR_STOP'] ?? '');
  }

  /** -c: one request, whatever is in it; a backslash command has to stand alone. */
  async #command(text: string): Promise<number> {
    if (text.trimStart().startsWith('\\')) return (await this.#meta(text.trim())) === 'failed' ? code.failed : code.ok;
    return (await this.#send(text, '')) ? code.ok : code.failed;
  }

  async #script(text: string, name: string): Promise<number> {
    return this.#read(text, name, async () => null);
  }

  async #standardInput(): Promise<number> {
    // A character may be cut in two between pieces.
    const decoder = new StringDecoder('utf8');
    return this.#read(this.#left, null, async () => {
      const {value, done} = await this.input.stdin.next();
      return done ? null : decoder.write(value);
    });
  }

  /** `more` gives null at the end. */
  async #read(begun: string, name: string | null, more: () => Promise<string | null>): Promise<number> {
    for await (const {part, rows} of scriptParts(begun, more)) {
      if (rows === null) {
        const left = await this.#part(part, name);
        if (left !== null) return left;
      } else if (!(await this.#copy(part.text, rows)) && this.#stops) return code.scriptFailed;
    }
    return code.ok;
  }

  async #copy(sql: string, rows: Rows): Promise<boolean> {
    if (!this.#client) return false;
    try {
      const count = await copyIn(this.#client, sql, () => rows.all());
      if (!this.options.quiet) this.input.out(`COPY ${count}\n`);
      return true;
    } catch (error) {
      this.input.err(`${errorText(error, sql)}\n`);
      return false;
    }
  }

  /** Null: the script goes on. */
  async #part({kind, text, line}: Part, name: string | null): Promise<number | null> {
    if (kind === 'meta') {
      const outcome = await this.#meta(text);
      if (outcome === 'quit') return code.ok;
      return outcome === 'failed' && this.#stops ? code.scriptFailed : null;
    }
    const passed = await this.#send(
      withVariables(text, this.#variables),
      name === null ? '' : `psql:${name}:${line}: `,
    );
    return passed || !this.#stops ? null : code.scriptFailed;
  }

  async #send(sql: string, where: string): Promise<boolean> {
    if (!this.#client) return false;
    const began = performance.now();
    let passed = true;
    try {
      await ask(this.#client, sql, (answer) => this.#print(answer));
    } catch (error) {
      passed = false;
      this.input.err(`${where}${errorText(error, sql)}\n`);
    }
    if (this.#timing) this.input.out(`Time: ${(performance.now() - began).toFixed(3)} ms\n`);
    return passed;
  }

  /** A word of \echo: a variable's value, or what stands between the quotes. */
  #echoed(word: string): string {
    if (/^:\w+$/.test(word)) return this.#variables[word.slice(1)] ?? word;
    return word.replace(/^'(.*)'$/, '$1');
  }

  #print({tag, fields, rows}: Answer): void {
    if (fields.length > 0) this.input.out(tableText({columns: fields, rows}, this.#format));
    else if (!this.options.quiet && tag !== '') this.input.out(`${tag}\n`);
  }

  async #meta(text: string): Promise<Outcome> {
    const [name = '', ...words] = text.slice(1).trim().split(/\s+/);
    const command = name.replace(/[+S]+$/, '');
    const run = this.#commands.get(command);
    if (run) return run(words, text);
    const asked = describe(command);
    if (asked && this.#client) {
      await ask(this.#client, asked.sql, ({fields, rows}) =>
        this.input.out(tableText({columns: fields, rows}, this.#format, asked.title)),
      );
      return 'done';
    }
    this.input.err(`invalid command \\${name}: this psql is a stand-in of the sandbox and does not have it\n`);
    return 'failed';
  }

  #setTiming([word]: readonly string[]): Outcome {
    this.#timing = isOn(word, this.#timing);
    if (!this.options.quiet) this.input.out(`Timing is ${this.#timing ? 'on' : 'off'}.\n`);
    return 'done';
  }

  #setExpanded([word]: readonly string[]): Outcome {
    this.#format = {...this.#format, expanded: isOn(word, this.#format.expanded)};
    if (!this.options.quiet) this.input.out(`Expanded display is ${this.#format.expanded ? 'on' : 'off'}.\n`);
    return 'done';
  }

  #echo(words: readonly string[]): Outcome {
    this.input.out(`${words.map((word) => this.#echoed(word)).join(' ')}\n`);
    return 'done';
  }

  #setVariable([name, ...values]: readonly string[]): Outcome {
    if (name) this.#variables[name] = values.join('').replace(/^'(.*)'$/s, '$1');
    return 'done';
  }

  #unsetVariable([name]: readonly string[]): Outcome {
    if (name) this.#variables[name] = '';
    return 'done';
  }

  #showConnection(): Outcome {
    const {database, user, host, port} = this.#target;
    this.input.out(
      `You are connected to database "${database}" as user "${user}" ` +
        `${host === '' ? 'via socket' : `on host "${host}"`} at port "${port}".\n`,
    );
    return 'done';
  }

  async #reconnect(words: readonly string[]): Promise<Outcome> {
    const other = changedTarget(this.#target, words);
    // libpq keeps the password only for the same user.
    const password =
      this.options.password === 'ask' && other.user !== this.#target.user
        ? await this.#asked(`Password for user ${other.user}: `)
        : this.#password;
    try {
      const client = await this.#connect(other, password);
      await this.#client?.end().catch(() => undefined);
      [this.#client, this.#target, this.#password] = [client, other, password];
    } catch (error) {
      // In a script there is nobody who would go on with the old connection.
      this.input.err(`\\connect: ${(error as Error).message}\n`);
      await this.#client?.end().catch(() => undefined);
      return 'failed';
    }
    if (!this.options.quiet)
      this.input.out(`You are now connected to database "${other.database}" as user "${other.user}".\n`);
    return 'done';
  }

  async #connect(target: Target, given: string | null): Promise<Client> {
    const {reach, readFile, err} = this.input;
    const file = given === null && target.passfile !== null ? await readFile(target.passfile).catch(() => '') : '';
    const password = given ?? passwordIn(file, target);
    return connectTo(target, password, {reach, readFile, onNotice: (text) => err(`${text}\n`)});
  }

  /** Reads a line of standard input, because a pod's command has no terminal. */
  async #asked(prompt: string): Promise<string> {
    this.input.err(prompt);
    let text = this.#left;
    while (!text.includes('\n')) {
      const {value, done} = await this.input.stdin.next();
      if (done) break;
      text += value.toString('utf8');
    }
    const at = text.indexOf('\n');
    this.#left = at < 0 ? '' : text.slice(at + 1);
    return (at < 0 ? text : text.slice(0, at)).replace(/\r$/, '');
  }
}

/** `\x on`, `\x off`, or `\x` to change between them. */
function isOn(word: string | undefined, before: boolean): boolean {
  return word === undefined ? !before : word === 'on';
}

/** `-` stands for the value from before. */
function changedTarget(target: Target, [asked = '-', user = '-']: readonly string[]): Target {
  const database = asked.includes('=') ? (keywords(asked)['dbname'] ?? '-') : asked;
  return {...target, ...(database === '-' ? {} : {database}), ...(user === '-' ? {} : {user})};
}
