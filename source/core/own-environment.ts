// Takes a secret out of this process's environment, and out of what /proc shows of it.
import {closeSync, readFileSync} from 'node:fs';
import {overwriteInEnvironment} from '../../bin/environment-memory.js';

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
    overwriteInEnvironment(`${name}=${value}`);
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
