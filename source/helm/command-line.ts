// Shows a command as a person would type it, and reads such a line.

/** Quoted for a POSIX shell. What we give helm never holds a secret, so nothing is masked. */
export function commandLine(program: string, args: readonly string[]): string {
  return [program, ...args].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The words of a line that `commandLine` made. */
export function wordsOf(line: string): readonly string[] {
  return Array.from(line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g), ([word]) => word.replace(/'([^']*)'|\\(.)/g, '$1$2'));
}
