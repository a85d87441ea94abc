// The arguments that start an official image so that it understands the chart.
import script from './entrypoint.sh?raw';

/**
 * The arguments of the container. The image's own entry point runs any command but `postgres` as it is given
 * (docker-library/postgres, docker-entrypoint.sh).
 */
export const entrypointArguments: readonly string[] = ['sh', '-c', script];

const [firstLine = ''] = script.split('\n');

/** Whether these are arguments of ours, of this version or another: their first line says so. */
export function isEntrypoint(args: unknown): boolean {
  return (
    Array.isArray(args) &&
    args.length === entrypointArguments.length &&
    args[0] === 'sh' &&
    args[1] === '-c' &&
    typeof args[2] === 'string' &&
    args[2].startsWith(`${firstLine}\n`)
  );
}
