// Where the sandbox's own files are: beside the bundle that contains it; where the sources run, in this workspace.
import {fileURLToPath} from 'node:url';

/** The program that is the sandbox. Beside the sources it is what `npm run build` makes of them. */
export const sandboxProgram = (): string => path('sandbox.js', '../dist/sandbox.js');

/** A small chart of PostgreSQL, with the interface of Bitnami's: nothing needs to be fetched for it. */
export const builtInChart = (): string => path('chart', '../chart');

/** What the kubelet runs in the containers, and around them. */
export const programFiles = (): string => path('programs', '../programs');

function path(inBundle: string, inSources: string): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? inSources : inBundle, import.meta.url));
}
