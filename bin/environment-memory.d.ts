/**
 * @param entry such as `NAME=value`
 * @throws where the system does not let a process write its own memory: not Linux, or a hardened one
 */
export function overwriteInEnvironment(entry: string): void;
