// The chart of the sandbox, which is in the package: nothing needs to be fetched.
import {fileURLToPath} from 'node:url';

/** Beside the bundle; of the sources, in the folder above. */
export function builtInChart(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../chart' : './chart', import.meta.url));
}
