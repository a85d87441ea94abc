// The chart of the sandbox, which is in the package: nothing needs to be fetched.
import {fileURLToPath} from 'node:url';

/** Beside this file, in the sources as in the bundle. */
export function builtInChart(): string {
  return fileURLToPath(new URL('./chart', import.meta.url));
}
