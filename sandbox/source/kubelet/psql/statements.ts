// A script as psql reads it: statements up to their semicolon, and commands that begin with a backslash.

/** `copy`: the rows that follow it in the script are the server's. */
export type Part = {
  readonly kind: 'sql' | 'meta' | 'copy';
  readonly text: string;
  /** The line of its first character, from 1. */ readonly line: number;
};

const copyFromScript = /^(?:--[^\n]*\n|\s)*copy\b[^;]*\bfrom\s+stdin\b/i;
const routine = /^(?:--[^\n]*\n|\s)*create\s+(?:or\s+replace\s+)?(?:function|procedure)\b/i;
const dollar = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/**
 * Text after the last semicolon is a statement where `complete`, else it waits for more. Splitting ends after a COPY
 * whose rows follow: they are the first lines of the rest.
 */
export function splitScript(script: string, complete: boolean): {parts: Part[]; rest: string} {
  const splitter = new Splitter(script, complete);
  const rest = splitter.split();
  return {parts: splitter.parts, rest};
}

class Splitter {
  readonly parts: Part[] = [];
  readonly #script: string;
  readonly #complete: boolean;
  /** Where the statement begins. */
  #begin = 0;
  #at = 0;
  #parentheses = 0;
  /** How many blocks are open in BEGIN ATOMIC … END, the body of a routine. */
  #bodies = 0;

  constructor(script: string, complete: boolean) {
    this.#script = script;
    this.#complete = complete;
  }

  /** @returns the rest */
  split(): string {
    while (this.#at < this.#script.length) {
      const rest = this.#readOn();
      if (rest !== null) return rest;
    }
    if (!this.#complete) return this.#script.slice(this.#begin);
    const left = this.#script
      .slice(this.#begin)
      .replace(/--[^\n]*|\/\*[^]*?\*\//g, '')
      .trim();
    if (left !== '') this.#push('sql', this.#begin, this.#script.length);
    return '';
  }

  /** @returns the rest where the splitting ends here */
  #readOn(): string | null {
    const character = this.#script[this.#at] ?? '';
    const end = endOfOpaque(this.#script, this.#at);
    if (end !== null) this.#at = end;
    else if (character === '\\') return this.#readCommands();
    else if (character === ';' && this.#parentheses <= 0 && this.#bodies === 0) return this.#endStatement();
    else if (/[A-Za-z_]/.test(character)) this.#readWord();
    else {
      if (character === '(') this.#parentheses++;
      if (character === ')') this.#parentheses--;
      this.#at++;
    }
    return null;
  }

  /**
   * Reads the backslash commands on a line. Text before them on the same line is sent first; psql would keep it
   * waiting, except with \g.
   */
  #readCommands(): string | null {
    const script = this.#script;
    const begin = this.#at;
    this.#push('sql', this.#begin, begin);
    const end = endOf(script, '\n', begin);
    if (!this.#complete && end >= script.length && !script.endsWith('\n')) return script.slice(begin);
    const line = script.slice(0, begin).split('\n').length;
    for (const command of script.slice(begin, end).split(/(?=\\)/))
      if (command.trim() !== '' && command.trim() !== '\\') this.parts.push({kind: 'meta', text: command.trim(), line});
    this.#at = end;
    this.#begin = end;
    return null;
  }

  #endStatement(): string | null {
    const script = this.#script;
    if (copyFromScript.test(script.slice(this.#begin, this.#at))) {
      const lineEnd = endOf(script, '\n', this.#at);
      if (!this.#complete && !script.endsWith('\n', lineEnd)) return script.slice(this.#begin);
      this.#push('copy', this.#begin, this.#at + 1);
      return script.slice(lineEnd);
    }
    this.#push('sql', this.#begin, ++this.#at);
    this.#begin = this.#at;
    return null;
  }

  /** BEGIN, CASE and END matter within the body of a routine. */
  #readWord(): void {
    const ahead = this.#script.slice(this.#at, this.#at + 64);
    const word = /^\w+/.exec(ahead)?.[0] ?? '';
    const keyword = word.toLowerCase();
    if (/^begin\s+atomic\b/i.test(ahead) && routine.test(this.#script.slice(this.#begin, this.#at))) this.#bodies = 1;
    else if (this.#bodies > 0 && (keyword === 'begin' || keyword === 'case')) this.#bodies++;
    else if (this.#bodies > 0 && keyword === 'end') this.#bodies--;
    this.#at += word.length;
  }

  #push(kind: Part['kind'], from: number, to: number): void {
    const text = this.#script.slice(from, to).trim();
    const first = from + (/^\s*/.exec(this.#script.slice(from, to))?.[0].length ?? 0);
    if (text !== '') this.parts.push({kind, text, line: this.#script.slice(0, first).split('\n').length});
  }
}

/** `:name`, `:'name'` and `:"name"` outside of quotes. A name that is not set stays as it is. */
export function withVariables(sql: string, variables: Readonly<Record<string, string>>): string {
  return sql.replace(
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<!:):(?:'(\w+)'|"(\w+)"|(\w+))/g,
    (all, literal?: string, identifier?: string, plain?: string) => {
      const value = variables[literal ?? identifier ?? plain ?? ''];
      if (value === undefined) return all;
      if (literal) return `'${value.replace(/'/g, "''")}'`;
      return identifier ? `"${value.replace(/"/g, '""')}"` : value;
    },
  );
}

/** `\connect [-reuse-previous=on] "dbname='a b'" user` */
export function connectWords(text: string): string[] {
  const words = [...text.replace(/^\\\w+\s*/, '').matchAll(/"((?:[^"]|"")*)"|(\S+)/g)].map(
    ([, quoted, plain]) => plain ?? quoted?.replaceAll('""', '"') ?? '',
  );
  return words.filter((word) => !word.startsWith('-reuse-previous='));
}

/** The place after the comment or the quoted text that begins there; null where none does. */
function endOfOpaque(script: string, at: number): number | null {
  const two = script.slice(at, at + 2);
  if (two === '--') return endOf(script, '\n', at);
  if (two === '/*') return endOfComment(script, at);
  switch (script[at]) {
    case "'":
      return endOfQuoted(script, at, /[eE]$/.test(script.slice(Math.max(0, at - 1), at)));
    case '"':
      return endOf(script, '"', at + 1);
    case '$':
      return isDollar(script, at) ? endOf(script, tagAt(script, at), at + tagAt(script, at).length) : null;
    default:
      return null;
  }
}

function endOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at + what.length;
}

/** Comments nest. */
function endOfComment(text: string, from: number): number {
  let depth = 1;
  let at = from + 2;
  while (at < text.length && depth > 0) {
    const two = text.slice(at, at + 2);
    depth += two === '/*' ? 1 : two === '*/' ? -1 : 0;
    at += two === '/*' || two === '*/' ? 2 : 1;
  }
  return at;
}

function endOfQuoted(text: string, from: number, escapes: boolean): number {
  for (let at = from + 1; at < text.length; at++) {
    if (escapes && text[at] === '\\') at++;
    else if (text[at] === "'") {
      if (text[at + 1] !== "'") return at + 1;
      at++;
    }
  }
  return text.length;
}

function isDollar(text: string, at: number): boolean {
  return tagAt(text, at) !== '' && !/[\w$]/.test(text[at - 1] ?? '');
}

function tagAt(text: string, at: number): string {
  dollar.lastIndex = at;
  return dollar.exec(text)?.[0] ?? '';
}
