// Breaks lines to the width of a terminal, because the terminal itself would break them within words.
import {stripVTControlCharacters} from 'node:util';
import {inAscii, showsUnicode} from '../../../core/signs.ts';
import {shellLines} from '../../../core/shell.ts';
import type {Streams} from '../reporter.ts';

/** A line that is a command to its end, indented, or behind a label or `$`. A sentence may begin with `helm` too. */
const commandLine = /^( *(?:\$ |[a-z]+ {2,})?)((?:[A-Z_]+=\S+ )*(?:pg-helm-install|kubectl|helm|npx) .*[^.])$/;
/** What stands before the text of a line: indents, times, signs, numbers and labels. */
const beforeText = /^ *(?:\S+ {2,}|\d+\. |[^\w\s'"([{<*#/-] )*/;
/** A narrower terminal would get one word a line. */
const leastColumns = 24;

/**
 * Breaks lines between words and indents the rest. A command is marked where it is broken, so that it can be pasted.
 */
export function fitted(lines: readonly string[], columns: number | undefined): string[] {
  if (columns === undefined || columns < leastColumns) return [...lines];
  return lines.flatMap((line) => fittedLine(line, columns));
}

/**
 * Prints lines, fitted where the stream is a terminal. `unicode` false: our own signs as ASCII; a command stays as it
 * is, because it may be pasted.
 */
export function printLines(
  stream: Streams['stdout'],
  lines: readonly string[],
  unicode = showsUnicode(process.env),
): void {
  const shown = unicode ? lines : lines.map((line) => (commandLine.test(line) ? line : inAscii(line)));
  stream.write(
    fitted(shown, stream.columns)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function fittedLine(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line];
  const [, before = '', command] = commandLine.exec(line) ?? [];
  if (command === undefined) return proseLines(line, columns);
  const indent = ' '.repeat(before.length);
  return shellLines(command, columns - before.length).map((one, index) => (index === 0 ? before : indent) + one);
}

function proseLines(line: string, columns: number): string[] {
  const {length} = beforeText.exec(stripVTControlCharacters(line))?.[0] ?? '';
  const indent = ' '.repeat(length > columns / 2 ? 2 : length);
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    // A word that fits on no line stays where it is, and the terminal breaks it.
    if (last === undefined || widthOf(joined) <= columns || indent.length + widthOf(word) > columns)
      lines[Math.max(0, lines.length - 1)] = joined;
    else lines.push(indent + word);
  }
  return lines.map((one) => one.trimEnd());
}

function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
