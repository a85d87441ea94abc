// A command as a person would type it into a POSIX shell.

/** `program` and its arguments, each quoted where a shell would read it differently. */
export function commandLine(program: string, args: readonly string[]): string {
  return [program, ...args].map(quoted).join(' ');
}

/** Quotes one word. A word that needs no quotes gets none. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Breaks a command into lines that a shell reads as one: between words only, keeping a flag with its value, and with a
 * mark where it goes on. What is selected on the screen can be pasted.
 */
export function shellLines(command: string, width: number): string[] {
  const words = command.replaceAll('\n', ' ').match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? [];
  const lines: string[] = [];
  for (const piece of withTheirValues(words, width - 4)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= width - 2) lines[lines.length - 1] = `${last} ${piece}`;
    else lines.push(last === undefined ? piece : `  ${piece}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

/** The words, each flag joined with the word behind it where both fit on one line. */
function withTheirValues(words: readonly string[], room: number): string[] {
  const pieces: string[] = [];
  for (const word of words) {
    const last = pieces.at(-1);
    const belongs = last !== undefined && /^-[^\s=]+$/.test(last) && /^[\w'./]/.test(word);
    if (belongs && last.length + 1 + word.length <= room) pieces[pieces.length - 1] = `${last} ${word}`;
    else pieces.push(word);
  }
  return pieces;
}
