// Overwrites an entry of this process's environment where /proc/PID/environ shows it to the same user: deleting the
// variable leaves its text there. Node.js 16 must understand this file, see newer-node.js.
import {closeSync, openSync, readFileSync, readSync, writeSync} from 'node:fs';

/** Linux, proc(5): fields 50 and 51 of /proc/self/stat say where the memory of the environment begins and ends. */
export function overwriteInEnvironment(entry) {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The command's name in parentheses may hold spaces; behind it comes field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [start, end] = [Number(fields[47]), Number(fields[48])];
  if (!(start > 0 && end > start)) return;
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    const environment = Buffer.alloc(end - start);
    readSync(memory, environment, 0, environment.length, start);
    const secret = Buffer.from(entry);
    // The same bytes may also end another variable, and stand first there.
    for (let at = environment.indexOf(secret); at >= 0; at = environment.indexOf(secret, at + 1)) {
      writeSync(memory, Buffer.alloc(secret.length), 0, secret.length, start + at);
    }
  } finally {
    closeSync(memory);
  }
}
