// A command as a person would type it into a POSIX shell.

/** `program` and its arguments, each quoted where a shell would read it differently. */
export function commandLine(program: string, args: readonly string[]): string {
  return [program, ...args].map(quoted).join(' ');
}

/** One word. What needs no quotes gets none. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
