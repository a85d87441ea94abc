// A script as psql reads it: statements up to their semicolon, and commands that begin with a backslash.

/** `copy`: the rows that follow it in the script are the server's. */
export type Part = {
  readonly kind: 'sql' | 'meta' | 'copy';
  readonly text: string;
  /** Of its first character, from 1. */ readonly line: number;
};

const copyFromScript = /^(?:--[^\n]*\n|\s)*copy\b[^;]*\bfrom\s+stdin\b/i;
const routine = /^(?:--[^\n]*\n|\s)*create\s+(?:or\s+replace\s+)?(?:function|procedure)\b/i;
const dollar = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/**
 * What is left behind the last semicolon is a statement where `complete`, else it waits for more. Ends behind a COPY
 * whose rows follow: they are the first lines of the rest.
 */
export function splitScript(script: string, complete: boolean): {parts: Part[]; rest: string} {
  const parts: Part[] = [];
  let begin = 0;
  let at = 0;
  let parentheses = 0;
  /** Of BEGIN ATOMIC … END, the body of a routine. */
  let bodies = 0;
  const push = (kind: Part['kind'], from: number, to: number) => {
    const text = script.slice(from, to).trim();
    const first = from + (/^\s*/.exec(script.slice(from, to))?.[0].length ?? 0);
    if (text !== '') parts.push({kind, text, line: script.slice(0, first).split('\n').length});
  };
  while (at < script.length) {
    const two = script.slice(at, at + 2);
    const one = script[at] ?? '';
    if (two === '--') at = endOf(script, '\n', at);
    else if (two === '/*') at = endOfComment(script, at);
    else if (one === "'") at = endOfQuoted(script, at, /[eE]$/.test(script.slice(Math.max(0, at - 1), at)));
    else if (one === '"') at = endOf(script, '"', at + 1);
    else if (one === '$' && isDollar(script, at)) at = endOf(script, tagAt(script, at), at + tagAt(script, at).length);
    else if (one === '\\') {
      // What stands before it on the line waits, except with \g, which nobody here uses.
      push('sql', begin, at);
      const end = endOf(script, '\n', at);
      if (!complete && end >= script.length && !script.endsWith('\n')) return {parts, rest: script.slice(at)};
      for (const command of script.slice(at, end).split(/(?=\\)/))
        if (command.trim() !== '' && command.trim() !== '\\')
          parts.push({kind: 'meta', text: command.trim(), line: script.slice(0, at).split('\n').length});
      at = end;
      begin = at;
    } else if (one === ';' && parentheses <= 0 && bodies === 0) {
      if (copyFromScript.test(script.slice(begin, at))) {
        const lineEnd = endOf(script, '\n', at);
        if (!complete && !script.endsWith('\n', lineEnd)) return {parts, rest: script.slice(begin)};
        push('copy', begin, at + 1);
        return {parts, rest: script.slice(lineEnd)};
      }
      push('sql', begin, ++at);
      begin = at;
    } else if (/[A-Za-z_]/.test(one)) {
      const [word = one] = /^\w+/.exec(script.slice(at, at + 64)) ?? [];
      const said = word.toLowerCase();
      if (
        said === 'begin' &&
        /^begin\s+atomic\b/i.test(script.slice(at, at + 64)) &&
        routine.test(script.slice(begin, at))
      )
        bodies = 1;
      else if (bodies > 0 && (said === 'begin' || said === 'case')) bodies++;
      else if (bodies > 0 && said === 'end') bodies--;
      at += word.length;
    } else {
      if (one === '(') parentheses++;
      if (one === ')') parentheses--;
      at++;
    }
  }
  if (!complete) return {parts, rest: script.slice(begin)};
  const left = script
    .slice(begin)
    .replace(/--[^\n]*|\/\*[^]*?\*\//g, '')
    .trim();
  if (left !== '') push('sql', begin, script.length);
  return {parts, rest: ''};
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

function endOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at + what.length;
}

/** They nest. */
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
