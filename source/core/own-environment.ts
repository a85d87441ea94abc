// Takes a secret out of this process's environment, and out of what /proc shows of it.
import {closeSync, openSync, readFileSync, readSync, writeSync} from 'node:fs';

const taken = new Map<string, string>();

/**
 * The variable's value, which is afterwards only in this process's memory; asking again gives it again. Null when it is
 * not set.
 */
export function takeFromEnvironment(name: string): string | null {
  const value = process.env[name];
  if (value === undefined) return taken.get(name) ?? null;
  taken.set(name, value);
  Reflect.deleteProperty(process.env, name);
  try {
    overwrite(`${name}=${value}`);
  } catch {
    // Not Linux, or a hardened one. Children do not inherit the variable even so.
  }
  return value;
}

/**
 * Takes the value that an older Node.js has handed over on a pipe (bin/newer-node.js), so that it is never in the
 * environment of this process.
 * @param descriptorName the variable that holds the number of the pipe; where it is not set, nothing was handed over
 */
export function takeHandedOver(name: string, descriptorName: string): void {
  const descriptor = process.env[descriptorName];
  Reflect.deleteProperty(process.env, descriptorName);
  if (descriptor === undefined || !/^\d+$/.test(descriptor)) return;
  taken.set(name, readFileSync(Number(descriptor), 'utf8'));
  closeSync(Number(descriptor));
}

/**
 * Deleting a variable leaves its text in the memory that /proc/PID/environ shows to the same user.
 * Linux, proc(5): fields 50 and 51 of /proc/self/stat say where that memory begins and ends.
 */
function overwrite(entry: string): void {
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
