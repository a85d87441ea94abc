// What a POSIX shell makes of command lines: their words, one an element.
import {execFileSync} from 'node:child_process';

/** Asks the shell itself, so that no idea of quoting is tested with the same idea. */
export function shellWords(line: string): readonly string[] {
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], {encoding: 'utf8'});
  return printed.split('\0').slice(0, -1);
}

/** The words of several lines, from one shell. */
export function shellLines(lines: readonly string[]): readonly (readonly string[])[] {
  const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\n\\0'`).join('\n');
  const printed = execFileSync('sh', ['-c', script], {encoding: 'utf8'}).split('\0').slice(0, -1);
  const all: string[][] = [[]];
  for (const word of printed)
    if (word === '\n') all.push([]);
    else all.at(-1)?.push(word);
  return all.slice(0, -1);
}
