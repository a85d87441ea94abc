// Top-level values of a file that are there only for other places of it, which use them by an alias or a merge key:
// YAML leaves no other trace of that. Apart from helm-yaml.ts, which loads the YAML library.

/** Each is known as long as it is the very value that was read. */
const holders = new WeakSet<object>();

export function noteHolder(value: object): void {
  holders.add(value);
}

export function isHolder(value: unknown): boolean {
  return typeof value === 'object' && value !== null && holders.has(value);
}
