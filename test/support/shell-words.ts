// What a POSIX shell makes of command lines: its words, one an element.
import {execFileSync} from 'node:child_process';

/** Asks the shell itself, so that no idea of quoting is tested with the same idea. */
export function shellWords(line: string): readonly string[] {
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], {encoding: 'utf8'});
  return printed.split('\0').slice(0, -1);
}
